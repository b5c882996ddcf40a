import { CellCache } from './cell-cache.ts';
import { findingOf, PROFILE_UNPOLICED } from './decisions.ts';
import { l4Class } from './l4.ts';
import { type Ids, type MatchTable, NO_PLANE } from './match-table.ts';
import { classOf4, classOf4Narrow, classOf6, narrowTrie } from './prefixes.ts';

export type MatcherOptions = {
  /** How many derived cells one replay remembers. Default 2^21: 32 MiB once they are all in use. */
  readonly cacheCells?: number;
  /** The room that their decisions may take; at least one row of them fits. Default 64 MiB. */
  readonly cacheProgramBytes?: number;
};

const CACHE_CELLS = 1 << 21;
const CACHE_PROGRAM_BYTES = 64 << 20;

/** Rows that `findings` takes at a time. */
const SLICE_ROWS = 256;

/**
 * Asks a table. Private to one replay: what it derives on first touch is cached here, bounded, and never shared.
 * All questions are on integers and allocate nothing, but for cells that are met for the first time.
 */
export class Matcher {
  readonly table: MatchTable;
  /** The table's IPv4 trie in fewer bytes, where it fits. */
  readonly #trie: Uint16Array | null;
  readonly #dense: Ids | null;
  readonly #densePrograms: Ids;
  readonly #cache: CellCache | null;
  readonly #classes: number;
  readonly #width: number;
  /** Where the programs of a slice's rows begin, or which rows of the cache they have; ~profile of a constant one. */
  readonly #starts = new Int32Array(SLICE_ROWS);

  constructor(table: MatchTable, options: MatcherOptions = {}) {
    this.table = table;
    this.#trie = narrowTrie(table.prefixes.v4);
    this.#dense = table.cells.dense;
    this.#densePrograms = table.cells.programs;
    this.#classes = table.classes.count;
    this.#width = table.l4.count;
    const bytes = options.cacheProgramBytes ?? CACHE_PROGRAM_BYTES;
    this.#cache = this.#dense === null ? new CellCache(table, options.cacheCells ?? CACHE_CELLS, bytes) : null;
  }

  /** Address class of an IPv4 address: one 32-bit word, signed or not. */
  class4(word: number): number {
    return this.#trie === null ? classOf4(this.table.prefixes.v4, word) : classOf4Narrow(this.#trie, word);
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

  /**
   * L4 class where the source port is not told. Where a rule of the protocol looks at source ports, that of ports
   * unknown: its decision is clear where no port of either end matters.
   */
  l4AnySource(protocol: number, destination: number): number {
    const { sourcePlane } = this.table.l4;
    return sourcePlane[protocol] === NO_PLANE ? this.l4(protocol, destination, 0) : this.l4Unknown(protocol);
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
    return cache.rows.decision(cache.row(profile, peerClass), l4);
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
    this.decisions(profiles, own, peer, l4, rows, out, at);
    const { general, count } = this.table.decisions;
    for (let i = 0; i < rows; i++) {
      const decision = out[at + i]!;
      if (decision < general) out[at + i] = count + profiles[own[i]!]! * general + decision;
    }
  }

  /** `decide` for the first `rows` rows, as `findings` is asked. */
  decisions(
    profiles: Uint32Array,
    own: Int32Array,
    peer: Int32Array,
    l4: Int32Array,
    rows: number,
    out: Uint32Array,
    at: number,
  ): void {
    if (this.#cache === null) this.#fromDense(profiles, own, peer, l4, rows, out, at);
    else this.#fromCache(this.#cache, profiles, own, peer, l4, rows, out, at);
  }

  #fromDense(
    profiles: Uint32Array,
    own: Int32Array,
    peer: Int32Array,
    l4: Int32Array,
    rows: number,
    out: Uint32Array,
    at: number,
  ): void {
    const starts = this.#starts;
    const width = this.#width;
    const dense = this.#dense!;
    const classes = this.#classes;
    const programs = this.#densePrograms;
    for (let i = 0; i < rows; i++) {
      const profile = profiles[own[i]!]!;
      starts[i] = profile <= PROFILE_UNPOLICED ? ~profile : dense[profile * classes + peer[i]!]! * width;
    }
    for (let i = 0; i < rows; i++) {
      const start = starts[i]!;
      out[at + i] = start >= 0 ? programs[start + l4[i]!]! : ~start + 1;
    }
  }

  #fromCache(
    cache: CellCache,
    profiles: Uint32Array,
    own: Int32Array,
    peer: Int32Array,
    l4: Int32Array,
    rows: number,
    out: Uint32Array,
    at: number,
  ): void {
    const starts = this.#starts;
    const { emptied } = cache;
    cache.locate(profiles, own, peer, rows, PROFILE_UNPOLICED, starts);
    // What was found before the cache was emptied is gone: such a slice is asked row by row.
    if (cache.emptied === emptied) cache.rows.decisions(starts, l4, rows, out, at);
    else for (let i = 0; i < rows; i++) out[at + i] = this.decide(profiles[own[i]!]!, peer[i]!, l4[i]!);
    for (let i = 0; i < rows; i++) if (starts[i]! < 0) out[at + i] = ~starts[i]! + 1;
  }
}
