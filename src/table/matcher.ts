import type { MatchTable } from './match-table.ts';

/**
 * Asks a table. Private to one replay: what it derives on first touch is cached here, bounded, and never shared.
 * All questions are on integers and allocate nothing, but for cells that are met for the first time.
 */
export class Matcher {
  readonly table: MatchTable;

  constructor(table: MatchTable) {
    this.table = table;
  }

  /** Address class of an IPv4 address: one 32-bit word, signed or not. */
  class4(_word: number): number {
    throw new Error('not built yet');
  }

  /** Address class of an IPv6 address: four 32-bit words, most significant first, signed or not. */
  class6(_w0: number, _w1: number, _w2: number, _w3: number): number {
    throw new Error('not built yet');
  }

  /**
   * L4 class. `destination` is the destination port, or ICMP type * 256 + code; `source` is the source port (0 for
   * ICMP). Protocols without ports read neither.
   */
  l4(_protocol: number, _destination: number, _source: number): number {
    throw new Error('not built yet');
  }

  /** The class of packets of a protocol whose ports (or type and code) the packet does not tell. */
  l4Unknown(protocol: number): number {
    return this.table.l4.unknown[protocol]!;
  }

  /** Decision of a profile about a peer and an L4 class. `profile` is classes.egressProfile or ingressProfile of the own end. */
  decide(_profile: number, _peerClass: number, _l4: number): number {
    throw new Error('not built yet');
  }
}
