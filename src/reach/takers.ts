import { type CellSource, REOPEN, ROW_WORDS } from '../table/cell.ts';
import { ACTION_PASS } from '../table/match-table.ts';

/**
 * The decisions that take any L4 class of a row (table/cell.ts): they decide it, or pass it on to the next tier. One that
 * may hold, for an end without an address, counts as if it did.
 */
export class RowTakers {
  readonly #source: CellSource;
  readonly #open: Int32Array;
  readonly #passed: Int32Array;

  constructor(source: CellSource) {
    this.#source = source;
    this.#open = new Int32Array(source.cells.setWords);
    this.#passed = new Int32Array(source.cells.setWords);
  }

  /** @param of only what is taken of an L4 set, and before a decision has its turn */
  of(row: Int32Array, length: number, of?: { readonly set: number; readonly before: number }): number[] {
    const { setWords, l4Sets } = this.#source.cells;
    const takers: number[] = [];
    this.#open.fill(-1);
    this.#passed.fill(0);
    for (let at = 0; at < length; at += ROW_WORDS) {
      const entry = row[at]!;
      if (entry === REOPEN) {
        this.#reopen();
        continue;
      }
      const decision = entry >>> 1;
      if (decision === of?.before) break;
      const among = of === undefined ? -1 : of.set;
      let taken = 0;
      for (let word = 0; word < setWords; word++) {
        const both = this.#open[word]! & l4Sets[row[at + 1]! * setWords + word]!;
        taken |= among < 0 ? both : both & l4Sets[among * setWords + word]!;
        if ((entry & 1) === 0) this.#take(word, both, decision);
      }
      if (taken !== 0) takers.push(decision);
    }
    return takers;
  }

  #take(word: number, both: number, decision: number): void {
    this.#open[word]! &= ~both;
    if (this.#source.decisions.action[decision] === ACTION_PASS) this.#passed[word]! |= both;
  }

  #reopen(): void {
    for (let word = 0; word < this.#open.length; word++) this.#open[word]! |= this.#passed[word]!;
    this.#passed.fill(0);
  }
}
