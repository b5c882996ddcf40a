import { findingOf, PROFILE_UNPOLICED } from './decisions.ts';
import { l4Class } from './l4.ts';
import type { Ids, MatchTable } from './match-table.ts';
import { classOf4, classOf6 } from './prefixes.ts';
import { ProgramStore } from './programs.ts';

export type MatcherOptions = {
  /** How many derived cells one replay remembers, a power of two. Default 2^18. */
  readonly cacheCells?: number;
  /** The room that their programs may take; at least one program fits. Default 64 MiB. */
  readonly cacheProgramBytes?: number;
};

const CACHE_CELLS = 1 << 18;
const CACHE_PROGRAM_BYTES = 64 << 20;
const FREE = -1;

/**
 * Asks a table. Private to one replay: what it derives on first touch is cached here, bounded, and never shared; a
 * full cache is emptied and begins anew, so the answers are the same whatever the order of the questions.
 * All questions are on integers and allocate nothing, but for cells that are met for the first time.
 */
export class Matcher {
  readonly table: MatchTable;
  readonly #dense: Ids | null;
  readonly #classes: number;
  readonly #width: number;
  #programs: Ids;
  readonly #store: ProgramStore | null;
  readonly #cellProfile: Int32Array;
  readonly #cellClass: Int32Array;
  readonly #cellProgram: Int32Array;
  readonly #most: number;
  #cells = 0;

  constructor(table: MatchTable, options: MatcherOptions = {}) {
    this.table = table;
    this.#dense = table.cells.dense;
    this.#classes = table.classes.count;
    this.#width = table.l4.count;
    const lazy = table.cells.dense === null;
    const bytes = options.cacheProgramBytes ?? CACHE_PROGRAM_BYTES;
    const most = Math.max(1, Math.floor(bytes / (4 * this.#width)));
    this.#store = lazy ? new ProgramStore(table, most) : null;
    this.#programs = this.#store?.store ?? table.cells.programs;
    this.#most = options.cacheCells ?? CACHE_CELLS;
    if (!Number.isInteger(Math.log2(this.#most))) {
      throw new RangeError(`cacheCells is \`${this.#most}\`, expected a power of two`);
    }
    // Twice the cells, so that a search always meets a free slot soon.
    const slots = lazy ? this.#most * 2 : 0;
    this.#cellProfile = new Int32Array(slots).fill(FREE);
    this.#cellClass = new Int32Array(slots);
    this.#cellProgram = new Int32Array(slots);
  }

  /** Address class of an IPv4 address: one 32-bit word, signed or not. */
  class4(word: number): number {
    return classOf4(this.table.prefixes.v4, word);
  }

  /** Address class of an IPv6 address: four 32-bit words, most significant first, signed or not. */
  class6(w0: number, w1: number, w2: number, w3: number): number {
    return classOf6(this.table.prefixes, w0, w1, w2, w3);
  }

  /**
   * L4 class. `destination` is the destination port, or ICMP type * 256 + code; `source` is the source port (0 for
   * ICMP). Protocols without ports read neither.
   */
  l4(protocol: number, destination: number, source: number): number {
    return l4Class(this.table.l4, protocol, destination, source);
  }

  /** The class of packets of a protocol whose ports (or type and code) the packet does not tell. */
  l4Unknown(protocol: number): number {
    return this.table.l4.unknown[protocol]!;
  }

  /**
   * Decision of a profile about a peer and an L4 class. `profile` is classes.egressProfile or ingressProfile of the
   * own end.
   */
  decide(profile: number, peerClass: number, l4: number): number {
    // The two constant profiles decide what their place says: decisions.ts.
    if (profile <= PROFILE_UNPOLICED) return profile + 1;
    const dense = this.#dense;
    const program = dense === null ? this.#program(profile, peerClass) : dense[profile * this.#classes + peerClass]!;
    return this.#programs[program * this.#width + l4]!;
  }

  /** The same with the profile in it: see decisions.ts. */
  finding(profile: number, peerClass: number, l4: number): number {
    const { general, count } = this.table.decisions;
    return findingOf(general, count, profile, this.decide(profile, peerClass, l4));
  }

  /** The program of a cell, derived when it is met for the first time. */
  #program(profile: number, peerClass: number): number {
    const slot = this.#slotOf(profile, peerClass);
    return this.#cellProfile[slot] === FREE ? this.#derive(profile, peerClass, slot) : this.#cellProgram[slot]!;
  }

  /** The slot that holds a cell, or the free one where it belongs. */
  #slotOf(profile: number, peerClass: number): number {
    const mask = this.#cellProfile.length - 1;
    let slot = (Math.imul(profile, 0x9e37_79b1) ^ Math.imul(peerClass, 0x85eb_ca77)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & mask;
    for (;;) {
      const held = this.#cellProfile[slot]!;
      if (held === FREE || (held === profile && this.#cellClass[slot] === peerClass)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #derive(profile: number, peerClass: number, free: number): number {
    const store = this.#store!;
    let slot = free;
    let program = this.#cells < this.#most ? store.derive(profile, peerClass) : -1;
    if (program < 0) {
      this.#cells = 0;
      this.#cellProfile.fill(FREE);
      store.clear();
      program = store.derive(profile, peerClass);
      slot = this.#slotOf(profile, peerClass);
    }
    this.#programs = store.store;
    this.#cells++;
    this.#cellProfile[slot] = profile;
    this.#cellClass[slot] = peerClass;
    this.#cellProgram[slot] = program;
    return program;
  }
}
