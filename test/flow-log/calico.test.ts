/** Calico's flow logs with addresses, and what becomes of those without; fields of AWS logs that have no header. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { awsFields } from '../../src/capture/flow-log/aws-vpc.ts';
import {
  HAS_PORTS,
  RECORDED_DROPPED,
  RECORDED_FORWARDED,
  RECORDED_OF_EGRESS,
  RECORDED_OF_INGRESS,
  SOURCE_PORT_UNTOLD,
} from '../../src/packet/batch.ts';
import { CaptureError } from '../../src/source/errors.ts';
import { cliWith } from '../command-line.ts';
import { pieces, type RecordRow, readInput } from '../traffic.ts';

const FLOW = {
  start_time: 1785578400,
  end_time: 1785578415,
  action: 'deny',
  bytes_in: 180,
  bytes_out: 60,
  packets_in: 3,
  packets_out: 1,
  source_ip: '10.0.1.7',
  source_port: 41822,
  dest_ip: '10.0.2.9',
  dest_port: 5432,
  proto: 'tcp',
  reporter: 'dst',
};
const read = (...flows: readonly object[]) =>
  readInput(Buffer.from(flows.map((one) => JSON.stringify(one)).join('\n')));
const one = async (flow: object): Promise<RecordRow> => (await read(flow)).rows[0]!;

test('a flow, bare or as Elasticsearch gives it', async () => {
  for (const flow of [FLOW, { _index: 'x', _source: FLOW }]) {
    const { format, rows } = await read(flow);
    assert.is(format, 'calico');
    const row = rows[0]!;
    assert.equal(
      [row.src, row.dst, row.protocol, row.ports, row.time, row.weights],
      ['10.0.1.7', '10.0.2.9', 6, '41822 > 5432', '1785578400', '4 240'],
    );
    assert.equal([row.recorded, row.recordedBy], [RECORDED_DROPPED, RECORDED_OF_INGRESS]);
  }
});

test('what the source reported is about egress; protocols by name and number', async () => {
  const row = await one({ ...FLOW, action: 'allow', reporter: 'src', proto: '17' });
  assert.equal([row.recorded, row.recordedBy, row.protocol], [RECORDED_FORWARDED, RECORDED_OF_EGRESS, 17]);
  assert.is((await one({ ...FLOW, source_ip: '2001:db8::1', dest_ip: '2001:db8::2', proto: 'icmp6' })).protocol, 58);
});

test('a source port that was aggregated away is not told', async () => {
  const { bits } = await one({ ...FLOW, source_port: null });
  assert.is(bits & (HAS_PORTS | SOURCE_PORT_UNTOLD), HAS_PORTS | SOURCE_PORT_UNTOLD);
});

test('broken records are rejected, each with its reason', async () => {
  const { counts } = await read(
    FLOW,
    { ...FLOW, source_ip: null },
    { ...FLOW, dest_ip: 'db' },
    { ...FLOW, proto: 'gre?' },
    { ...FLOW, dest_port: 70_000 },
    { ...FLOW, start_time: 'noon' },
  );
  assert.equal([counts.rows, counts.rejected], [1, 5]);
});

const POLICY = (rule: string): string => `
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: d, labels: {app: db}}
spec: {nodeName: n, containers: [{name: c, image: registry.example/c}]}
status: {phase: Running, podIP: 10.0.2.9}
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: default.p, namespace: d}
spec: {tier: default, order: 1, selector: all(), types: [Ingress], ingress: [${rule}]}
`;
const verdictOf = async (rule: string): Promise<unknown[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'calico-'));
  writeFileSync(`${folder}/p.yaml`, POLICY(rule));
  const stdin = pieces(Buffer.from(JSON.stringify({ ...FLOW, source_port: null })), 1 << 16);
  const { out, err } = await cliWith({ stdin }, 'replay', '-f', folder, '-', '-o', 'ndjson');
  rmSync(folder, { recursive: true });
  assert.ok(out !== '', err);
  const { sport, dport, verdict, reason } = JSON.parse(out);
  return [sport, dport, verdict, reason];
};

test('without a source port a record is judged where no rule looks at one, else undetermined', async () => {
  const to = 'action: Allow, protocol: TCP, destination: {ports: [5432]}';
  assert.equal(await verdictOf(`{${to}}`), [null, 5432, 'forwarded', 'policy']);
  assert.equal(await verdictOf(`{${to}, source: {ports: [41822]}}`), [null, 5432, 'undetermined', 'ports-unknown']);
});

const refused: readonly (readonly [string, string, RegExp])[] = [
  ['Whisker', '{"start_time":"x","source_name":"web-*","dest_name":"db-*","reporter":"Dst"}', /Goldmane, Whisker/],
  ['Goldmane', '{"flow":{"Key":{"source_name":"web-*"}},"id":"1"}', /has no addresses/],
  ['Goldmane as protojson', '{"id":"1","flow":{"key":{"sourceName":"web-*"}}}', /has no addresses/],
  ['a list', '[{"source_ip":"10.0.0.1"}]', /jq -c '\.\[\]'/],
  ['items', '{"items":[{"source_name":"x"}]}', /jq -c '\.items\[\]'/],
];
for (const [name, text, why] of refused)
  test(`refused by name: ${name}`, async () => {
    try {
      await readInput(Buffer.from(text));
      assert.unreachable();
    } catch (error) {
      assert.instance(error, CaptureError);
      assert.match((error as CaptureError).message, why);
    }
  });

/** As AWS writes a log's format: `${srcaddr} ${dstaddr}`. */
const configured = (names: string): string => names.replace(/\S+/g, '$${$&}');

test('fields of an AWS log: as AWS writes them, or the names alone', () => {
  assert.equal(awsFields(configured('srcaddr dstaddr tcp-flags')), ['srcaddr', 'dstaddr', 'tcp-flags']);
  assert.equal(awsFields('pkt_srcaddr dstaddr'), ['pkt-srcaddr', 'dstaddr']);
  assert.is(awsFields(configured('srcaddr action')), null);
});

test('an AWS log without a header is read by its fields', async () => {
  const text = '5432 10.0.1.7 6 10.0.2.9 41822 REJECT\n';
  const fields = configured('dstport srcaddr protocol dstaddr srcport action');
  const stdin = (): AsyncIterable<Uint8Array> => pieces(Buffer.from(text), 1 << 16);
  const { out } = await cliWith(
    { stdin: stdin() },
    'replay',
    '-f',
    'samples/compare/cluster.yaml',
    '-',
    '--fields',
    fields,
    '-o',
    'ndjson',
  );
  const { src, dst, sport, dport, proto } = JSON.parse(out);
  assert.equal([src, dst, sport, dport, proto], ['10.0.1.7', '10.0.2.9', 41822, 5432, 'TCP']);
  assert.is((await cliWith({ stdin: stdin() }, 'replay', '-f', 'samples/compare/cluster.yaml', '-')).code, 2);
});

test.run();
