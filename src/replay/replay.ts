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

/** Called for each batch once it is judged; both batches are overwritten afterwards. `input` is the place in `inputs`. */
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
    take: (batch, input) => {
      const verdicts = run.process(batch);
      return onBatch?.(batch, verdicts, input);
    },
  });
  return { tally: run.tally, ...read };
}
