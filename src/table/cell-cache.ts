import type { MatchTable } from './match-table.ts';
import { RowPages } from './row-pages.ts';

/**
 * Two words a slot: the low 32 bits of the cell's number and 1 more, and its row beside what the number has above them.
 * A free slot has 0 in its second word.
 *
 *     cell  profile * classes + peer class: below 2^40
 *     slot  | low 32 bits | row + 1, 24 bits | high 8 bits |
 */
const SLOT_WORDS = 2;
const ROW_BITS = 24;
const ROW_MASK = (1 << ROW_BITS) - 1;
const FIRST_SLOTS = 1 << 10;
const LOW = 2 ** 32;

/**
 * The cells of a table too large to fill, derived when they are met for the first time and kept in a hash that grows
 * up to a bound. A full cache is emptied and begins anew, so answers do not depend on the order of the questions.
 */
export class CellCache {
  /** What rows come to. */
  readonly rows: RowPages;
  /** Counts how often the cache was emptied: what `row` said before then is no longer true. */
  emptied = 0;
  /** Keeps the early reads from being optimised away. */
  touched = 0;
  readonly #classes: number;
  readonly #mostCells: number;
  #slots = new Int32Array(FIRST_SLOTS * SLOT_WORDS);
  #cells = 0;

  /** @param rowBytes room for rows and their decisions; at least one fits */
  constructor(table: MatchTable, mostCells: number, rowBytes: number) {
    this.rows = new RowPages(table, rowBytes);
    this.#classes = table.classes.count;
    this.#mostCells = mostCells;
  }

  /** The number of the row of a cell. */
  row(profile: number, peerClass: number): number {
    const cell = profile * this.#classes + peerClass;
    const low = cell | 0;
    const high = cell < LOW ? 0 : (cell / LOW) | 0;
    const slots = this.#slots;
    let at = slotOf(low, high, slots.length);
    for (;;) {
      const held = slots[at + 1]!;
      if (held === 0) return this.#derive(profile, peerClass);
      if (slots[at] === low && held >>> ROW_BITS === high) return (held & ROW_MASK) - 1;
      at = (at + SLOT_WORDS) & (slots.length - 1);
    }
  }

  /**
   * `row` of the cells of `profiles[own[i]]` and `peer[i]` into `out[i]`; where the profile is none of cells, of those
   * up to `constant`, ~profile. Slots are read once before they are searched, so that the processor waits for many.
   */
  locate(
    profiles: Uint32Array,
    own: Int32Array,
    peer: Int32Array,
    count: number,
    constant: number,
    out: Int32Array,
  ): void {
    const slots = this.#slots;
    const classes = this.#classes;
    let touched = 0;
    for (let i = 0; i < count; i++) {
      const profile = profiles[own[i]!]!;
      if (profile <= constant) continue;
      const cell = profile * classes + peer[i]!;
      touched ^= slots[slotOf(cell | 0, cell < LOW ? 0 : (cell / LOW) | 0, slots.length)]!;
    }
    this.touched = touched;
    for (let i = 0; i < count; i++) {
      const profile = profiles[own[i]!]!;
      out[i] = profile <= constant ? ~profile : this.row(profile, peer[i]!);
    }
  }

  #derive(profile: number, peerClass: number): number {
    let row = this.#cells < this.#mostCells ? this.rows.derive(profile, peerClass) : -1;
    if (row < 0) {
      this.#cells = 0;
      this.#slots.fill(0);
      this.rows.clear();
      this.emptied++;
      row = this.rows.derive(profile, peerClass);
    }
    // At most three quarters full, so that a search meets a free slot soon.
    if ((this.#cells + 1) * 4 * SLOT_WORDS > this.#slots.length * 3) this.#grow();
    const cell = profile * this.#classes + peerClass;
    this.#put(cell | 0, ((cell / LOW) << ROW_BITS) | (row + 1));
    this.#cells++;
    return row;
  }

  #put(low: number, rest: number): void {
    const slots = this.#slots;
    let at = slotOf(low, rest >>> ROW_BITS, slots.length);
    while (slots[at + 1] !== 0) at = (at + SLOT_WORDS) & (slots.length - 1);
    slots[at] = low;
    slots[at + 1] = rest;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    for (let at = 0; at < old.length; at += SLOT_WORDS) if (old[at + 1] !== 0) this.#put(old[at]!, old[at + 1]!);
  }
}

/** Mixes a number's halves; the multipliers are odd and unrelated, nothing more. */
function slotOf(low: number, high: number, words: number): number {
  const hash = Math.imul(low ^ Math.imul(high, 0x85eb_ca77), 0x9e37_79b1);
  return ((hash ^ (hash >>> 15)) << 1) & (words - 1);
}
