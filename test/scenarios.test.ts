/**
 * The sample capture under the sample policies: what the Linux kernel did to each conversation, under rules equivalent
 * to them, is what replay says, through the library's door and through the command line.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  compile,
  describeFinding,
  FLAGS,
  formatWords,
  loadCluster,
  NdjsonWriter,
  openTraffic,
  PolicyTable,
  REASONS,
  replay,
  type summarise,
  VERDICTS,
} from '../src/index.ts';
import { command, root, sample } from './paths.ts';

const CAPTURE = 'samples/scenarios/scenarios.pcap';
const CLUSTER = 'samples/scenarios/cluster.yaml';

/** Names of outcomes.tsv that are no pod's. */
const OUTSIDE: ReadonlyMap<string, string> = new Map([
  ['pc', '10.10.7.7'],
  ['vm', '10.60.9.9'],
  ['ext1', '172.17.0.5'],
  ['ext2', '172.17.1.9'],
  ['out', '10.0.0.8'],
  ['out2', '10.0.1.8'],
]);
/** Nobody answers on UDP 9998, so it times out under any policy and proves nothing: these two are let through. */
const SILENT_PORT = '9998';
const HEARD_ON_SILENT_PORT = ['app1/nginx-1', 'pc'];

type Line = {
  readonly n: number;
  readonly src: string;
  readonly dst: string;
  readonly proto: string;
  readonly sport: number | null;
  readonly dport: number | null;
  readonly verdict: string;
  readonly reason: string;
  readonly egress: Record<string, unknown>;
  readonly ingress: Record<string, unknown>;
  readonly opener: number | null;
  readonly flags: readonly string[];
};
type Outcome = { readonly src: string; readonly dst: string; readonly key: string; readonly forwarded: boolean };

const outcomes = readFileSync(sample('scenarios/outcomes.tsv'), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line): Outcome => {
    const [src, dst, proto, sport, dport, , withPolicy] = line.split('\t') as [string, string, ...string[]];
    // A refused connection reached the closed port, which answered.
    const recorded = withPolicy === 'ok' || withPolicy === 'ConnectionRefusedError';
    const forwarded = dport === SILENT_PORT ? HEARD_ON_SILENT_PORT.includes(src) : recorded;
    return { src, dst, key: `${proto!.toUpperCase()} ${sport} ${dport}`, forwarded };
  });

const loaded = await loadCluster([sample('scenarios')]);
const table = compile(loaded.cluster);
const addresses = new Map(OUTSIDE);
for (const [address, endpoint] of table.endpoints.byAddress) {
  const { namespace, name } = table.endpoints.list[endpoint]!;
  addresses.set(`${namespace}/${name}`, address);
}

/** Lines of one conversation, either way, in order. */
function linesOf(lines: readonly Line[], { src, dst, key }: Outcome): Line[] {
  const [from, to] = [addresses.get(src), addresses.get(dst)];
  assert.ok(from !== undefined && to !== undefined, `${src} or ${dst} has no address`);
  return lines.filter(
    (line) =>
      (line.src === from && line.dst === to && `${line.proto} ${line.sport} ${line.dport}` === key) ||
      (line.src === to && line.dst === from && `${line.proto} ${line.dport} ${line.sport}` === key),
  );
}

function cli(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, [command, ...args], { cwd: root, maxBuffer: 1 << 26 }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    ),
  );
}
const parsed = (out: string): Line[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

const ndjson = await cli('replay', '-f', 'samples/scenarios', CAPTURE, '-o', 'ndjson');
const lines = parsed(ndjson.out);

test('the manifests of the sample give no warning', () => {
  assert.equal(loaded.diagnostics, []);
});

for (const outcome of outcomes)
  test(`${outcome.src} > ${outcome.dst} ${outcome.key}: ${outcome.forwarded ? 'forwarded' : 'dropped'}`, () => {
    const [opener, ...others] = linesOf(lines, outcome);
    const verdict = outcome.forwarded ? 'forwarded' : 'dropped';
    assert.ok(opener !== undefined, 'is not in the capture');
    assert.equal([opener.verdict, opener.reason, opener.opener], [verdict, 'policy', null]);
    for (const line of others) {
      assert.equal([line.n, line.verdict], [line.n, verdict]);
      assert.is(line.reason, outcome.forwarded ? 'tracked' : 'connection-denied');
      assert.is(line.opener, opener.n);
      assert.equal([line.egress, line.ingress], [opener.egress, opener.ingress]);
    }
  });

test('the library gives the lines of the command line, and its numbers say what they say', async () => {
  const traffic = await openTraffic(sample('scenarios/scenarios.pcap'));
  const writer = new NdjsonWriter(table, false);
  let text = '';
  const result = await replay(table, [traffic], {}, (batch, verdicts) => {
    text += writer.lines(batch, verdicts, CAPTURE);
    for (let row = 0; row < batch.count; row++) {
      const line = lines[batch.n[row]! - 1]!;
      const { family, src0, src1, src2, src3 } = batch;
      assert.is(formatWords(family[row]!, src0[row]!, src1[row]!, src2[row]!, src3[row]!), line.src);
      assert.is(VERDICTS[verdicts.verdict[row]!], line.verdict);
      assert.is(REASONS[verdicts.reason[row]!], line.reason);
      assert.is(describeFinding(table, verdicts.ingress[row]!).reason, line.ingress['reason']);
    }
  });
  assert.is(result.aborted, false);
  // The places differ by the folder that each run names the manifests by.
  assert.is(text.replaceAll(`${sample('scenarios')}/`, 'samples/scenarios/'), ndjson.out);
});

const LINE_KEYS =
  'n ts src dst proto sport dport icmpType icmpCode verdict reason egress ingress opener flags outer host'.split(' ');
const DECISION_KEYS = 'action tier kind policy rule at reason isolatedBy'.split(' ');

test('every line has every key, in order, and words of the closed lists', () => {
  assert.is(ndjson.code, 0);
  assert.match(ndjson.err, /^106 forwarded, 138 dropped, 0 undetermined\nnote: a capture holds [^\n]+\n$/);
  assert.is(lines.length, 244);
  lines.forEach((line, i) => {
    assert.equal(Object.keys(line), LINE_KEYS, `line ${i + 1}`);
    assert.equal(Object.keys(line.egress), DECISION_KEYS);
    assert.equal(Object.keys(line.ingress), DECISION_KEYS);
    assert.is(line.n, i + 1);
    assert.ok((VERDICTS as readonly string[]).includes(line.verdict), line.verdict);
    assert.ok((REASONS as readonly string[]).includes(line.reason), line.reason);
    for (const flag of line.flags) assert.ok((FLAGS as readonly string[]).includes(flag), flag);
    assert.ok(line.opener === null || line.opener < line.n, `opener ${line.opener} of ${line.n}`);
  });
});

test('a dropped opener names who isolated it, a forwarded one its rule and place', () => {
  const [forwarded, dropped] = [lines[0]!, lines[16]!];
  assert.is(
    JSON.stringify(forwarded.ingress),
    '{"action":"allow","tier":"default","kind":"NetworkPolicy","policy":"db/network-policy","rule":0,' +
      '"at":"samples/scenarios/policies/2-address-block-or-namespace-and-pod.yaml:13:7","reason":"rule","isolatedBy":null}',
  );
  assert.is(
    JSON.stringify(dropped.ingress),
    '{"action":"deny","tier":"default","kind":null,"policy":null,"rule":null,"at":null,"reason":"end-of-tier",' +
      '"isolatedBy":["db/network-policy"]}',
  );
  const both = lines.find((line) => line.dst === addresses.get('default/apiserver') && line.verdict === 'dropped');
  assert.equal(both!.ingress['isolatedBy'], ['default/accept-secureshell', 'default/api-allow-5000']);
});

test('what answers a dropped datagram belongs to it, the ICMP error that quotes it too', () => {
  const errors = lines.filter((line) => line.proto === 'ICMP' && line.opener !== null);
  assert.ok(errors.length > 0);
  for (const { opener, verdict } of errors) assert.is(verdict, lines[opener! - 1]!.verdict);
});

test('the totals are the sums of the lines', async () => {
  const { code, out } = await cli('replay', '-f', 'samples/scenarios', CAPTURE, '-o', 'json');
  assert.is(code, 0);
  const summary = JSON.parse(out) as ReturnType<typeof summarise>;
  const count = (of: (line: Line) => boolean): number => lines.filter(of).length;
  assert.is(summary.rows, lines.length);
  assert.is(summary.total.packets, lines.length);
  for (const verdict of ['forwarded', 'dropped', 'undetermined'] as const) {
    const { packets, connections } = summary.verdicts[verdict];
    assert.is(
      packets,
      count((line) => line.verdict === verdict),
    );
    assert.is(
      connections,
      count((line) => line.verdict === verdict && line.opener === null),
    );
  }
  for (const { reason, packets } of summary.reasons)
    assert.is(
      packets,
      count((line) => line.reason === reason),
    );
  for (const { policy, rule, direction, packets } of summary.hits.filter((hit) => hit.rule !== null))
    assert.is(
      packets,
      count((line) => line[direction!]['policy'] === policy && line[direction!]['rule'] === rule),
    );
});

test('situation 1: the database hears its own namespace of clients and nobody else', async () => {
  const { code, out } = await cli('replay', '-f', CLUSTER, '-f', 'samples/whole-namespaces', CAPTURE, '-o', 'ndjson');
  assert.is(code, 0);
  const only = parsed(out);
  const database = outcomes.filter(({ dst }) => dst === 'db/postgres-0');
  assert.is(database.length, 24);
  for (const outcome of database) {
    const verdict = outcome.src.startsWith('app1/') ? 'forwarded' : 'dropped';
    const packets = linesOf(only, outcome);
    assert.ok(packets.length > 0);
    for (const line of packets) assert.is(line.verdict, verdict, `${outcome.src} ${outcome.key}, packet ${line.n}`);
  }
  for (const outcome of outcomes.filter(({ dst }) => dst !== 'db/postgres-0'))
    assert.is(linesOf(only, outcome)[0]!.reason, 'not-policed');
});

test('drops and doubts turn the exit code when they are asked to', async () => {
  const replayed = (...more: string[]) => cli('replay', '-f', 'samples/scenarios', CAPTURE, '-o', 'json', ...more);
  assert.is((await replayed('--fail-on-drop')).code, 1);
  assert.is((await replayed('--fail-on-undetermined')).code, 0);
});

test('a run that was told to stop says so and throws nothing', async () => {
  const stop = new AbortController();
  const traffic = await openTraffic(sample('scenarios/scenarios.pcap'));
  stop.abort();
  const { aborted, tally } = await replay(table, [traffic], { signal: stop.signal });
  assert.is(aborted, true);
  assert.is(tally.rows, 0);
});

test('a table answers for one packet, and what a worker receives of it can be asked too', () => {
  const tuple = {
    src: { family: 4, value: 0x0a_f4_02_1fn }, // 10.244.2.31, app2/nginx-1
    dst: { family: 4, value: 0x0a_f4_01_0an }, // 10.244.1.10, db/postgres-0
    protocol: 6,
    sourcePort: 40_000,
    destinationPort: 5432,
    icmpType: null,
    icmpCode: null,
  } as const;
  const answer = table.classify(tuple);
  assert.is(answer.verdict, 'dropped');
  assert.equal(answer.ingress.isolatedBy, ['db/network-policy']);
  assert.equal(new PolicyTable(structuredClone(table)).classify(tuple), answer);
});

test.run();
