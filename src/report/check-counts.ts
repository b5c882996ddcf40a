import type { Summary } from './summary.ts';

/**
 * Nothing is lost silently: every record is a row or counted as none, every row has a verdict. Held after every run,
 * in production too. Null when it holds, else what does not. An interrupted run may stop between the two counts.
 */
export function checkCounts({ interrupted, inputs, rows }: Summary): string | null {
  if (interrupted) return null;
  for (const i of inputs) {
    const told = i.rows + i.notIp + i.undecodable + i.rejected + i.skipped + i.unreadLink;
    if (told !== i.records) return `${i.file}: ${i.records} records were read and ${told} accounted for`;
  }
  const handedOut = inputs.reduce((all, input) => all + input.rows, 0);
  return handedOut === rows ? null : `${handedOut} rows were read and ${rows} judged`;
}
