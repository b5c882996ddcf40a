import type { PacketBatch } from '../packet/batch.ts';
import type { Traffic } from '../packet/traffic.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import type { Tally } from '../verdict/tally.ts';
import { Replay } from './engine.ts';
import type { ReplayOptions } from './options.ts';
import type { Questions } from './questions.ts';
import { readAll, type WasRead } from './read.ts';

export { Replay } from './engine.ts';

/** Counts and faults of the inputs are complete; the tally of an aborted run holds what was judged so far. */
export type ReplayResult = WasRead & { readonly tally: Tally };

/**
 * Called for rows once they are judged, in their order: a batch, or a part of one where a row had to wait for the next.
 * Both batches are overwritten afterwards. `input` is the place in `inputs`.
 */
export type OnBatch = (batch: PacketBatch, verdicts: VerdictBatch, input: number) => void | Promise<void>;

/**
 * Replays inputs through a table: in the order of their first timestamps, one connection table through all. An aborted
 * signal ends it early with what was judged so far; it does not throw for that.
 */
export async function replay(
  table: MatchTable,
  inputs: readonly Traffic[],
  options: ReplayOptions = {},
  onBatch?: OnBatch,
  questions?: Questions,
): Promise<ReplayResult> {
  const run = new Replay(table, options, questions);
  const read = await readAll(inputs, options.signal, {
    beginInput: () => run.beginInput(),
    take: (batch, input) => handOut(run, batch, run.take(batch), input, onBatch),
    endInput: async (input) => {
      run.settle();
      await handOutHeld(run, input, onBatch);
      run.hold();
    },
    end: () => run.settle(),
  });
  return { tally: run.tally, ...read };
}

/** Rows in their order: those held back before, then of this batch all before the first that waits. */
async function handOut(
  run: Replay,
  batch: PacketBatch,
  verdicts: VerdictBatch,
  place: number,
  onBatch: OnBatch | undefined,
): Promise<void> {
  await handOutHeld(run, place, onBatch);
  const { settled } = run;
  if (settled > 0) await handOutRows(batch, verdicts, settled, place, onBatch);
  run.hold();
}

async function handOutHeld({ held }: Replay, place: number, onBatch: OnBatch | undefined): Promise<void> {
  if (held !== null && held.settled > 0) await handOutRows(held.batch, held.verdicts, held.settled, place, onBatch);
}

async function handOutRows(
  batch: PacketBatch,
  verdicts: VerdictBatch,
  rows: number,
  place: number,
  onBatch: OnBatch | undefined,
): Promise<void> {
  const { count } = batch;
  batch.count = rows;
  await onBatch?.(batch, verdicts, place);
  batch.count = count;
}
