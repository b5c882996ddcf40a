import { type CellAid, type CellSource, cellAid, deriveRow, longestRow } from './cell.ts';
import type { Ids } from './match-table.ts';
import { runRowWord, wordScratch } from './row-word.ts';
import { RowIndex } from './rows.ts';

/** Rows take at most so many words; a store with more is full, as one with too many programs is. */
const MOST_ROW_WORDS = 1 << 22;

/**
 * Programs, each distinct one stored once, back to back: program p is `store[p * width .. p * width + width - 1]`.
 * Grows by doubling up to `most`; `derive` says -1 when it is full.
 *
 * Most cells have a row that was met before: then the program is known and none of its decisions is looked at.
 */
export class ProgramStore {
  readonly width: number;
  store: Ids;
  count = 0;
  readonly #source: CellSource;
  readonly #scratch = wordScratch();
  readonly #aid: CellAid;
  readonly #row: Int32Array;
  readonly #rows = new RowIndex();
  /** The program at hand: its classes, and what fills the last word. */
  readonly #program: Uint32Array;
  readonly #most: number;
  readonly #byHash = new Map<number, number[]>();

  constructor(source: CellSource, most: number) {
    this.width = source.l4.count;
    this.#source = source;
    this.#aid = cellAid(source);
    this.#row = new Int32Array(longestRow(source));
    this.#program = new Uint32Array(source.cells.setWords * 32);
    this.#most = most;
    this.store = this.#room(Math.min(most, 16));
  }

  /** The number of the program of a cell, or -1 when there is no room for a new one. */
  derive(profile: number, peerClass: number): number {
    const length = deriveRow(this.#source, this.#aid, profile, peerClass, this.#row);
    const known = this.#rows.find(this.#row, length);
    if (known >= 0) return known;
    if (this.#rows.words + length > MOST_ROW_WORDS && this.#rows.words > 0) return -1;
    for (let word = 0; word < this.#source.cells.setWords; word++)
      runRowWord(this.#source, this.#scratch, this.#row, 0, length, word, this.#program, word * 32);
    const program = this.#intern();
    if (program >= 0) this.#rows.add(this.#row, length, program);
    return program;
  }

  clear(): void {
    this.count = 0;
    this.#byHash.clear();
    this.#rows.clear();
  }

  /** The number of what is in `#program`. */
  #intern(): number {
    const hash = this.#hash();
    const alike = this.#byHash.get(hash) ?? [];
    const known = alike.find((id) => this.#equals(id));
    if (known !== undefined) return known;
    if (this.count === this.#most) return -1;
    if ((this.count + 1) * this.width > this.store.length) this.#grow();
    this.store.set(this.#program.subarray(0, this.width), this.count * this.width);
    this.#byHash.set(hash, [...alike, this.count]);
    return this.count++;
  }

  #hash(): number {
    let hash = 0;
    for (let i = 0; i < this.width; i++) hash = Math.imul(hash ^ this.#program[i]!, 0x9e37_79b1) ^ (hash >>> 15);
    return hash;
  }

  #equals(id: number): boolean {
    const at = id * this.width;
    for (let i = 0; i < this.width; i++) if (this.store[at + i] !== this.#program[i]) return false;
    return true;
  }

  #grow(): void {
    const larger = this.#room(Math.min(this.#most, this.count * 2));
    larger.set(this.store);
    this.store = larger;
  }

  #room(programs: number): Ids {
    const decisions = this.#source.decisions.action.length;
    return decisions <= 0x1_0000 ? new Uint16Array(programs * this.width) : new Uint32Array(programs * this.width);
  }
}
