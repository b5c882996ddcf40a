import { execFile } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../src/cli/commands.ts';
import { familyOf } from '../src/cli/conformance-command.ts';
import { paletteFor } from '../src/cli/palette.ts';
import { PLAIN } from '../src/report/palette.ts';
import { didYouMean as suggest } from '../src/source/did-you-mean.ts';
import { cli, ioOf, type Said } from './command-line.ts';
import { command } from './paths.ts';

const refusals: readonly (readonly [line: string, message: string])[] = [
  ['repaly', 'error: unknown command `repaly`, did you mean `replay`?'],
  [
    'xyzzy',
    'error: unknown command `xyzzy`, expected one of replay, diff, compare, report, connectivity, coverage, explain, info, admit, validate, table, collect, conformance, completion',
  ],
  ['--midstream', 'error: unknown option `--midstream`: the command comes first'],
  ['diff a', 'error: no manifests of one side'],
  ['compare a', 'error: no manifests: name them'],
  [
    'compare -f samples/scenarios --against none --max-disagreements 2 a',
    'error: `--max-disagreements` is about recorded verdicts',
  ],
  ['compare -f k8s --against calico-ebfp a', 'did you mean `calico-ebpf`?'],
  [
    'compare -f samples/nodeport/world.yaml --against calico-iptables a',
    'error: `--against`: both are calico-iptables',
  ],
  ['replay -f k8s --switch hairpn=allow a', 'no switch is called `hairpn`, did you mean `hairpin`?'],
  ['replay -f k8s --switch hairpin a', '`hairpin`: expected `hairpin=judge|allow`'],
  [
    'replay -f k8s --switch hairpin=alow a',
    '`alow` is no value of `hairpin`: expected judge or allow, did you mean `allow`?',
  ],
  ['replay -f k8s --switch hairpin=allow --switch hairpin=judge a', '`hairpin` is set twice'],
  ['bench', 'error: `bench` is not in this version'],
  ['replay a.pcap', 'error: no manifests: name them with `-f FILE`'],
  ['replay -f k8s', 'error: CAPTURE is missing'],
  ['replay -f - -', 'error: standard input can be read once'],
  ['replay -f - -f - a', 'error: standard input can be read once'],
  ['replay -f k8s - -', 'error: standard input can be read once'],
  ['replay -f', 'error: option `-f` needs a value: FILE|DIR|-'],
  ['replay -f --top 5 a', 'error: option `-f` needs a value: FILE|DIR|-'],
  ['replay -f k8s --midstrem loose a', 'error: unknown option `--midstrem`, did you mean `--midstream`?'],
  ['replay -f k8s --no-trac a', 'error: unknown option `--no-trac`, did you mean `--no-track`?'],
  ['replay -f k8s -x a', 'error: unknown option `-x`'],
  ['replay -f k8s --midstream lose a', 'is none of infer, loose, strict, did you mean `loose`?'],
  ['replay -f k8s --midstream a --midstream', 'is none of infer, loose, strict'],
  ['replay -f k8s --top 1 --top 2 a', 'error: option `--top` is given twice'],
  ['replay -f k8s -o xml a', 'error: option `-o`: `xml` is none of text, wide, md, ndjson, csv, json'],
  ['replay -f k8s --no-track=1 a', 'error: option `--no-track` takes no value, got `1`'],
  ['replay -f k8s --top 0 a', 'error: option `--top`: `0` is no whole number of at least 1'],
  ['replay -f k8s --top 1e3 a', 'error: option `--top`: `1e3` is no whole number'],
  ['replay -f k8s --max-connections -1 a', 'error: option `--max-connections` needs a value: N'],
  ['replay -f k8s -o junit a', 'error: `-o junit` shows differences: it needs `--staged diff`'],
  ['replay -f k8s --budget b a', 'error: `--budget` is about differences: it needs `--staged diff`'],
  ['replay -f k8s --staged diff -o csv a', 'error: `-o csv` and `--staged diff` do not go together'],
  ['replay -f k8s --staged diff --fail-on-drop a', 'error: `--fail-on-drop` is about one set of policies'],
  ['replay -f k8s --staged dif a', 'is none of ignore, enforce, diff, did you mean `diff`?'],
  ['table -f k8s --staged diff', 'is none of ignore, enforce'],
  ['diff --old a --new b', 'error: CAPTURE is missing'],
  ['diff --old a x', 'error: no manifests of one side: name them with `--new DIR`'],
  ['diff -f a x', 'error: no manifests of one side: name them with `--old DIR`'],
  ['diff -f - --old a --new b -', 'error: standard input can be read once'],
  ['diff --old a --new b --budget - -', 'error: standard input can be read once'],
  ['diff --old a --new b -o xml x', 'is none of text, json, ndjson, md, junit, sarif'],
  ['diff --old a --new b', 'error: CAPTURE is missing, or `--static` for a comparison without'],
  ['diff --old a --new b --static c.pcap', 'error: `--static` reads no traffic: `c.pcap` is too much'],
  ['diff --old a --new b --static -o md', 'error: `-o md` shows traffic; `--static` has text and json'],
  ['diff --old a --new b --static --no-track', 'error: `--no-track` is about traffic, and `--static` reads none'],
  ['diff --old a --new b --static --budget c', 'error: `--budget` is about traffic'],
  ['connectivity -f k8s a', 'error: unexpected argument `a`'],
  [
    'connectivity -f samples/scenarios --from dbb',
    'is no namespace or pod of the manifests, no address and no block, did you mean `db`?',
  ],
  ['coverage -f k8s', 'error: CAPTURE is missing'],
  ['table -f k8s a', 'error: unexpected argument `a`'],
  ['validate', 'error: no manifests'],
  ['collect --pod web', 'error: option `--pod`: `web` is no NAMESPACE/POD'],
  ['collect --pod a/b;reboot', 'is no NAMESPACE/POD'],
  ['collect --node $(reboot)', 'is no name of a node'],
  ['collect --pod a/b --node c', 'runs on one node'],
  ['completion', 'error: the shell (bash, zsh, fish) is missing'],
  ['completion bsh', 'error: `bsh` is none of bash, zsh, fish, did you mean `bash`?'],
  ['info', 'error: CAPTURE is missing'],
  ['conformance', 'error: FOLDER is missing'],
  ['conformance /nowhere/at/all', 'error: `/nowhere/at/all`: no such folder'],
];
for (const [line, message] of refusals)
  test(`refuses \`${line}\``, async () => {
    const { code, out, err } = await cli(...line.split(' '));
    assert.is(code, 2);
    assert.is(out, '');
    assert.ok(err.includes(message), err);
    assert.match(err, /see `netpol-replay .*--help`\n$/);
  });

test('what is wrong is quoted without what a terminal would obey', async () => {
  const { err } = await cli('\u001b[31m');
  assert.match(err, 'unknown command `\\u001b[31m`');
});

test('no arguments at all is a usage error that shows the help', async () => {
  const { code, out, err } = await cli();
  assert.equal([code, out], [2, '']);
  assert.match(err, 'Usage:');
});

test('help and version are data on standard output', async () => {
  for (const args of [['--help'], ['-h'], ['help']]) {
    const { code, out, err } = await cli(...args);
    assert.equal([code, err], [0, '']);
    for (const { name } of COMMANDS) assert.match(out, `  ${name} `);
  }
  assert.match((await cli('--version')).out, /^netpol-replay \d+\.\d+\.\d+\n$/);
  assert.is((await cli('-V')).out, (await cli('--version')).out);
});

for (const { name, options } of COMMANDS)
  test(`help of ${name} names every option, whatever else is missing`, async () => {
    const { code, out } = await cli(name, '--help');
    assert.is(code, 0);
    for (const option of options) assert.match(out, `--${option.name}`);
    assert.is((await cli('help', name)).out, out);
    assert.is((await cli(name, '-h')).out, out);
  });

test('suggests what is near and nothing else', () => {
  const names = ['replay', 'validate', 'table'];
  for (const [word, name] of [
    ['replya', 'replay'],
    ['tabel', 'table'],
    ['valdate', 'validate'],
    ['help', null],
    ['', null],
    ['x'.repeat(10_000), null],
  ] as const)
    assert.is(suggest(word, names), name);
});

test('colours only on a terminal, and never under NO_COLOR', () => {
  assert.is(paletteFor(ioOf()), PLAIN);
  assert.is(paletteFor(ioOf({ outIsTerminal: true, env: { NO_COLOR: '1' } })), PLAIN);
  assert.is(paletteFor(ioOf({ outIsTerminal: true, env: { TERM: 'dumb' } })), PLAIN);
  const coloured = paletteFor(ioOf({ outIsTerminal: true, env: { NO_COLOR: '' } }));
  assert.is.not(coloured, PLAIN);
});

test('families come from the names of cases', () => {
  for (const [name, family] of [
    ['np-000', 'np'],
    ['np-many-3', 'np-many'],
    ['np-mid-0', 'np-mid'],
    ['calico-mid-0', 'calico-mid'],
    ['npg-anp-test-3', 'npg'],
    ['doubt-icmp-0', 'doubt'],
    ['recipe-01-deny-all', 'recipe'],
    ['lonely', 'lonely'],
  ] as const)
    assert.is(familyOf(name), family);
});

test('the command itself exits as the contract says', async () => {
  const run = (...args: string[]): Promise<Said> =>
    new Promise((resolve) =>
      execFile(process.execPath, [command, ...args], (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      ),
    );
  assert.is((await run('--version')).code, 0);
  const wrong = await run('replay', '--nope');
  assert.equal([wrong.code, wrong.out], [2, '']);
  assert.match(wrong.err, 'unknown option `--nope`');
});

test.run();
