/** The parts of the HTML page, without a browser: buckets of time, who talks to whom, what is written of names. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isTurned } from '../src/replay/opener.ts';
import { html } from '../src/report/html/markup.ts';
import { WorkloadMatrix } from '../src/report/html/matrix.ts';
import { ticks } from '../src/report/html/plot.ts';
import { MOST_BUCKETS, TimeLine } from '../src/report/html/time-line.ts';
import { ownerName } from '../src/report/html/workload.ts';
import { flagBit, VERDICTS, type VerdictWord } from '../src/verdict/reasons.ts';
import { found, judged as judgedRows, table } from './report-builders.ts';
import './seed.ts';

const SOME = { reason: 'policy', egress: found.noPolicy, ingress: found.allowRule } as const;
/** Rows of a packet each. */
function judged(rows: Parameters<typeof judgedRows>[0]): ReturnType<typeof judgedRows> {
  const made = judgedRows(rows);
  made.batch.packets.fill(1);
  return made;
}

const packet = (src: string, dst: string, verdict: VerdictWord = 'forwarded', more = {}) => ({
  ...SOME,
  src,
  dst,
  ports: [40_000, 5432] as const,
  verdict,
  ...more,
});
const at = (milliseconds: number, verdict: VerdictWord = 'forwarded') =>
  packet('10.244.1.21', '10.244.1.10', verdict, {
    time: [Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1e6, 9] as const,
  });

function timeLineOf(rows: readonly ReturnType<typeof packet>[]) {
  const line = new TimeLine();
  const { batch, verdicts } = judged(rows);
  line.add(batch, verdicts);
  return line.words();
}

test('buckets hold every packet once, wherever it stands in the order, however far apart they are', () => {
  const gap = fc.oneof(fc.nat(50), fc.nat(100_000), fc.nat(4_000_000_000));
  const packets = fc.array(fc.tuple(gap, fc.constantFrom(...VERDICTS)), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(packets, (times) => {
      const { width, buckets } = timeLineOf(times.map(([time, verdict]) => at(1_700_000_000_000 + time, verdict)));
      // The slow twin: every packet is put into its bucket by itself, once the width is known.
      const expected = new Map<number, number[]>();
      for (const [time, verdict] of times) {
        const start = Math.floor((1_700_000_000_000 + time) / width) * width;
        const sums = expected.get(start) ?? VERDICTS.map(() => 0);
        sums[VERDICTS.indexOf(verdict)]!++;
        expected.set(start, sums);
      }
      assert.equal(new Map(buckets.map(({ start, packets }) => [start, packets])), expected);
      assert.equal(
        buckets.map(({ start }) => start),
        [...expected.keys()].sort((a, b) => a - b),
      );
      assert.ok((buckets.at(-1)!.start - buckets[0]!.start) / width < MOST_BUCKETS);
    }),
    { numRuns: 200 },
  );
});

test('a second long enough for its milliseconds has a bucket for each; one more is one too many', () => {
  assert.is(timeLineOf([at(0), at(MOST_BUCKETS - 1)]).width, 1);
  assert.is(timeLineOf([at(0), at(MOST_BUCKETS)]).width, 2);
  assert.is(timeLineOf([at(MOST_BUCKETS), at(0)]).width, 2);
});

test('packets without a time are told apart, and what was captured before counts nowhere', () => {
  const line = timeLineOf([
    packet('10.244.1.21', '10.244.1.10'),
    at(5),
    { ...at(5), flags: flagBit('duplicate') } as ReturnType<typeof packet>,
  ]);
  assert.is(line.untimed, 1);
  assert.equal(
    line.buckets.map(({ packets }) => packets),
    [[0, 1, 0]],
  );
});

function matrixOf(rows: readonly ReturnType<typeof packet>[], reversed: readonly number[] = [], most?: number) {
  const matrix = new WorkloadMatrix(table(), isTurned);
  const { batch, verdicts } = judged(rows);
  reversed.forEach((value, row) => {
    verdicts.reversed[row] = value;
  });
  matrix.add(batch, verdicts);
  return matrix.words(most);
}

test('an answer counts with what it answers; nodes, Services and strangers have a line of their own', () => {
  const { level, names, cells } = matrixOf(
    [
      packet('10.244.1.21', '10.244.1.10'),
      packet('10.244.1.10', '10.244.1.21'),
      packet('192.0.2.10', '10.244.1.10', 'dropped'),
      packet('10.244.1.21', '10.96.0.7', 'undetermined'),
      packet('203.0.113.5', '10.244.1.10', 'dropped'),
      packet('203.0.113.6', '10.244.1.10', 'dropped', { flags: flagBit('duplicate') }),
    ],
    [0, 1],
  );
  assert.is(level, 'workload');
  assert.equal(names, ['db/postgres', 'db/web', 'nodes', 'outside', 'service db/postgres']);
  assert.equal(cells, [
    [null, null, null, null, null],
    [[0, 2, 0], null, null, null, [1, 0, 0]],
    [[0, 0, 1], null, null, null, null],
    [[0, 0, 1], null, null, null, null],
    [null, null, null, null, null],
  ]);
});

test('where workloads are too many namespaces stand for them, and what is left is one line', () => {
  const rows = [
    packet('10.244.1.21', '10.244.1.10'),
    packet('192.0.2.10', '10.244.1.10'),
    packet('192.0.2.10', '10.244.1.10'),
    packet('203.0.113.5', '10.244.1.10', 'dropped'),
  ];
  const { level, names, cells } = matrixOf(rows, [], 2);
  assert.is(level, 'namespace');
  assert.equal(names, ['db', 'nodes', 'others']);
  assert.equal(cells, [
    [[0, 1, 0], null, null],
    [[0, 2, 0], null, null],
    [[0, 0, 1], null, null],
  ]);
});

test('the name of what made a pod is read off its own', () => {
  const names: readonly (readonly [string, string])[] = [
    ['cart-7c5ddbdf54-x2b9k', 'cart'],
    ['node-exporter-x2b9k', 'node-exporter'],
    ['postgres-0', 'postgres'],
    ['postgres-12', 'postgres'],
    ['web', 'web'],
    ['web-proxy', 'web-proxy'],
    ['web-redis', 'web-redis'],
    ['0', '0'],
  ];
  for (const [pod, owner] of names) assert.is(ownerName(pod), owner, pod);
});

test('what is put into markup is text, and markup stays markup', () => {
  const hostile = '<script>alert("1")</script>\u202e\u0000\'&';
  assert.is(
    html`<a title="${hostile}">${[html`<b>${'<'}</b>`, 1, null]}</a>`.text,
    '<a title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;\\u202e\\u0000&apos;&amp;"><b>&lt;</b>1</a>',
  );
});

test('an axis has round numbers up to what it must show', () => {
  for (const most of [1, 2, 7, 10, 99, 100, 101, 12_345, 9_999_999]) {
    const marks = ticks(most, 4);
    assert.is(marks[0], 0);
    assert.ok(marks.at(-1)! >= most, String(most));
    assert.ok(marks.length <= 6 && marks.every(Number.isInteger), `${most}: ${marks}`);
  }
});

test.run();
