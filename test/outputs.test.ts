/** What `replay` shows, and how: filters, and the outputs that other programs open. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { csvField, markdown } from '../src/report/escape.ts';
import { MARKDOWN } from '../src/report/style.ts';
import { cli } from './command-line.ts';
import { sample } from './paths.ts';

const SCENARIOS = sample('scenarios/scenarios.pcap');
const replay = (...args: string[]) => cli('replay', '-f', sample('scenarios'), SCENARIOS, ...args);

type End = { readonly policy: string | null; readonly isolatedBy: readonly string[] | null };
type Line = {
  readonly n: number;
  readonly ts: string;
  readonly src: string;
  readonly dst: string;
  readonly proto: string;
  readonly sport: number | null;
  readonly dport: number | null;
  readonly verdict: string;
  readonly opener: number | null;
  readonly egress: End;
  readonly ingress: End;
};
const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
const all = linesOf((await replay('-o', 'ndjson')).out);
/** The port that a packet's connection was opened to, seen from its opener. */
const opener = (line: Line): Line => all[(line.opener ?? line.n) - 1]!;
const has = (line: Line, ...addresses: string[]): boolean =>
  addresses.some((one) => one === line.src || one === line.dst);
const isOf = (line: Line, policy: string): boolean =>
  [line.egress, line.ingress].some((end) => end.policy === policy || (end.isolatedBy ?? []).includes(policy));
const APP1 = ['10.244.1.21', '10.244.2.22', '10.244.2.23'];
const FROM = 1_795_311_307;

const filters: readonly (readonly [options: string, lets: (line: Line) => boolean])[] = [
  ['--verdict dropped', (line) => line.verdict === 'dropped'],
  ['--port 5432', (line) => opener(line).dport === 5432],
  ['--port 53/udp', (line) => line.proto === 'UDP' && opener(line).dport === 53],
  ['--port 53/tcp', () => false],
  ['--port 5432 --port 53/udp', (line) => [5432, 53].includes(opener(line).dport ?? 0)],
  ['--pod db/postgres-0', (line) => has(line, '10.244.1.10')],
  ['--policy default/test-network-policy', (line) => isOf(line, 'default/test-network-policy')],
  [`--since ${FROM}`, (line) => Number(line.ts) >= FROM],
  [
    '--since 2026-11-22T01:35:07Z --until 2026-11-22T02:35:08.5+01:00',
    ({ ts }) => Number(ts) >= FROM && Number(ts) < FROM + 1.5,
  ],
  [
    '--verdict forwarded --port 5432 --pod db/postgres-0',
    (line) => line.verdict === 'forwarded' && opener(line).dport === 5432 && has(line, '10.244.1.10'),
  ],
];
for (const [options, lets] of filters)
  test(`\`${options}\` shows what it says, counts it, and leaves the totals alone`, async () => {
    const expected = all.filter(lets);
    const { out, err } = await replay('-o', 'ndjson', ...options.split(' '));
    assert.equal(
      linesOf(out).map(({ n }) => n),
      expected.map(({ n }) => n),
    );
    assert.match(err, `${expected.length} of 244 packets shown`);
    const summary = JSON.parse((await replay('-o', 'json', ...options.split(' '))).out);
    assert.is(summary.total.packets, 244);
    assert.is(summary.verdicts.dropped.packets, 138);
    assert.is(summary.filter.rows, expected.length);
    const dropped = expected.filter(({ verdict }) => verdict === 'dropped').length;
    assert.is(summary.filter.verdicts.dropped.packets, dropped);
    const listed = summary.dropped.reduce((sum: number, { packets }: { packets: number }) => sum + packets, 0);
    assert.is(listed, dropped);
  });

test('--namespace shows what has an end there', async () => {
  const { out } = await replay('-o', 'ndjson', '-n', 'app1');
  const shown = linesOf(out);
  assert.ok(shown.length > 0 && shown.length < all.length);
  assert.equal(
    shown.map(({ n }) => n),
    all.filter((line) => has(line, ...APP1)).map(({ n }) => n),
  );
});

test('the text says that a filter is on, and exit codes are of all', async () => {
  const { out } = await replay('--port', '53/udp', '--verdict', 'forwarded');
  assert.match(
    out,
    /^Filter: port 53\/udp, verdict forwarded\. What follows is of \d+ of 244 packets, \d+ of 40 connections$/m,
  );
  assert.match(out, /^total +244 /m);
  assert.not.match(out, /DROPPED FROM/);
  assert.is((await replay('--verdict', 'forwarded', '--fail-on-drop')).code, 1);
});

const refusals: readonly (readonly [options: string, why: string])[] = [
  ['--policy db/network-polic', 'did you mean `db/network-policy`?'],
  ['--pod postgres-0', 'no pod `postgres-0` among the manifests'],
  ['--namespace dbx', 'did you mean `db`?'],
  ['--port http', 'expected `5432` or `5432/tcp`'],
  ['--port 70000', 'expected `5432` or `5432/tcp`'],
  ['--port 53/nope', 'expected `5432` or `5432/tcp`'],
  ['--since yesterday', 'is no time'],
  ['--until 2026-13-01', 'is no time'],
];
for (const [options, why] of refusals)
  test(`refuses \`${options}\``, async () => {
    const { code, err } = await replay(...options.split(' '));
    assert.is(code, 2);
    assert.ok(err.includes(why), err);
  });

test('csv has the packets of ndjson, one row each, under one heading', async () => {
  const { out } = await replay('-o', 'csv');
  const [heading, ...rows] = out
    .split('\r\n')
    .slice(0, -1)
    .map((line) => line.split(','));
  assert.is(rows.length, all.length);
  const of = (row: readonly string[], column: string): string => row[heading!.indexOf(column)]!;
  for (const [i, row] of rows.entries()) {
    const line = all[i]!;
    assert.is(row.length, heading!.length);
    assert.equal(
      ['n', 'src', 'dport', 'verdict', 'ingress.policy', 'opener'].map((column) => of(row, column)),
      [line.n, line.src, line.dport, line.verdict, line.ingress.policy, line.opener].map((value) =>
        String(value ?? ''),
      ),
    );
  }
  assert.is((await replay('-o', 'csv', '--port', '1')).out, `${heading!.join(',')}\r\n`);
});

test('no field of csv is a formula', () => {
  for (const [value, field] of [
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['a=1', 'a=1'],
    ['a,b', '"a,b"'],
    ['say "a"', '"say ""a"""'],
    ['=A1,"b"\n', '"\'=A1,""b""\n"'],
    [-1, '-1'],
    [null, ''],
  ] as const)
    assert.is(csvField(value), field);
});

test('markdown is text: no markup of the inputs', () => {
  assert.is(markdown('a|b <i> [x](y) `c`'), 'a&#124;b &#60;i&#62; &#91;x&#93;(y) &#96;c&#96;');
  const table = MARKDOWN.table([{ title: 'A' }, { title: 'B', right: true }], [['x | y\nz', '1']]);
  assert.is(table, '| A | B |\n| --- | ---: |\n| x &#124; y&#92;u000az | 1 |\n');
});

test('md and wide have the lists of the text', async () => {
  const md = (await replay('-o', 'md', '--top', '2')).out;
  assert.match(md, /^\| VERDICT \| PACKETS \|/m);
  assert.match(md, /^\| app1\/nginx2-1 \| db\/postgres-0 \| 5432\/TCP \| 10 \| 1 \|/m);
  assert.match(md, /and 26 more conversations/);
  const wide = (await replay('-o', 'wide', '--top', '2')).out;
  assert.match(
    wide,
    /^DROPPED FROM +ADDRESS +TO +ADDRESS +PORT +PACKETS +BYTES +CONNECTIONS +WHY +REASONS +EGRESS +INGRESS +HOST$/m,
  );
  assert.match(wide, /^app1\/nginx2-1 +10\.244\.2\.22 +db\/postgres-0 +10\.244\.1\.10 +5432\/TCP +10 +9,681 /m);
  assert.match(wide, /^POLICY +KIND +TIER +DIRECTION/m);
});

test.run();
