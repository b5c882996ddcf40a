import { findingOf, PROFILE_UNPOLICED } from './decisions.ts';
import { l4Class } from './l4.ts';
import type { Ids, MatchTable } from './match-table.ts';
import { classOf4, classOf6 } from './prefixes.ts';
import { ProgramStore } from './programs.ts';

/** Cells that one replay remembers, and the room that their programs may take. */
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
  #cells = 0;

  constructor(table: MatchTable) {
    this.table = table;
    this.#dense = table.cells.dense;
    this.#classes = table.classes.count;
    this.#width = table.l4.count;
    const lazy = table.cells.dense === null;
    const most = Math.max(16, Math.floor(CACHE_PROGRAM_BYTES / (4 * this.#width)));
    this.#store = lazy ? new ProgramStore(table, most) : null;
    this.#programs = this.#store?.store ?? table.cells.programs;
    const slots = lazy ? CACHE_CELLS * 2 : 0;
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

  /**
   * `finding` for `rows` rows: `profiles[own[i]]` about `peer[i]` and `l4[i]`, into `out[at + i]`. `profiles` is
   * classes.egressProfile or ingressProfile, by address class.
   */
  findings(
    profiles: Uint32Array,
    own: Int32Array,
    peer: Int32Array,
    l4: Int32Array,
    rows: number,
    out: Uint32Array,
    at: number,
  ): void {
    const { general, count } = this.table.decisions;
    for (let i = 0; i < rows; i++) {
      const profile = profiles[own[i]!]!;
      out[at + i] = findingOf(general, count, profile, this.decide(profile, peer[i]!, l4[i]!));
    }
  }

  /** The program of a cell, derived when it is met for the first time. */
  #program(profile: number, peerClass: number): number {
    const mask = this.#cellProfile.length - 1;
    let slot = (Math.imul(profile, 0x9e37_79b1) ^ Math.imul(peerClass, 0x85eb_ca77)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & mask;
    for (;;) {
      const held = this.#cellProfile[slot]!;
      if (held === FREE) break;
      if (held === profile && this.#cellClass[slot] === peerClass) return this.#cellProgram[slot]!;
      slot = (slot + 1) & mask;
    }
    return this.#derive(profile, peerClass, slot);
  }

  #derive(profile: number, peerClass: number, slot: number): number {
    const store = this.#store!;
    let program = this.#cells < CACHE_CELLS ? store.derive(profile, peerClass) : -1;
    if (program < 0) {
      this.#cells = 0;
      this.#cellProfile.fill(FREE);
      store.clear();
      program = store.derive(profile, peerClass);
    }
    this.#programs = store.store;
    this.#cells++;
    this.#cellProfile[slot] = profile;
    this.#cellClass[slot] = peerClass;
    this.#cellProgram[slot] = program;
    return program;
  }
}
