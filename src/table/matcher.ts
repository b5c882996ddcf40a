import { CellCache } from './cell-cache.ts';
import { findingOf, PROFILE_UNPOLICED } from './decisions.ts';
import { l4Class } from './l4.ts';
import type { Ids, MatchTable } from './match-table.ts';
import { classOf4, classOf6 } from './prefixes.ts';

export type MatcherOptions = {
  /** How many derived cells one replay remembers. Default 2^20: 32 MiB once they are all in use. */
  readonly cacheCells?: number;
  /** The room that their programs may take; at least one program fits. Default 64 MiB. */
  readonly cacheProgramBytes?: number;
};

const CACHE_CELLS = 1 << 20;
const CACHE_PROGRAM_BYTES = 64 << 20;

/** Rows that `findings` takes at a time. */
const SLICE_ROWS = 256;
/** The start of no program: a constant profile's. */
const CONSTANT = -1;

/**
 * Asks a table. Private to one replay: what it derives on first touch is cached here, bounded, and never shared.
 * All questions are on integers and allocate nothing, but for cells that are met for the first time.
 */
export class Matcher {
  readonly table: MatchTable;
  readonly #dense: Ids | null;
  readonly #densePrograms: Ids;
  readonly #cache: CellCache | null;
  readonly #classes: number;
  readonly #width: number;
  /** Where the programs of a slice's rows begin. */
  readonly #starts = new Int32Array(SLICE_ROWS);

  constructor(table: MatchTable, options: MatcherOptions = {}) {
    this.table = table;
    this.#dense = table.cells.dense;
    this.#densePrograms = table.cells.programs;
    this.#classes = table.classes.count;
    this.#width = table.l4.count;
    const bytes = options.cacheProgramBytes ?? CACHE_PROGRAM_BYTES;
    // As programs.ts stores them.
    const wide = table.decisions.action.length > 0x1_0000;
    const decisionBytes = wide ? Uint32Array.BYTES_PER_ELEMENT : Uint16Array.BYTES_PER_ELEMENT;
    const mostPrograms = Math.max(1, Math.floor(bytes / (decisionBytes * this.#width)));
    this.#cache = this.#dense === null ? new CellCache(table, options.cacheCells ?? CACHE_CELLS, mostPrograms) : null;
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
    const cache = this.#cache;
    if (cache === null) {
      return this.#densePrograms[this.#dense![profile * this.#classes + peerClass]! * this.#width + l4]!;
    }
    const program = cache.program(profile, peerClass);
    return cache.programs[program * this.#width + l4]!;
  }

  /** The same with the profile in it: see decisions.ts. */
  finding(profile: number, peerClass: number, l4: number): number {
    const { general, count } = this.table.decisions;
    return findingOf(general, count, profile, this.decide(profile, peerClass, l4));
  }

  /**
   * `finding` for the first `rows` rows: `profiles[own[i]]` about `peer[i]` and `l4[i]`, into `out[at + i]`.
   * `profiles` is classes.egressProfile or ingressProfile, by address class. At most 256 rows.
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
    const starts = this.#starts;
    const programs = this.#locate(profiles, own, peer, rows);
    for (let i = 0; i < rows; i++) {
      const profile = profiles[own[i]!]!;
      const start = starts[i]!;
      const decision =
        start >= 0
          ? programs[start + l4[i]!]!
          : start === CONSTANT
            ? profile + 1
            : this.decide(profile, peer[i]!, l4[i]!);
      out[at + i] = decision >= general ? decision : count + profile * general + decision;
    }
  }

  /** Fills `#starts`; returns the array that they are places in. */
  #locate(profiles: Uint32Array, own: Int32Array, peer: Int32Array, rows: number): Ids {
    const starts = this.#starts;
    const width = this.#width;
    const cache = this.#cache;
    if (cache === null) {
      const dense = this.#dense!;
      const classes = this.#classes;
      for (let i = 0; i < rows; i++) {
        const profile = profiles[own[i]!]!;
        starts[i] = profile <= PROFILE_UNPOLICED ? CONSTANT : dense[profile * classes + peer[i]!]! * width;
      }
      return this.#densePrograms;
    }
    const { emptied } = cache;
    for (let i = 0; i < rows; i++) {
      const profile = profiles[own[i]!]!;
      starts[i] = profile <= PROFILE_UNPOLICED ? CONSTANT : cache.program(profile, peer[i]!) * width;
    }
    // What was found before the cache was emptied is gone: such a slice is asked row by row.
    if (cache.emptied !== emptied) starts.fill(ASK_AGAIN, 0, rows);
    return cache.programs;
  }
}

/** The start of a program that is no longer where it was. */
const ASK_AGAIN = -2;
