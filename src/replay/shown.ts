import type { PacketBatch } from '../packet/batch.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import type { Tally } from '../verdict/tally.ts';
import { Clock } from './clock.ts';
import { Count } from './count.ts';
import { SLICE_ROWS } from './slice.ts';

/** A second tally beside a run's own: of some of its rows. */
export class Shown {
  readonly #count: Count;
  readonly #clock = new Clock();

  constructor(table: MatchTable) {
    this.#count = new Count(table);
  }

  /** Counts the rows where `shown` is not 0. */
  add(batch: PacketBatch, verdicts: VerdictBatch, shown: Uint8Array): void {
    for (let from = 0; from < batch.count; from++) {
      if (shown[from] === 0) continue;
      let to = from;
      while (to < batch.count && to - from < SLICE_ROWS && shown[to] !== 0) this.#clock.advance(batch, to++);
      this.#count.add(batch, verdicts, from, to, true);
      from = to - 1;
    }
  }

  get tally(): Tally {
    return this.#count.tally(this.#clock, 0, 0);
  }
}
