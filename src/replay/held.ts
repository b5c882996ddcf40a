import type { PacketBatch } from '../packet/batch.ts';
import { copyColumns, copyRows, type Rows } from '../packet/copy.ts';
import { createVerdicts, type VerdictBatch } from '../verdict/batch.ts';

/**
 * Rows that outlive their batch: from the first that waits on, as lines come in the order of the rows. At most as many
 * as a row may wait for.
 */
export type Held = {
  readonly batch: PacketBatch;
  readonly verdicts: VerdictBatch;
  /** How many of them are settled and counted. */
  settled: number;
};

/** What is left of what was held, and of rows [settled, end) of the batch at hand; null when nothing is. */
export function holdRest(
  held: Held | null,
  batch: PacketBatch,
  verdicts: VerdictBatch,
  settled: number,
  end: number,
): Held | null {
  const old = held === null ? 0 : held.batch.count - held.settled;
  const rows = old + end - settled;
  if (rows === 0) return null;
  const parts: Rows[] = [{ batch, from: settled, to: end }];
  const kept = createVerdicts(rows);
  if (held !== null) {
    parts.unshift({ batch: held.batch, from: held.settled, to: held.batch.count });
    copyColumns(held.verdicts, held.settled, held.batch.count, kept, 0);
  }
  copyColumns(verdicts, settled, end, kept, old);
  return { batch: copyRows(parts), verdicts: kept, settled: 0 };
}
