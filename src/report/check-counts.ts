import type { Summary } from './summary.ts';

/**
 * Nothing is lost silently: every record is a row or counted as none, every row has a verdict or is a duplicate. Held after every run,
 * in production too. Null when it holds, else what does not. An interrupted run may stop between the two counts.
 */
export function checkCounts({ interrupted, inputs, rows, total, duplicates }: Summary): string | null {
  if (interrupted) return null;
  for (const i of inputs) {
    const told = i.rows + i.notIp + i.undecodable + i.rejected + i.skipped + i.unreadLink;
    if (told !== i.records) return `${i.file}: ${i.records} records were read and ${told} accounted for`;
  }
  const handedOut = inputs.reduce((all, input) => all + input.rows, 0);
  if (handedOut !== rows) return `${handedOut} rows were read and ${rows} judged`;
  // Each row of a capture is one packet: forwarded, dropped, undetermined, or told before.
  const packets = total.packets + duplicates.packets;
  if (inputs.every((input) => input.capture) && packets !== rows)
    return `${rows} packets were read, ${total.packets} have a verdict and ${duplicates.packets} are duplicates`;
  return null;
}
