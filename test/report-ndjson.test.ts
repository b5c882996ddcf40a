import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DecisionCache } from '../src/report/decision-cache.ts';
import { NdjsonWriter } from '../src/report/ndjson.ts';
import { flagBit } from '../src/verdict/reasons.ts';
import { found, judged, table } from './report-builders.ts';

type Rows = Parameters<typeof judged>[0];
const lineOf = (row: Rows[number], files: readonly string[] = ['a.pcap'], input = 0): string => {
  const { batch, verdicts } = judged([row]);
  return new NdjsonWriter(table(), files.length > 1).lines(batch, verdicts, files[input]!);
};

const plainRow: Rows[number] = {
  src: '10.0.0.1',
  dst: '10.244.1.10',
  ports: [40_000, 80],
  time: [1_785_578_400, 123_456_000, 6],
  verdict: 'dropped',
  reason: 'policy',
  egress: found.notAnEndpoint,
  ingress: found.endOfDefault,
};

test('a line has every key, in the order of the contract', () => {
  assert.is(
    lineOf(plainRow),
    '{"n":1,"ts":"1785578400.123456","src":"10.0.0.1","dst":"10.244.1.10","proto":"TCP","sport":40000,"dport":80,' +
      '"icmpType":null,"icmpCode":null,"verdict":"dropped","reason":"policy",' +
      '"egress":{"action":"none","tier":null,"kind":null,"policy":null,"rule":null,"at":null,"reason":"not-an-endpoint","isolatedBy":null},' +
      '"ingress":{"action":"deny","tier":"default","kind":null,"policy":null,"rule":null,"at":null,"reason":"end-of-tier","isolatedBy":["db/postgres","db/lockdown"]},' +
      '"opener":null,"flags":[],"outer":null,"host":null}\n',
  );
});

const KEYS = [
  'n,ts,src,dst,proto,sport,dport,icmpType,icmpCode,verdict,reason,egress,ingress,opener,flags,outer,host',
  'n,file,ts,src,dst,proto,sport,dport,icmpType,icmpCode,verdict,reason,egress,ingress,opener,flags,outer,host',
] as const;

test('a rule is named with its place', () => {
  assert.equal(JSON.parse(lineOf({ ...plainRow, ingress: found.allowRule })).ingress, {
    action: 'allow',
    tier: 'default',
    kind: 'NetworkPolicy',
    policy: 'db/postgres',
    rule: 0,
    at: 'k8s/db.yaml:11:5',
    reason: 'rule',
    isolatedBy: null,
  });
});

test('`file` follows `n` when there is more than one input, and only then', () => {
  assert.is(Object.keys(JSON.parse(lineOf(plainRow))).join(), KEYS[0]);
  const second = JSON.parse(lineOf(plainRow, ['a.pcap', 'b.pcap'], 1));
  assert.is(Object.keys(second).join(), KEYS[1]);
  assert.is(second.file, 'b.pcap');
});

const times: readonly (readonly [name: string, row: Partial<Rows[number]>, ts: string | null])[] = [
  ['seconds', { time: [1, 999_999_999, 0] }, '1'],
  ['milliseconds', { time: [0, 7_000_000, 3] }, '0.007'],
  ['nanoseconds', { time: [4_294_967_295, 1, 9] }, '4294967295.000000001'],
  ["a tuple's own text", { time: [1, 0, 9], timeText: '2026-08-01T10:00:00Z' }, '2026-08-01T10:00:00Z'],
];
for (const [name, row, ts] of times)
  test(`writes ${name} as the file has it`, () => assert.is(JSON.parse(lineOf({ ...plainRow, ...row })).ts, ts));

test('no time is null', () => {
  const { time: _, ...row } = plainRow;
  assert.is(JSON.parse(lineOf(row)).ts, null);
});

test('unknown ports are null, port 0 is 0, ICMP has type and code', () => {
  const { ports: _, ...noPorts } = plainRow;
  const cut = JSON.parse(lineOf(noPorts));
  assert.equal([cut.sport, cut.dport], [null, null]);
  const zero = JSON.parse(lineOf({ ...plainRow, ports: [0, 0] }));
  assert.equal([zero.sport, zero.dport], [0, 0]);
  const echo = JSON.parse(lineOf({ ...noPorts, proto: 'ICMP', icmp: [0, 0] }));
  assert.equal([echo.proto, echo.sport, echo.icmpType, echo.icmpCode], ['ICMP', null, 0, 0]);
});

test('protocols are names or numbers, addresses as RFC 5952', () => {
  for (const [proto, json] of [
    ['UDP', 'UDP'],
    ['SCTP', 'SCTP'],
    ['ICMPv6', 'ICMPv6'],
    [47, 47],
    [136, 136],
  ] as const)
    assert.is(JSON.parse(lineOf({ ...plainRow, proto })).proto, json);
  const six = JSON.parse(lineOf({ ...plainRow, src: '2001:DB8:0:0:1:0:0:1', dst: '::ffff:10.0.0.1' }));
  assert.equal([six.src, six.dst], ['2001:db8::1:0:0:1', '::ffff:10.0.0.1']);
});

test('the opener is a record number, null on itself and in another file', () => {
  assert.is(JSON.parse(lineOf({ ...plainRow, opener: 7 })).opener, 7);
  const other = JSON.parse(lineOf({ ...plainRow, opener: 7, flags: flagBit('opener-other-file') }));
  assert.equal([other.opener, other.flags], [null, ['opener-other-file']]);
});

test('flags are words in a stated order', () => {
  const flags = flagBit('duplicate') | flagBit('midstream');
  assert.equal(JSON.parse(lineOf({ ...plainRow, flags })).flags, ['midstream', 'duplicate']);
});

test('a tunnel shows its outer ends', () => {
  const outer = { src: '192.0.2.1', dst: '192.0.2.2', ports: [5_000, 4_789] } as const;
  assert.equal(JSON.parse(lineOf({ ...plainRow, outer })).outer, {
    src: '192.0.2.1',
    dst: '192.0.2.2',
    proto: 'UDP',
    sport: 5_000,
    dport: 4_789,
  });
});

test('what a terminal would obey is escaped, and reads back as it was', () => {
  const name = 'a\u0007\u0085\u009b31m\u2028\u202e"\\.pcap';
  const line = lineOf(plainRow, [name, 'b.pcap']);
  assert.not.match(line, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/);
  assert.is(JSON.parse(line).file, name);
  assert.is(JSON.parse(lineOf({ ...plainRow, timeText: '\u009b' })).ts, '\u009b');
});

test('a batch gives a line a row', () => {
  const { batch, verdicts } = judged([plainRow, plainRow, plainRow]);
  batch.count = 2;
  const lines = new NdjsonWriter(table(), false).lines(batch, verdicts, 'a.pcap').split('\n');
  assert.equal(
    lines.slice(0, 2).map((line) => JSON.parse(line).n),
    [1, 2],
  );
  assert.equal(lines.slice(2), ['']);
});

test('cached decisions are the same when the cache is too small', () => {
  const small = new DecisionCache(table(), 1);
  const large = new DecisionCache(table());
  for (const finding of [...Object.values(found), ...Object.values(found)])
    assert.is(small.json(finding), large.json(finding));
});

test.run();
