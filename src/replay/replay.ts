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
 * Both batches are overwritten afterwards. `place` is that of `input` among the result's `inputs`.
 */
export type OnBatch = (
  batch: PacketBatch,
  verdicts: VerdictBatch,
  place: number,
  input: Traffic,
) => void | Promise<void>;

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
  const handing =
    (place: number, input: Traffic): HandOver =>
    async (batch, verdicts) =>
      onBatch?.(batch, verdicts, place, input);
  const read = await readAll(inputs, options.signal, {
    beginInput: () => run.beginInput(),
    take: (batch, place, input) => handOut(run, batch, run.take(batch), handing(place, input)),
    endInput: async (place, input) => {
      run.settle();
      await handOutHeld(run, handing(place, input));
      run.hold();
    },
    end: () => run.settle(),
  });
  return { tally: run.tally, ...read };
}

/** Takes the rows of one input. */
type HandOver = (batch: PacketBatch, verdicts: VerdictBatch) => Promise<void>;

/** Rows in their order: those held back before, then of this batch all before the first that waits. */
async function handOut(run: Replay, batch: PacketBatch, verdicts: VerdictBatch, handed: HandOver): Promise<void> {
  await handOutHeld(run, handed);
  const { settled } = run;
  if (settled > 0) await handOutRows(batch, verdicts, settled, handed);
  run.hold();
}

async function handOutHeld({ held }: Replay, handed: HandOver): Promise<void> {
  if (held !== null && held.settled > 0) await handOutRows(held.batch, held.verdicts, held.settled, handed);
}

async function handOutRows(batch: PacketBatch, verdicts: VerdictBatch, rows: number, handed: HandOver): Promise<void> {
  const { count } = batch;
  batch.count = rows;
  await handed(batch, verdicts);
  batch.count = count;
}
