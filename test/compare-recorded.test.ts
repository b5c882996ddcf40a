/** `compare` without another dataplane: replay's verdicts held against recorded ones, with reasons and evidence. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from './command-line.ts';
import { sample } from './paths.ts';
import { ACK, pcap, RST, SYN, tcp } from './pcap-writer.ts';

const RAW = 101;
const folder = mkdtempSync(join(tmpdir(), 'compare-recorded-'));
test.after(() => rmSync(folder, { recursive: true }));
const put = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const CLUSTER = sample('compare/cluster.yaml');
const LOGS = ['calico.jsonl', 'hubble.jsonl', 'vpc.txt'].map((name) => sample(`compare/${name}`));
const json = async (...args: string[]) => {
  const { code, out, err } = await cli('compare', '-f', CLUSTER, ...args, '-o', 'json');
  return { code, err, said: out === '' ? null : JSON.parse(out) };
};

test('the samples: what agrees, what differs and why, what cannot be compared', async () => {
  const { code, said } = await json(...LOGS);
  assert.is(code, 1);
  const { recorded } = said;
  assert.equal([recorded.agreed, recorded.otherRule, recorded.differ], [4, 0, 3]);
  assert.equal(recorded.notComparable, [
    { why: "a cloud's firewall", records: 1 },
    { why: 'dropped by no policy', records: 1 },
    { why: 'encrypted', records: 1 },
    { why: 'answer', records: 1 },
  ]);
  // 78 + 78 + 3 packets of Calico's records, and one event of Hubble's.
  assert.equal(recorded.amounts.agreed, { records: 4, packets: 160, bytes: 190_580, connections: 4 });
  assert.equal(recorded.amounts.differ, { records: 3, packets: 6, bytes: 360, connections: 3 });
  assert.equal(
    recorded.differences.map((one: Record<string, unknown>) => [one['n'], one['at'], one['recorded'], one['likely']]),
    [
      [4, 'egress', 'forwarded', 'policy newer than the record'],
      [5, 'ingress', 'dropped', 'unknown endpoint'],
      [6, 'ingress', 'dropped', null],
    ],
  );
  const [newer] = recorded.differences;
  assert.is(newer.egress.isolatedAt[0].policy, 'shop/report-stays-inside');
  assert.match(newer.egress.isolatedAt[0].at, /cluster\.yaml:43:1$/);
  assert.equal([newer.from, newer.to, newer.dport], ['shop/report-1', 'data/db-0', 5432]);
  assert.equal(
    recorded.byWorkload.map((one: { name: string; agreed: object; differ: { records: number } }) => [
      one.name,
      one.differ.records,
      (one.agreed as { records: number }).records,
    ]),
    [
      ['data/db-0', 1, 3],
      ['shop/report-1', 1, 0],
      ['10.0.1.30', 1, 0],
      ['shop/web-1', 0, 1],
    ],
  );
});

test('a policy as old as the record is no reason; a record without a time has none', async () => {
  const line = (ts: string | undefined): string =>
    JSON.stringify({ src: '10.0.1.8', dst: '10.0.0.1', proto: 'TCP', sport: 1, dport: 80, verdict: 'allow', ts });
  // The policy was made at 12:00:00 of 2026-08-01, which is 1785585600.
  const path = put('times.ndjson', [line('1785585599.9'), line('1785585600'), line(undefined)].join('\n'));
  const { said } = await json(path);
  assert.equal(
    said.recorded.differences.map(({ likely }: { likely: string | null }) => likely),
    ['policy newer than the record', null, null],
  );
});

test('how many may differ is said by --max-disagreements', async () => {
  assert.is((await json(...LOGS, '--max-disagreements', '3')).code, 0);
  assert.is((await json(...LOGS, '--max-disagreements', '2')).code, 1);
});

test('ndjson has a line for each record that differs', async () => {
  const { out } = await cli('compare', '-f', CLUSTER, ...LOGS, '-o', 'ndjson');
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(
    lines.map(({ n, replayed }) => [n, replayed]),
    [
      [4, 'dropped'],
      [5, 'forwarded'],
      [6, 'forwarded'],
    ],
  );
});

test('policies that a log names are held against those that decided', async () => {
  const flow = (by: object): string =>
    JSON.stringify({
      time: '2026-08-01T10:00:00Z',
      verdict: 'FORWARDED',
      IP: { source: '10.0.1.7', destination: '10.0.1.9' },
      l4: { TCP: { source_port: 1, destination_port: 5432 } },
      Type: 'L3_L4',
      event_type: { type: 5 },
      traffic_direction: 'INGRESS',
      ...by,
    });
  const named = (name: string) => ({ ingress_allowed_by: [{ name, namespace: 'data', kind: 'NetworkPolicy' }] });
  const path = put(
    'names.jsonl',
    [flow(named('db-from-web')), flow(named('other')), flow({}), flow({ egress_allowed_by: [{ name: 'x' }] })].join(
      '\n',
    ),
  );
  const { said } = await json(path);
  assert.equal([said.recorded.agreed, said.recorded.otherRule, said.recorded.differ], [4, 1, 0]);
  assert.equal(
    said.recorded.otherRules.map(({ n, by }: { n: number; by: string }) => [n, by]),
    [[2, 'NetworkPolicy data/other']],
  );
});

test('captures: what the packets show is evidence beside the verdict, never a disagreement', async () => {
  const db = '10.0.1.9';
  const frames = [
    tcp('10.0.1.7', db, 1, 5432, SYN), // 1: forwarded, answered
    tcp(db, '10.0.1.7', 5432, 1, SYN | ACK),
    tcp('10.0.1.7', db, 2, 5432, SYN), // 3: forwarded, refused
    tcp(db, '10.0.1.7', 5432, 2, RST | ACK),
    tcp('10.0.1.7', db, 3, 5432, SYN), // 5: forwarded, unanswered; its repetition is no other connection
    tcp('10.0.1.7', db, 3, 5432, SYN),
    tcp('10.0.1.7', db, 4, 80, SYN), // 7: dropped, answered
    tcp(db, '10.0.1.7', 80, 4, SYN | ACK),
    tcp('10.0.1.7', db, 5, 80, SYN), // 9: dropped, unanswered
  ];
  const { code, said } = await json(put('evidence.pcap', pcap(frames, { linkType: RAW })));
  assert.is(code, 0);
  assert.is(said.recorded, null);
  assert.is(said.evidence.connections, 5);
  const table = said.evidence.table.map((one: Record<string, unknown>) => Object.values(one).join(' '));
  assert.equal(table.sort(), [
    'dropped answered 1',
    'dropped unanswered 1',
    'forwarded answered 1',
    'forwarded refused 1',
    'forwarded unanswered 1',
  ]);
  assert.equal(said.evidence.examples.map(({ n, shown }: { n: number; shown: string }) => `${n} ${shown}`).sort(), [
    '3 refused',
    '5 unanswered',
    '7 answered',
  ]);
});

test('inputs with neither verdict nor connection are nothing to compare', async () => {
  const path = put('none.ndjson', '{"src":"10.0.1.7","dst":"10.0.1.9","proto":"UDP","sport":1,"dport":53}');
  const { code, err } = await json(path);
  assert.is(code, 2);
  assert.match(err, 'nothing to compare');
});

test.run();
