import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkCounts } from '../src/report/check-counts.ts';
import { type Palette, PLAIN } from '../src/report/palette.ts';
import { OUTPUTS } from '../src/report/registry.ts';
import { type Settings, type Summary, summarise } from '../src/report/summary.ts';
import { summaryText } from '../src/report/text.ts';
import { CaptureError } from '../src/source/errors.ts';
import type { Tally } from '../src/verdict/tally.ts';
import { fixture } from './paths.ts';
import { conversation, found, table, tally, traffic } from './report-builders.ts';

const SETTINGS: Settings = { track: true, midstream: 'infer', maxConnections: 1_048_576, unknownWorkload: 'outside' };

const outside = { src: '10.60.9.9', dst: '10.244.1.10', port: 5432, egress: found.notAnEndpoint } as const;
const CONVERSATIONS = [
  conversation({
    ...outside,
    ingress: found.endOfDefault,
    verdict: 'dropped',
    reason: 'policy',
    packets: 2,
    connections: 2,
  }),
  conversation({
    src: '10.244.1.21',
    dst: '10.244.1.10',
    port: 5432,
    egress: found.noPolicy,
    ingress: found.allowRule,
    verdict: 'forwarded',
    reason: 'policy',
    packets: 3,
    connections: 3,
  }),
  conversation({
    src: '10.244.1.21',
    dst: '10.244.1.10',
    port: 5432,
    egress: found.noPolicy,
    ingress: found.allowRule,
    verdict: 'forwarded',
    reason: 'tracked',
    packets: 1_240,
  }),
  conversation({
    ...outside,
    ingress: found.endOfDefault,
    verdict: 'dropped',
    reason: 'connection-denied',
    packets: 10,
  }),
  conversation({
    src: '10.244.1.21',
    dst: '192.0.2.10',
    proto: 'ICMP',
    icmpType: 8,
    egress: found.denyRule,
    ingress: found.notAnEndpoint,
    verdict: 'dropped',
    reason: 'policy',
    packets: 4,
    connections: 1,
  }),
  conversation({
    src: '10.244.1.21',
    dst: '10.96.0.7',
    port: 5432,
    egress: found.notJudged,
    ingress: found.notJudged,
    verdict: 'undetermined',
    reason: 'service-address',
    packets: 7,
  }),
  conversation({
    src: '10.60.9.9',
    dst: '10.244.1.21',
    port: 80,
    egress: found.notJudged,
    ingress: found.notJudged,
    verdict: 'dropped',
    reason: 'ct-invalid',
    packets: 1,
  }),
];
const ROWS = 1_267;
const INPUT = traffic('traffic.pcap', {
  records: ROWS + 5,
  rows: ROWS,
  notIp: 4,
  undecodable: 1,
  samples: [{ n: 17, offset: 2_048, why: 'IPv4 header length 12 is below 20' }],
});

const summaryOf = (more: Partial<Tally> = {}, inputs = [INPUT], interrupted = false): Summary =>
  summarise(
    table(),
    tally(CONVERSATIONS, { firstSeconds: 1_785_578_400, lastSeconds: 1_785_578_412.5, ...more }),
    inputs,
    SETTINGS,
    interrupted,
  );

test('the summary reads as it should', () => {
  const text = summaryText(summaryOf({ flags: [12, 0, 0, 0] }));
  assert.is(text, readFileSync(fixture('report-summary.txt'), 'utf8'));
});

test('the opener and what followed it are one line of the dropped', () => {
  const { dropped } = summaryOf();
  assert.equal(
    dropped.map(({ packets, connections, reasons }) => ({ packets, connections, reasons })),
    [
      { packets: 12, connections: 2, reasons: ['policy', 'connection-denied'] },
      { packets: 4, connections: 1, reasons: ['policy'] },
      { packets: 1, connections: 0, reasons: ['ct-invalid'] },
    ],
  );
  assert.equal(dropped[0]!.from, { address: '10.60.9.9', name: null });
  assert.equal(dropped[0]!.to, { address: '10.244.1.10', name: 'db/postgres-0' });
  assert.equal(dropped[0]!.ingress.isolatedAt, [
    { policy: 'db/postgres', at: 'k8s/db.yaml:3:1' },
    { policy: 'db/lockdown', at: 'k8s/db.yaml:21:1' },
  ]);
});

test('hits name rules and ends of tiers with their direction, and nothing that nobody decided', () => {
  assert.equal(
    summaryOf().hits.map((hit) => [hit.policy, hit.rule, hit.direction, hit.reason, hit.packets]),
    [
      ['db/postgres', 0, 'ingress', 'rule', 1_243],
      [null, null, 'ingress', 'end-of-tier', 12],
      ['quarantine', 1, 'egress', 'rule', 4],
    ],
  );
});

test('the verdicts add up to the total', () => {
  const { total, verdicts, rows } = summaryOf();
  assert.is(total.packets, ROWS);
  assert.is(rows, ROWS);
  assert.is(verdicts.forwarded.packets + verdicts.dropped.packets + verdicts.undetermined.packets, ROWS);
});

test('lists are cut at the top and say so', () => {
  const text = summaryText(summaryOf(), PLAIN, 1);
  assert.match(text, 'and 2 more conversations (--top 3 shows all)');
  assert.match(text, 'and 2 more lines (--top 3 shows all)');
  assert.not.match(summaryText(summaryOf()), '--top');
});

const notes: readonly (readonly [string, Partial<Tally>, string])[] = [
  ['evictions', { evictions: 1 }, 'note: 1 connection forgotten to make room (1,048,576 at once)'],
  ['a clock that goes back', { backwards: 3 }, "note: 3 packets with a time before an earlier one's"],
  [
    'crowded conversations',
    { crowdedOut: { packets: 9, bytes: 9, connections: 1 } },
    'note: 9 packets of conversations',
  ],
  ['unknown workloads', { flags: [0, 2, 0, 0] }, 'note: 2 packets to or from addresses of pod ranges that no pod has'],
];
for (const [name, more, expected] of notes)
  test(`${name} are noted, and only then`, () => {
    assert.match(summaryText(summaryOf(more)), expected);
    assert.not.match(summaryText(summaryOf()), expected);
  });

test('a capture is said to hold nothing from before its tap, a log is not', () => {
  assert.match(summaryText(summaryOf()), 'a capture holds no packet that was dropped before its tap');
  assert.not.match(summaryText(summaryOf({}, [{ ...INPUT, isCapture: false }])), 'before its tap');
});

test('an input that was not read to its end says where, and the summary is not complete', () => {
  const cut = traffic('a.pcap', { records: 2, rows: 2 }, new CaptureError('TRUNCATED', 'a.pcap', 1_234, 'cut'));
  const summary = summaryOf({}, [cut]);
  assert.is(summary.complete, false);
  assert.match(summaryText(summary), /a\.pcap +pcap +2 +2 +0 +0 +byte 1234/);
  assert.is(summaryOf().complete, true);
});

test('an interrupted run says so', () => {
  assert.match(summaryText(summaryOf({}, [INPUT], true)), 'Interrupted:');
  assert.is(summaryOf({}, [INPUT], true).complete, false);
});

test('colours change nothing but colours', () => {
  const mark = (text: string): string => `\u001b[1m${text}\u001b[22m`;
  const coloured: Palette = { heading: mark, forwarded: mark, dropped: mark, undetermined: mark, faint: mark };
  const text = summaryText(summaryOf(), coloured);
  assert.match(text, '\u001b[1m');
  assert.is(stripVTControlCharacters(text), summaryText(summaryOf()));
});

test('what a terminal would obey is escaped', () => {
  const text = summaryText(summaryOf({}, [traffic('evil\u001b[2J\n\u202e.pcap', { undecodable: 1 })]));
  assert.match(text, 'evil\\u001b[2J\\u000a\\u202e.pcap');
  assert.not.match(text, /[\u001b\u202e]/);
});

test('an empty run has no lists and says that it is empty', () => {
  const text = summaryText(summarise(table(), tally([]), [traffic('a.pcap')], SETTINGS, false));
  assert.match(text, 'note: the inputs hold no packet that could be judged');
  assert.not.match(text, 'DROPPED FROM');
  assert.not.match(text, 'NaN');
});

test('json is the whole summary', () => {
  const context = { table: table(), several: false, palette: PLAIN, top: 1 };
  const summary = summaryOf();
  assert.equal(JSON.parse(OUTPUTS.get('json')!.start(context).end(summary)), JSON.parse(JSON.stringify(summary)));
  assert.is(summary.apiVersion, 'netpol-replay/v1');
  assert.is(summary.dropped.length, 3);
});

test('counts that do not add up are told', () => {
  assert.is(checkCounts(summaryOf()), null);
  assert.is(
    checkCounts(summaryOf({}, [traffic('a.pcap', { records: 3, rows: 2 })])),
    'a.pcap: 3 records were read and 2 accounted for',
  );
  assert.is(checkCounts(summaryOf({ rows: 5 })), '1267 rows were read and 5 judged');
});

test.run();
