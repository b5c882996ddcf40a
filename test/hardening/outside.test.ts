/** What a run does not do outside of its inputs: the same bytes everywhere, no secret told, no file or network beyond. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../command-line.ts';
import { command, root, sample } from '../paths.ts';
import { ethernet, pcap, udp } from '../pcap-writer.ts';
import { pcapngWriter, SECRETS } from '../pcapng-writer.ts';

const CANARY = 'canary-7c1e9f';
const folder = mkdtempSync(join(tmpdir(), 'netpol-replay-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const scenarios = ['replay', '-f', sample('scenarios'), sample('scenarios/scenarios.pcap'), '-o', 'ndjson'];

const keep = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

test('the same bytes whatever the time zone, the language and the order of arguments', () => {
  const places = [
    { TZ: 'UTC', LANG: 'C' },
    { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
  ];
  const said = places.map((env) =>
    execFileSync(process.execPath, [command, ...scenarios, '--port', '5432'], {
      cwd: root,
      stdio: 'pipe',
      env: { PATH: process.env['PATH'], ...env },
    }),
  );
  assert.ok(said[0]!.length > 100);
  assert.equal(said[0], said[1]);
});

test('the same bytes whatever order the manifests are named in', async () => {
  const one = sample('scenarios/policies');
  const other = sample('scenarios/cluster.yaml');
  const capture = sample('scenarios/scenarios.pcap');
  const said = [
    [one, other],
    [other, one],
  ].map((paths) => cli('replay', ...paths.flatMap((path) => ['-f', path]), capture, '-o', 'ndjson'));
  const [first, second] = await Promise.all(said);
  assert.is(first!.out, second!.out);
  assert.ok(first!.out.length > 1000);
});

const OUTPUTS = ['text', 'wide', 'md', 'csv', 'json', 'ndjson'];

test('no output and no message tells a payload, a key, a Secret or the environment', async () => {
  const writer = pcapngWriter();
  const frame = ethernet(udp('10.0.0.1', '10.0.0.2', 1, 2, Buffer.from(CANARY)));
  const keys = Buffer.concat([Buffer.from('4b534c540d000000', 'hex'), Buffer.from(CANARY), Buffer.alloc(3)]);
  const sections = [writer.section(), writer.block(SECRETS, keys), writer.interface(), writer.packet(frame)];
  const whole = keep('whole.pcapng', Buffer.concat(sections));
  const cut = keep('cut.pcapng', Buffer.concat(sections).subarray(0, -9));
  const raw = keep('raw.pcap', pcap([frame.subarray(0, 20), frame.subarray(14 + 28)]));
  const secret = `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: ${CANARY}}\ndata: {p: ${CANARY}}\n`;
  const pod =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: x}\nspec: {containers: [{name: c, env: [{name: A, value: ENV}]}]}\nstatus: {podIP: 10.0.0.1}\n';
  const manifest = keep('objects.yaml', `${secret}---\n${pod.replace('ENV', CANARY)}`);
  process.env['NETPOL_TEST_SECRET'] = CANARY;
  let told = 0;
  for (const output of OUTPUTS)
    for (const capture of [whole, cut, raw]) {
      const { code, out, err } = await cli('replay', '-f', manifest, capture, '-o', output);
      assert.is(code, capture === cut ? 2 : 0, err);
      assert.not(`${out}${err}`.includes(CANARY), `${output} of ${capture}`);
      assert.not(`${out}${err}`.includes(Buffer.from(CANARY).toString('hex')), `${output} of ${capture}`);
      told += out.length;
    }
  const { out, err } = await cli('validate', '-f', manifest);
  assert.not(`${out}${err}`.includes(CANARY));
  assert.ok(told > 1000);
});

test('a folder of manifests is not left: links out, loops, pipes and devices', async () => {
  const inside = join(folder, 'manifests');
  mkdirSync(join(inside, 'deeper'), { recursive: true });
  const text = readFileSync(sample('scenarios/cluster.yaml'));
  writeFileSync(join(inside, 'cluster.yaml'), text);
  symlinkSync('/etc/hostname', join(inside, 'out.yaml'));
  symlinkSync(inside, join(inside, 'deeper', 'loop'));
  symlinkSync('self.yaml', join(inside, 'self.yaml'));
  symlinkSync('cluster.yaml', join(inside, 'again.yaml'));
  symlinkSync('/dev/zero', join(inside, 'zero.yaml'));
  const linked = await cli('validate', '-f', inside);
  assert.is(linked.code, 0, linked.err);
  const told = `${linked.out}${linked.err}`;
  for (const name of ['out', 'self', 'zero'])
    assert.match(told, new RegExp(`${name}\\.yaml:1:1: warning: not read: the link`));
  assert.not.match(told, /again\.yaml/);
  execFileSync('mkfifo', [join(inside, 'pipe.yaml')]);
  const piped = await cli('validate', '-f', inside);
  assert.is(piped.code, 2);
  assert.match(`${piped.out}${piped.err}`, /pipe\.yaml:1:1: error: not a regular file/);
});

test('a run needs to read its inputs and itself, and nothing else', () => {
  const allowed = [join(root, 'dist'), join(root, 'node_modules'), join(root, 'package.json'), sample('scenarios')];
  const flags = [
    '--experimental-permission',
    ...allowed.map((path) => `--allow-fs-read=${path}${path.includes('.json') ? '' : '/*'}`),
  ];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, command, 'replay', '-f', sample('scenarios'), sample('scenarios/scenarios.pcap')],
    { encoding: 'utf8', cwd: root },
  );
  assert.is(status, 0, stderr);
  assert.match(stdout, /dropped/);
});

test('nothing is connected to, and nothing is asked of a name server', () => {
  const trace = spawnSync('strace', ['-f', '-qq', '-e', 'trace=network', process.execPath, command, ...scenarios], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    cwd: root,
  });
  // Without strace the imports of the sources alone tell: sources.test.ts.
  if (trace.error !== undefined) return console.log(`# strace is missing: ${trace.error.message}`);
  assert.is(trace.status, 0);
  assert.not.match(trace.stderr, /\b(?:connect|bind|sendto|socket\(AF_INET)/);
});

test.run();
