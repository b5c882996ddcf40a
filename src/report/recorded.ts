import type { Agreeing, Agreement, Disagreement, DisagreementClass, RecordAmount } from '../verdict/agreement.ts';
import type { Column } from './columns.ts';
import { count, counted, utc } from './numbers.ts';
import { lineOf } from './places.ts';
import type { Style } from './style.ts';
import { decisionText } from './why.ts';

/** How many records of a list the summary of `replay` shows. */
const MOST_LISTED = 10;

const numbers = (...titles: readonly string[]): Column[] => titles.map((title) => ({ title, right: true }));
const AMOUNTS = numbers('RECORDS', 'CONNECTIONS', 'PACKETS', 'BYTES');
const amounts = ({ records, connections, packets, bytes }: RecordAmount): string[] =>
  [records, connections, packets, bytes].map(count);

/** How replay's verdicts stand to the recorded ones, as a part of a summary; empty when none was recorded. */
export function recordedText(agreement: Agreement | null, style: Style): string {
  if (agreement === null) return '';
  const { otherRule, differ, classes, differences, otherRules } = agreement;
  return [
    recordedLine(agreement, style),
    differ + otherRule > 0 ? '\n' : '',
    list('DIFFERS AT', differences, differ, style),
    classes.some(({ likely }) => likely !== null) ? `\n${classesText(classes, style)}` : '',
    list('BY ANOTHER RULE AT', otherRules, otherRule, style),
  ].join('');
}

/** The same at length: in all that records stand for, at whom, by which policy; both sides' words for each that is kept. */
export function comparedText(agreement: Agreement, style: Style, top: number): string {
  const { amounts: of, classes, byWorkload, byPolicy, differences, differ, otherRules, otherRule } = agreement;
  const sums: readonly (readonly [string, RecordAmount])[] = [
    ['agreed', of.agreed],
    ['differ', of.differ],
    ['not comparable', of.notComparable],
  ];
  const sections = [
    recordedLine(agreement, style) +
      style.table(
        [{ title: '' }, ...AMOUNTS],
        sums.map(([name, amount]) => [name, ...amounts(amount)]),
      ),
    classes.length === 0 ? '' : classesText(classes, style),
    agreeing('WORKLOAD', byWorkload, style, top),
    agreeing('POLICY', byPolicy, style, top),
    traces(differences, differ, style),
    list('BY ANOTHER RULE AT', otherRules, otherRule, style),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

function recordedLine({ agreed, otherRule, differ, notComparable }: Agreement, style: Style): string {
  const left = notComparable.reduce((sum, { records }) => sum + records, 0);
  const why = notComparable.map(({ why, records }) => `${count(records)} ${why}`).join(', ');
  const parts = [
    `${count(agreed)} agreed${otherRule > 0 ? ` (${count(otherRule)} by another rule)` : ''}`,
    `${count(differ)} ${differ === 1 ? 'differs' : 'differ'}`,
    `${count(left)} not comparable${why === '' ? '' : ` (${why})`}`,
  ];
  return style.line(`Recorded verdicts: ${parts.join(', ')}, of ${counted(agreed + differ + left, 'record')}`);
}

const classesText = (classes: readonly DisagreementClass[], style: Style): string =>
  style.table(
    [{ title: 'RECORDED' }, { title: 'REPLAYED' }, ...AMOUNTS, { title: 'LIKELY WHY' }],
    classes.map((one) => [
      { text: one.recorded, mark: style.palette[one.recorded] },
      { text: one.replayed, mark: style.palette[one.replayed] },
      ...amounts(one),
      one.likely ?? '-',
    ]),
  );

function agreeing(title: string, all: readonly Agreeing[], style: Style, top: number): string {
  if (all.length === 0) return '';
  const rows = all
    .slice(0, top)
    .map(({ name, agreed, differ }) => [
      name,
      ...[differ.records, agreed.records, differ.packets, agreed.packets].map(count),
    ]);
  const more = all.length > top ? style.aside(`and ${count(all.length - top)} more`) : '';
  return style.table([{ title }, ...numbers('DIFFER', 'AGREED', 'PACKETS DIFFER', 'PACKETS AGREED')], rows) + more;
}

/** What either side says of each, a paragraph for one. */
function traces(shown: readonly Disagreement[], all: number, style: Style): string {
  if (shown.length === 0) return '';
  const more = all > shown.length ? style.aside(`and ${count(all - shown.length)} more: -o ndjson has all`) : '';
  return shown.map((one) => trace(one, style)).join('') + more;
}

function trace(one: Disagreement, style: Style): string {
  const { file, n, time, recorded, replayed, at, by, likely, reason } = one;
  const where = at === null ? 'of the packet' : `at ${at}`;
  const says = (end: 'egress' | 'ingress'): string => decisionText(one[end], (place) => ` (${lineOf(place)})`);
  return style.keys([
    [`${file}, ${count(n)}`, ''],
    ['  from', endsText(one)],
    ...(time === null ? [] : [['  time', utc(time)] as const]),
    ['  recorded', `${recorded} ${where}${by === null ? '' : `, by ${by}`}`],
    ['  replayed', `${replayed}, ${reason}; egress: ${says('egress')}; ingress: ${says('ingress')}`],
    ['  likely why', likely ?? 'not shown by the manifests or the record'],
  ]);
}

function endsText({ src, dst, from, to, proto, sport, dport }: Disagreement): string {
  const end = (address: string, port: number | null, name: string | null): string =>
    `${address.includes(':') && port !== null ? `[${address}]` : address}${port === null ? '' : `:${port}`}${name === null ? '' : ` (${name})`}`;
  return `${end(src, sport, from)} to ${end(dst, dport, to)}, ${proto}`;
}

function list(title: string, all: readonly Disagreement[], total: number, style: Style): string {
  if (all.length === 0) return '';
  const shown = all.slice(0, MOST_LISTED);
  const rows = shown.map(({ file, n, at, recorded, by, replayed, decision }) => [
    `${file}, ${n}`,
    at ?? 'packet',
    { text: recorded, mark: style.palette[recorded] },
    by ?? '-',
    { text: replayed, mark: style.palette[replayed] },
    decision,
  ]);
  const heads = [title, 'END', 'RECORDED', 'BY', 'REPLAYED', 'BY'].map((head) => ({ title: head }));
  const more = total > shown.length ? style.aside(`and ${count(total - shown.length)} more`) : '';
  return style.table(heads, rows) + more;
}
