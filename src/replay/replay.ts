import type { PacketBatch } from '../packet/batch.ts';
import type { Traffic } from '../packet/traffic.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import type { Tally } from '../verdict/tally.ts';
import type { ReplayOptions } from './options.ts';

export type ReplayResult = {
  readonly tally: Tally;
  /** The inputs in the order in which they were read; their counts and faults are complete. */
  readonly inputs: readonly Traffic[];
  /** True when the signal ended it early: the tally holds what was judged so far. */
  readonly aborted: boolean;
};

/** Called for each batch once it is judged; both batches are overwritten afterwards. `input` is the place in `inputs`. */
export type OnBatch = (batch: PacketBatch, verdicts: VerdictBatch, input: number) => void | Promise<void>;

/**
 * Replays inputs through a table: in the order of their first timestamps, one connection table through all. An aborted
 * signal ends it early with what was judged so far; it does not throw for that.
 */
export async function replay(
  _table: MatchTable,
  _inputs: readonly Traffic[],
  _options: ReplayOptions = {},
  _onBatch?: OnBatch,
): Promise<ReplayResult> {
  throw new Error('not built yet');
}
