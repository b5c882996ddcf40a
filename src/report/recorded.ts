import type { Agreement, Disagreement } from '../verdict/agreement.ts';
import { columns } from './columns.ts';
import { count, counted } from './numbers.ts';
import type { Palette } from './palette.ts';

/** How replay's verdicts stand to the recorded ones; empty when none was recorded. */
export function recordedText(agreement: Agreement | null, palette: Palette): string {
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
    `Recorded verdicts: ${parts.join(', ')}, of ${total}\n`,
    list('DIFFERS AT', differences, differ, palette),
    list('BY ANOTHER RULE AT', otherRules, otherRule, palette),
  ].join('');
}

function list(title: string, shown: readonly Disagreement[], all: number, palette: Palette): string {
  if (shown.length === 0) return '';
  const rows = shown.map(({ file, n, at, recorded, by, replayed, decision }) => [
    `${file}, ${n}`,
    at ?? 'packet',
    { text: recorded, mark: palette[recorded] },
    by ?? '-',
    { text: replayed, mark: palette[replayed] },
    decision,
  ]);
  const heads = [title, 'END', 'RECORDED', 'BY', 'REPLAYED', 'BY'].map((head) => ({ title: head }));
  const more = all > shown.length ? `and ${count(all - shown.length)} more\n` : '';
  return columns(heads, rows, palette.heading) + palette.faint(more);
}
