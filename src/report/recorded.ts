import type { Agreement, Disagreement } from '../verdict/agreement.ts';
import { count, counted } from './numbers.ts';
import type { Style } from './style.ts';

/** How replay's verdicts stand to the recorded ones; empty when none was recorded. */
export function recordedText(agreement: Agreement | null, style: Style): string {
  if (agreement === null) return '';
  const { agreed, otherRule, differ, notComparable, differences, otherRules } = agreement;
  const left = notComparable.reduce((sum, { records }) => sum + records, 0);
  const why = notComparable.map(({ why, records }) => `${count(records)} ${why}`).join(', ');
  const parts = [
    `${count(agreed)} agreed${otherRule > 0 ? ` (${count(otherRule)} by another rule)` : ''}`,
    `${count(differ)} ${differ === 1 ? 'differs' : 'differ'}`,
    `${count(left)} not comparable${why === '' ? '' : ` (${why})`}`,
  ];
  const total = counted(agreed + differ + left, 'record');
  return [
    style.line(`Recorded verdicts: ${parts.join(', ')}, of ${total}`),
    differ + otherRule > 0 ? '\n' : '',
    list('DIFFERS AT', differences, differ, style),
    list('BY ANOTHER RULE AT', otherRules, otherRule, style),
  ].join('');
}

function list(title: string, shown: readonly Disagreement[], all: number, style: Style): string {
  if (shown.length === 0) return '';
  const rows = shown.map(({ file, n, at, recorded, by, replayed, decision }) => [
    `${file}, ${n}`,
    at ?? 'packet',
    { text: recorded, mark: style.palette[recorded] },
    by ?? '-',
    { text: replayed, mark: style.palette[replayed] },
    decision,
  ]);
  const heads = [title, 'END', 'RECORDED', 'BY', 'REPLAYED', 'BY'].map((head) => ({ title: head }));
  const more = all > shown.length ? style.aside(`and ${count(all - shown.length)} more`) : '';
  return style.table(heads, rows) + more;
}
