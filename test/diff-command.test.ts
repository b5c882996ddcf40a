/** `diff` and `replay --staged diff` from the command line to their exit codes. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DIFF_OUTPUTS } from '../src/report/diff/registry.ts';
import type { DifferenceWords, DiffSummary } from '../src/report/diff/words.ts';
import { cli, cliWith, type Said } from './command-line.ts';
import { namespace, np, pod, v3, v3In } from './ledger/manifests.ts';
import { sample } from './paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'diff-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const SAMPLE = 'samples/diff';
const CLUSTER = 'samples/scenarios/cluster.yaml';
const CAPTURE = 'samples/scenarios/scenarios.pcap';
const diff = (...more: string[]): Promise<Said> =>
  cli('diff', '-f', CLUSTER, '--old', `${SAMPLE}/old`, '--new', `${SAMPLE}/new`, CAPTURE, ...more);

/** Writes a folder with one manifest of several documents, and gives its path. */
function manifests(name: string, ...documents: readonly string[]): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'all.yaml'), documents.join('\n---\n'));
  return path;
}

function tuples(name: string, ...lines: readonly string[]): string {
  const path = join(folder, name);
  const text = lines.map((line) => {
    const [src, dst, dport] = line.split(' ');
    return `{"src":"${src}","dst":"${dst}","proto":"TCP","sport":40000,"dport":${dport}}\n`;
  });
  writeFileSync(path, text.join(''));
  return path;
}

const changesOf = (out: string): string[] =>
  (JSON.parse(out) as DiffSummary).conversations.map(
    (one) => `${one.change} ${one.from.name ?? one.from.address} ${one.to.name ?? one.to.address} ${one.dport}`,
  );

test('the sample gives the lines that lie beside it, twice the same, and exit code 1', async () => {
  const { code, out, err } = await diff('-o', 'ndjson');
  assert.is(code, 1);
  assert.is(out, readFileSync(sample('diff/expected.ndjson'), 'utf8'));
  assert.is(err, '5 conversations newly dropped, 5 newly forwarded, 6 decided by another rule; 30 unchanged\n');
  assert.is((await diff('-o', 'ndjson')).out, out);
});

test('what the sample says is what two replays say, packet by packet', async () => {
  const lines = async (side: string) => {
    const { out } = await cli('replay', '-f', CLUSTER, '-f', `${SAMPLE}/${side}`, CAPTURE, '-o', 'ndjson');
    return out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { verdict: string });
  };
  const [old, next] = [await lines('old'), await lines('new')];
  const { changes, rows } = JSON.parse((await diff('-o', 'json')).out) as DiffSummary;
  const packets = (from: string, to: string): number =>
    old.filter((line, i) => line.verdict === from && next[i]!.verdict === to).length;
  const of = (change: string): number => changes.find((one) => one.change === change)!.packets;
  assert.is(rows, old.length);
  assert.is(of('newly-dropped'), packets('forwarded', 'dropped'));
  assert.is(of('newly-forwarded'), packets('dropped', 'forwarded'));
  assert.ok(of('newly-dropped') > 0 && of('newly-forwarded') > 0);
});

test('a budget that allows what differs lets it through, and a smaller one does not', async () => {
  const kept = await diff('--budget', `${SAMPLE}/budget.yaml`);
  assert.is(kept.code, 0, kept.out);
  assert.match(kept.out, 'BUDGET samples/diff/budget.yaml: kept');
  const small = join(folder, 'small.yaml');
  writeFileSync(
    small,
    readFileSync(sample('diff/budget.yaml'), 'utf8').replace('maxConnections: 10', 'maxConnections: 1'),
  );
  const beyond = await diff('--budget', small, '-o', 'json');
  assert.is(beyond.code, 1);
  const { budget, conversations } = JSON.parse(beyond.out) as DiffSummary;
  assert.is(budget!.kept, false);
  const forwarded = conversations.filter((one) => one.change === 'newly-forwarded');
  assert.equal(
    forwarded.map((one) => one.allowedBy !== null),
    [false, false, false, true, true],
  );
  const wrong = await diff('--budget', `${SAMPLE}/README.md`);
  assert.equal([wrong.code, wrong.out], [2, '']);
});

test('rules that only moved are no difference', async () => {
  const side = (path: string): string => `${SAMPLE}/${path}/default.yaml`;
  const { code, out } = await cli(
    'diff',
    '-f',
    CLUSTER,
    '--old',
    side('old'),
    '--new',
    side('new'),
    CAPTURE,
    '-o',
    'json',
  );
  const { differs, conversations, policyChanges } = JSON.parse(out) as DiffSummary;
  assert.equal([code, differs, conversations], [0, false, []]);
  // The order of rules is what a policy says, and the traffic tried it.
  assert.equal(
    policyChanges.map(({ change, policy }) => `${change} ${policy}`),
    ['changed default/api'],
  );
  assert.ok(policyChanges[0]!.packets > 0);
});

test('every output exits alike, and says the answer beside itself', async () => {
  for (const format of DIFF_OUTPUTS.keys()) {
    const { code, out, err } = await diff('-o', format);
    assert.is(code, 1);
    assert.ok(out.length > 0);
    if (format !== 'text') assert.match(err, '5 conversations newly dropped');
  }
});

test('a capture that ends early is told of, with what came before, and is trouble', async () => {
  const cut = join(folder, 'cut.pcap');
  writeFileSync(cut, readFileSync(sample('scenarios/scenarios.pcap')).subarray(0, 60_000));
  const { code, out, err } = await cli(
    'diff',
    '-f',
    CLUSTER,
    '--old',
    `${SAMPLE}/old`,
    '--new',
    `${SAMPLE}/new`,
    cut,
    '-o',
    'json',
  );
  assert.is(code, 2);
  assert.is((JSON.parse(out) as DiffSummary).complete, false);
  assert.match(err, 'what came before was replayed');
});

test('an interrupt ends it with what was compared so far', async () => {
  const abort = new AbortController();
  const capture = readFileSync(sample('scenarios/scenarios.pcap'));
  const half = (async function* () {
    yield capture.subarray(0, 60_000);
    abort.abort();
    yield capture.subarray(60_000);
  })();
  const args = ['diff', '-f', CLUSTER, '--old', `${SAMPLE}/old`, '--new', `${SAMPLE}/new`, '-'];
  const { code, out } = await cliWith({ stdin: half, signal: abort.signal }, ...args);
  assert.is(code, 130);
  assert.match(out, 'Interrupted:');
});

test('what both sides read from standard input is read once', async () => {
  const args = ['diff', '-f', '-', '--old', `${SAMPLE}/old`, '--new', `${SAMPLE}/new`, CAPTURE, '-o', 'ndjson'];
  const stdin = bytesOf(readFileSync(sample('scenarios/cluster.yaml'), 'utf8'));
  const { code, out } = await cliWith({ stdin }, ...args);
  assert.is(code, 1);
  assert.is(out, readFileSync(sample('diff/expected.ndjson'), 'utf8'));
});

const X = [namespace('x'), namespace('y'), pod('x/a', '10.0.0.1'), pod('x/b', '10.0.0.2'), pod('y/a', '10.0.1.1')];

test('errors of both sides are told, each once', async () => {
  const common = manifests('bad', ...X, np('x/a', 'ingres: []'));
  const other = manifests('bad-new', np('x/b', 'egres: []'));
  const fine = manifests('fine', np('x/b'));
  const { code, out, err } = await cli(
    'diff',
    '-f',
    common,
    '--old',
    fine,
    '--new',
    other,
    tuples('t', '10.0.0.1 10.0.0.2 80'),
  );
  assert.equal([code, out], [2, '']);
  assert.is((err.match(/`ingres`/g) ?? []).length, 1, err);
  assert.is((err.match(/`egres`/g) ?? []).length, 1, err);
});

test('ends are called as on the new side, and as on the old where it does not know them', async () => {
  const common = manifests(
    'named',
    namespace('x'),
    namespace('y'),
    pod('x/a', '10.0.0.1'),
    np('x/a', 'policyTypes: [Ingress]'),
  );
  const old = manifests('named-old', pod('y/gone', '10.0.1.1'), pod('y/was', '10.0.1.2'), np('x/a', 'ingress: [{}]'));
  const next = manifests('named-new', pod('y/is', '10.0.1.2'));
  const lines = tuples('named.ndjson', '10.0.1.1 10.0.0.1 80', '10.0.1.2 10.0.0.1 80');
  const { out, code } = await cli('diff', '-f', common, '--old', old, '--new', next, lines, '-o', 'json');
  assert.equal([code, changesOf(out)], [1, ['newly-dropped y/gone x/a 80', 'newly-dropped y/is x/a 80']]);
});

test('a verdict that one side cannot tell differs, one that neither can does not', async () => {
  const rule = np('x/a', 'policyTypes: [Ingress]', 'ingress: [{ports: [{port: 80}]}]');
  const lines = join(folder, 'portless.ndjson');
  writeFileSync(lines, '{"src":"10.0.1.1","dst":"10.0.0.1","proto":"TCP"}\n');
  const common = manifests('doubt', ...X);
  const [some, none] = [manifests('doubt-some', rule), manifests('doubt-none', np('x/b'))];
  const one = await cli('diff', '-f', common, '--old', none, '--new', some, lines, '-o', 'json');
  assert.equal([one.code, changesOf(one.out)], [1, ['undetermined y/a x/a null']]);
  const both = await cli('diff', '-f', common, '--old', some, '--new', some, lines, '-o', 'json');
  assert.equal([both.code, changesOf(both.out)], [0, []]);
  assert.is((JSON.parse(both.out) as DiffSummary).changes.find(({ change }) => change === 'undetermined')!.packets, 1);
});

/** Ledger 115 to 117: what enforcing staged policies changes. */
const staged: readonly (readonly [
  line: number,
  given: readonly string[],
  traffic: readonly string[],
  changes: readonly string[],
])[] = [
  [
    115,
    [v3In('StagedNetworkPolicy', 'x/deny', 'ingress: [{action: Deny}]')],
    ['10.0.1.1 10.0.0.1 80'],
    ['newly-dropped y/a x/a 80'],
  ],
  [
    116,
    [v3In('StagedNetworkPolicy', 'x/allow', 'ingress: [{action: Allow, protocol: TCP, destination: {ports: [80]}}]')],
    ['10.0.1.1 10.0.0.1 80', '10.0.1.1 10.0.0.1 443'],
    ['newly-dropped y/a x/a 443', 'other-rule y/a x/a 80'],
  ],
  [
    117,
    [
      v3In('NetworkPolicy', 'x/p', "selector: pod == 'a'", 'ingress: [{action: Allow}]'),
      v3In('StagedNetworkPolicy', 'x/p', "selector: pod == 'a'", 'ingress: [{action: Deny}]'),
      v3In('NetworkPolicy', 'x/q', "selector: pod == 'b'", 'ingress: [{action: Deny}]'),
      v3In('StagedNetworkPolicy', 'x/q', 'stagedAction: Delete'),
      v3('GlobalNetworkPolicy', 'r', 'order: 1', "selector: pod == 'c'", 'ingress: [{action: Allow}]'),
    ],
    ['10.0.1.1 10.0.0.1 80', '10.0.1.1 10.0.0.2 80'],
    ['newly-dropped y/a x/a 80', 'newly-forwarded y/a x/b 80'],
  ],
];
for (const [line, given, traffic, changes] of staged)
  test(`${line}: replay --staged diff`, async () => {
    const path = manifests(`staged-${line}`, ...X, ...given);
    const lines = tuples(`staged-${line}.ndjson`, ...traffic);
    const { code, out } = await cli('replay', '-f', path, '--staged', 'diff', lines, '-o', 'json');
    assert.equal([code, changesOf(out)], [1, changes]);
    const said = JSON.parse(out) as DiffSummary;
    assert.equal([said.old.name, said.new.name], ['staged policies ignored', 'staged policies enforced']);
    for (const how of ['ignore', 'enforce'] as const) {
      const one = await cli('replay', '-f', path, '--staged', how, lines, '-o', 'json');
      const { verdicts } = JSON.parse(one.out) as { verdicts: unknown };
      assert.equal((how === 'ignore' ? said.old : said.new).verdicts, verdicts, how);
    }
  });

test('a staged policy that takes the place of another is that one, changed', async () => {
  const { out } = await cli(
    'replay',
    '-f',
    join(folder, 'staged-117'),
    '--staged',
    'diff',
    join(folder, 'staged-117.ndjson'),
    '-o',
    'json',
  );
  const { policyChanges, conversations } = JSON.parse(out) as DiffSummary;
  assert.equal(
    policyChanges.map(({ change, kind, policy, packets }) => `${change} ${kind} ${policy} ${packets}`),
    ['changed StagedNetworkPolicy x/p 1', 'removed NetworkPolicy x/q 1'],
  );
  const [dropped] = conversations as [DifferenceWords];
  assert.match(dropped.old.ingress.at!, /all\.yaml:\d+:\d+$/);
  assert.is(dropped.new.ingress.kind, 'StagedNetworkPolicy');
});

test.run();
