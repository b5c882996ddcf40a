import type { Ids, MatchTable } from './match-table.ts';
import { ProgramStore } from './programs.ts';

/** Four words a slot, so that a slot never lies in two cache lines: profile and 1 more (0 is free), class, program. */
const SLOT_WORDS = 4;
const CLASS = 1;
const PROGRAM = 2;
const FIRST_SLOTS = 1 << 10;

/**
 * The cells of a table too large to fill, derived when they are met for the first time and kept in a hash that grows
 * up to a bound. A full cache is emptied and begins anew, so answers do not depend on the order of the questions.
 */
export class CellCache {
  /** Where programs lie; another array once one more was derived. */
  programs: Ids;
  /** Counts how often the cache was emptied: what `program` said before then is no longer true. */
  emptied = 0;
  readonly #store: ProgramStore;
  readonly #mostCells: number;
  #slots = new Int32Array(FIRST_SLOTS * SLOT_WORDS);
  #cells = 0;

  /** @param mostPrograms at least one */
  constructor(table: MatchTable, mostCells: number, mostPrograms: number) {
    this.#store = new ProgramStore(table, mostPrograms);
    this.#mostCells = mostCells;
    this.programs = this.#store.store;
  }

  /** The number of the program of a cell. */
  program(profile: number, peerClass: number): number {
    const slots = this.#slots;
    const mask = slots.length / SLOT_WORDS - 1;
    let at = (hashCell(profile, peerClass) & mask) * SLOT_WORDS;
    for (;;) {
      const held = slots[at]!;
      if (held === profile + 1 && slots[at + CLASS] === peerClass) return slots[at + PROGRAM]!;
      if (held === 0) return this.#derive(profile, peerClass);
      at = (at + SLOT_WORDS) & (slots.length - 1);
    }
  }

  #derive(profile: number, peerClass: number): number {
    let program = this.#cells < this.#mostCells ? this.#store.derive(profile, peerClass) : -1;
    if (program < 0) {
      this.#cells = 0;
      this.#slots.fill(0);
      this.#store.clear();
      this.emptied++;
      program = this.#store.derive(profile, peerClass);
    }
    this.programs = this.#store.store;
    // At most half full, so that a search meets a free slot soon.
    if ((this.#cells + 1) * 2 * SLOT_WORDS > this.#slots.length) this.#grow();
    this.#put(profile, peerClass, program);
    this.#cells++;
    return program;
  }

  #put(profile: number, peerClass: number, program: number): void {
    const slots = this.#slots;
    let at = (hashCell(profile, peerClass) & (slots.length / SLOT_WORDS - 1)) * SLOT_WORDS;
    while (slots[at] !== 0) at = (at + SLOT_WORDS) & (slots.length - 1);
    slots[at] = profile + 1;
    slots[at + CLASS] = peerClass;
    slots[at + PROGRAM] = program;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    for (let at = 0; at < old.length; at += SLOT_WORDS) {
      if (old[at] !== 0) this.#put(old[at]! - 1, old[at + CLASS]!, old[at + PROGRAM]!);
    }
  }
}

/** Mixes two numbers; the multipliers are odd and unrelated, nothing more. */
function hashCell(profile: number, peerClass: number): number {
  const hash = Math.imul(profile, 0x9e37_79b1) ^ Math.imul(peerClass, 0x85eb_ca77);
  return hash ^ (hash >>> 15);
}
