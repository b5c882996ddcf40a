/** `report` from the command line to its file and exit code. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from './command-line.ts';
import { command, root, sample } from './paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'report-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const page = join(folder, 'page.html');
const CAPTURE = 'samples/scenarios/scenarios.pcap';
const MANIFESTS = ['-f', 'samples/scenarios/cluster.yaml', '-f', 'samples/scenarios/policies'];

test('the page is written, and nothing is printed', async () => {
  assert.equal(await cli('report', ...MANIFESTS, CAPTURE, '--html', page), { code: 0, out: '', err: '' });
  const text = readFileSync(page, 'utf8');
  assert.match(text, '<title>138 of 244 packets would be dropped</title>');
  assert.match(text, /default-src 'none'; style-src 'sha256-[\w+/=]+'; script-src 'sha256-/);
  assert.not.match(text, /\b(src|href)="(?!#)/, 'nothing is loaded from anywhere');
  assert.not.match(text, / style="| on\w+="/);
});

test('the same run gives the same bytes, in a process of its own as well', () => {
  const again = join(folder, 'again.html');
  execFileSync(process.execPath, [command, 'report', ...MANIFESTS, CAPTURE, '--html', again], { cwd: root });
  assert.is(readFileSync(again, 'utf8'), readFileSync(page, 'utf8'));
});

test('rules that decided nothing are named', async () => {
  const out = join(folder, 'never.html');
  await cli(
    'report',
    '-f',
    'samples/scenarios/cluster.yaml',
    '-f',
    'samples/diff/new',
    '-f',
    'samples/diff/old/',
    '--keep-going',
    CAPTURE,
    '--html',
    out,
  );
  assert.match(readFileSync(out, 'utf8'), /of \d+ rules decided at least one packet/);
});

test('what is wrong with the command line is said, and nothing is written', async () => {
  const none = join(folder, 'none.html');
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['report', ...MANIFESTS, CAPTURE], /no page to write: name it with `--html FILE`/],
    [['report', CAPTURE, '--html', none], /no manifests/],
    [['report', ...MANIFESTS, '--html', none], /CAPTURE/],
    [
      ['report', ...MANIFESTS, '--old', 'samples/diff/old', CAPTURE, '--html', none],
      /no manifests of one side: name them with `--new DIR`/,
    ],
    [['report', ...MANIFESTS, 'absent.pcap', '--html', none], /absent\.pcap/],
    [['report', ...MANIFESTS, CAPTURE, '--html', join(folder, 'no', 'where.html')], /cannot be written/],
  ];
  for (const [args, message] of cases) {
    const { code, out, err } = await cli(...args);
    assert.equal([code, out], [2, ''], args.join(' '));
    assert.match(err, message);
  }
  assert.not(existsSync(none));
});

test('an input is never written over, also not under another name, nor a file among the manifests', async () => {
  const capture = join(folder, 'copy.pcap');
  copyFileSync(sample('scenarios/scenarios.pcap'), capture);
  const before = readFileSync(capture);
  assert.match(
    (await cli('report', ...MANIFESTS, capture, '--html', join(folder, '.', 'copy.pcap'))).err,
    /it is the input/,
  );
  assert.equal(readFileSync(capture), before);
  const own = join(folder, 'own');
  mkdirSync(own);
  copyFileSync(sample('scenarios/cluster.yaml'), join(own, 'cluster.yaml'));
  assert.match(
    (await cli('report', '-f', own, CAPTURE, '--html', join(own, 'cluster.yaml'))).err,
    /it lies in the input/,
  );
});

test('a run that fails leaves what was there before, and nothing beside it', async () => {
  const place = join(folder, 'kept');
  mkdirSync(place);
  const kept = join(place, 'page.html');
  writeFileSync(kept, 'before');
  const broken = join(folder, 'broken.yaml');
  writeFileSync(
    broken,
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: {podSelector: 7}\n',
  );
  assert.is((await cli('report', '-f', broken, CAPTURE, '--html', kept)).code, 2);
  assert.is(readFileSync(kept, 'utf8'), 'before');
  assert.equal(readdirSync(place), ['page.html']);
});

test('a capture that is cut gives exit code 2 and a page that says so', async () => {
  const cut = join(folder, 'cut.pcap');
  writeFileSync(cut, readFileSync(sample('scenarios/scenarios.pcap')).subarray(0, 20_001));
  const out = join(folder, 'cut.html');
  assert.is((await cli('report', ...MANIFESTS, cut, '--html', out)).code, 2);
  assert.match(readFileSync(out, 'utf8'), 'Not complete.');
});

test('with two sets the page is of the new one, and tells what differs', async () => {
  const out = join(folder, 'pair.html');
  const { code } = await cli(
    'report',
    '-f',
    'samples/scenarios/cluster.yaml',
    '--old',
    'samples/diff/old',
    '--new',
    'samples/diff/new',
    CAPTURE,
    '--html',
    out,
  );
  assert.is(code, 0);
  const text = readFileSync(out, 'utf8');
  assert.match(text, '5 conversations newly dropped, 5 newly forwarded, 6 decided by another rule; 30 unchanged.');
  assert.match(text, 'kubernetes.io/metadata.name:</span> app1');
  assert.match(text, 'by the new policies, <code>samples/diff/new</code>');
});

test.run();
