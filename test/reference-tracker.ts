/**
 * Connection tracking as docs/semantics.md tells it, slow and obvious: connections are objects in a Map under a text
 * key, states have names, nothing is forgotten for want of room. It shares no code with src/replay.
 */
export type Packet = {
  /** Milliseconds. */
  readonly at: number;
  readonly src: string;
  readonly sport: number;
  readonly dst: string;
  readonly dport: number;
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'sctp' | 'esp' | 'gre';
  /** TCP: letters of SAFR. */
  readonly flags: string;
  /** ICMP. */
  readonly type: number;
  readonly id: number;
  /** SCTP: the first chunk. */
  readonly chunk: number;
};

/** Does policy let an opener pass? */
export type Policy = (opener: { src: string; dst: string; protocol: string; sport: number; dport: number }) => boolean;

export type Told = {
  readonly verdict: 'forwarded' | 'dropped';
  readonly reason: 'policy' | 'tracked' | 'connection-denied' | 'ct-invalid';
  readonly midstream: boolean;
  readonly reversed: boolean;
  /** Number of the opener among the packets, from 1; 0 for none. */
  readonly opener: number;
};

type Mode = 'infer' | 'loose' | 'strict';

type Connection = {
  readonly initiator: string;
  readonly allowed: boolean;
  readonly midstream: boolean;
  readonly opener: number;
  readonly began: number;
  state: string;
  simultaneous: boolean;
  /** The last segment that it took or let through, and who sent it. */
  last: string;
  lastOriginal: boolean;
  /** A FIN was seen while it was open. */
  closing: boolean;
  /** A SYN came while only the last ACK was missing. */
  challenged: boolean;
  answered: boolean;
  expires: number;
};

/** After `none` nothing is known. A missing state is `invalid`. */
const TCP: Record<string, Record<string, Record<string, string>>> = {
  original: {
    syn: {
      ...{
        none: 'syn-sent',
        'syn-sent': 'syn-sent',
        'syn-recv': 'ignore',
        established: 'ignore',
        'fin-wait': 'ignore',
      },
      ...{
        'close-wait': 'ignore',
        'last-ack': 'ignore',
        'time-wait': 'anew',
        close: 'anew',
        'syn-sent-2': 'syn-sent-2',
      },
    },
    synack: { 'syn-recv': 'syn-recv', 'syn-sent-2': 'syn-recv' },
    ack: {
      ...{ none: 'established', 'syn-recv': 'established', established: 'established', 'fin-wait': 'close-wait' },
      ...{ 'close-wait': 'close-wait', 'last-ack': 'time-wait', 'time-wait': 'time-wait', close: 'close' },
    },
  },
  reply: {
    syn: { 'syn-sent': 'syn-sent-2', 'syn-sent-2': 'syn-sent-2', 'time-wait': 'anew' },
    synack: {
      ...{ 'syn-sent': 'syn-recv', 'syn-recv': 'ignore', established: 'ignore', 'fin-wait': 'ignore' },
      ...{
        'close-wait': 'ignore',
        'last-ack': 'ignore',
        'time-wait': 'ignore',
        close: 'ignore',
        'syn-sent-2': 'syn-recv',
      },
    },
    ack: {
      ...{ 'syn-sent': 'ignore', 'syn-recv': 'syn-recv', established: 'established', 'fin-wait': 'close-wait' },
      ...{ 'close-wait': 'close-wait', 'last-ack': 'time-wait', 'time-wait': 'time-wait', close: 'close' },
      ...{ 'syn-sent-2': 'ignore' },
    },
  },
};
const FIN: Record<string, string> = {
  ...{ 'syn-recv': 'fin-wait', established: 'fin-wait', 'fin-wait': 'last-ack', 'close-wait': 'last-ack' },
  ...{ 'last-ack': 'last-ack', 'time-wait': 'time-wait', close: 'close' },
};
const ALONE: Record<string, string> = {
  ...{ syn: 'syn-sent', synack: 'syn-recv', fin: 'fin-wait', ack: 'established', rst: 'close' },
};
const TCP_SECONDS: Record<string, number> = {
  ...{ 'syn-sent': 120, 'syn-recv': 60, established: 432_000, 'fin-wait': 120, 'close-wait': 60, 'last-ack': 30 },
  ...{ 'time-wait': 120, close: 10, 'syn-sent-2': 120 },
};

export class ReferenceTracker {
  readonly #mode: Mode;
  readonly #policy: Policy;
  readonly #connections = new Map<string, Connection>();
  readonly #servers = new Set<string>();
  #now = 0;
  #count = 0;

  constructor(mode: Mode, policy: Policy) {
    this.#mode = mode;
    this.#policy = policy;
  }

  take(p: Packet): Told {
    this.#count++;
    this.#now = Math.max(this.#now, p.at);
    const segment = segmentOf(p.flags);
    if (p.protocol === 'tcp' && !['S', 'SA', 'R', 'RA', 'FA', 'A'].includes(p.flags)) return invalid();
    const key = keyOf(p);
    let known = this.#connections.get(key);
    if (known !== undefined && this.#now >= known.expires) known = undefined;
    if (known !== undefined) {
      const told = this.#known(known, key, p, segment);
      if (told !== null) return told;
    }
    this.#connections.delete(key);
    return this.#unknown(key, p, segment);
  }

  /** Null: the packet opens a connection of its own. */
  #known(c: Connection, key: string, p: Packet, segment: string): Told | null {
    const original = end(p) === c.initiator;
    const answered = c.answered;
    let keep = true;
    let over = false;
    if (p.protocol === 'tcp') {
      const before = c.state;
      const infer = this.#mode === 'infer';
      const table = TCP[original ? 'original' : 'reply']!;
      let after = segment === 'fin' ? FIN[before] : segment === 'rst' ? 'close' : table[segment]![before];
      // Linux: only where the closing was seen, or the sender itself had reset the connection.
      if (after === 'anew' && !infer && !c.closing && !(c.last === 'rst' && c.lastOriginal === original))
        after = 'ignore';
      if (segment === 'syn') {
        if (after === 'anew') return null;
        const denied = !c.allowed && after !== 'syn-sent';
        if (infer && (after === undefined || denied)) return null;
      }
      const answersSyn = c.last === 'syn' && c.lastOriginal !== original;
      if (after === 'ignore' && segment === 'synack' && answersSyn) {
        after = 'syn-recv';
        c.closing = false;
      }
      if (after === 'ignore' && infer && segment === 'ack') after = 'established';
      if (after === 'ignore') {
        keep = false;
        if (segment === 'syn' && original) {
          c.simultaneous = false;
          c.challenged = before === 'last-ack';
        }
        c.last = segment;
        c.lastOriginal = original;
      } else if (before === 'last-ack' && segment === 'ack' && answersSyn && c.challenged) {
        keep = false;
        c.challenged = false;
      } else {
        if (after === undefined) {
          if (!infer) return invalid();
          after = ALONE[segment]!;
        }
        if (after === 'syn-sent-2') c.simultaneous = true;
        if (after === 'syn-recv' && segment === 'ack' && !original && c.simultaneous) after = 'established';
        if (after === 'fin-wait' && before !== 'fin-wait') c.closing = true;
        if (!answered && segment === 'rst' && !infer) over = true;
        if (!answered && segment === 'syn' && before === 'syn-sent') keep = false;
        c.state = after;
        c.last = segment;
        c.lastOriginal = original;
      }
    }
    if (keep || !c.allowed) c.expires = this.#now + this.#seconds(p, c, answered) * 1000;
    if (!original) c.answered = true;
    if (over) this.#connections.delete(key);
    return {
      verdict: c.allowed ? 'forwarded' : 'dropped',
      reason: c.allowed ? 'tracked' : 'connection-denied',
      midstream: c.midstream,
      reversed: !original,
      opener: c.opener,
    };
  }

  #unknown(key: string, p: Packet, segment: string): Told {
    const who = this.#mode === 'infer' ? this.#initiator(p, segment) : this.#linux(p, segment);
    if (who === 'invalid') return invalid();
    const reversed = who === 'receiver';
    const opener = reversed
      ? { src: p.dst, dst: p.src, protocol: p.protocol, sport: p.dport, dport: p.sport }
      : { src: p.src, dst: p.dst, protocol: p.protocol, sport: p.sport, dport: p.dport };
    const allowed = this.#policy(opener);
    const midstream = who !== 'opens';
    const certain = !midstream || segment === 'synack';
    if (this.#mode === 'infer' && certain && hasPorts(p))
      this.#servers.add(server(p.protocol, opener.dst, opener.dport));
    if (allowed || this.#mode === 'infer') {
      const c: Connection = {
        ...{ initiator: reversed ? otherEnd(p) : end(p), allowed, midstream, opener: this.#count, began: this.#now },
        ...{ last: segment, lastOriginal: true, closing: false, challenged: false },
        ...{ state: ALONE[segment] ?? '', simultaneous: false, answered: reversed, expires: 0 },
      };
      c.expires = this.#now + this.#seconds(p, c, false) * 1000;
      this.#connections.set(key, c);
    }
    return { verdict: allowed ? 'forwarded' : 'dropped', reason: 'policy', midstream, reversed, opener: 0 };
  }

  /** How long it lives from now on. `answered`: before this packet. */
  #seconds(p: Packet, c: Connection, answered: boolean): number {
    if (!c.allowed) return 120;
    const infer = this.#mode === 'infer';
    if (p.protocol === 'tcp') return c.state === 'established' && !answered && !infer ? 300 : TCP_SECONDS[c.state]!;
    if (p.protocol === 'udp') return answered && this.#now - c.began > 2000 ? 120 : 30;
    if (p.protocol === 'icmp') return 30;
    if (p.protocol === 'gre') return answered ? 180 : 30;
    return 600;
  }

  #linux(p: Packet, segment: string): string {
    if (p.protocol === 'icmp') return p.type === 8 ? 'opens' : 'invalid';
    if (p.protocol !== 'tcp' || segment === 'syn') return 'opens';
    return segment === 'ack' && this.#mode === 'loose' ? 'sender' : 'invalid';
  }

  #initiator(p: Packet, segment: string): string {
    if (p.protocol === 'icmp') return p.type === 8 ? 'opens' : 'receiver';
    if (p.protocol === 'udp') {
      if (p.dport < 32_768) return 'opens';
      return this.#byPorts(p) === 'receiver' ? 'receiver' : 'opens';
    }
    if (p.protocol !== 'tcp' || segment === 'syn') return 'opens';
    return segment === 'synack' ? 'receiver' : this.#byPorts(p);
  }

  #byPorts(p: Packet): string {
    const from = this.#servers.has(server(p.protocol, p.src, p.sport));
    const to = this.#servers.has(server(p.protocol, p.dst, p.dport));
    if (from !== to) return from ? 'receiver' : 'sender';
    if (p.sport < 1024 !== p.dport < 1024) return p.sport < 1024 ? 'receiver' : 'sender';
    return 'sender';
  }
}

const invalid = (): Told => ({
  ...{ verdict: 'dropped', reason: 'ct-invalid', midstream: false, reversed: false, opener: 0 },
});

const hasPorts = (p: Packet): boolean => p.protocol === 'tcp' || p.protocol === 'udp';
const server = (protocol: string, address: string, port: number): string => `${protocol} ${address} ${port}`;
const end = (p: Packet): string => (p.protocol === 'icmp' ? `${asks(p)}` : `${p.src} ${p.sport}`);
const otherEnd = (p: Packet): string => (p.protocol === 'icmp' ? 'true' : `${p.dst} ${p.dport}`);
const asks = (p: Packet): boolean => p.type === 8;

function keyOf(p: Packet): string {
  if (p.protocol === 'icmp') return asks(p) ? `icmp ${p.src} ${p.dst} ${p.id}` : `icmp ${p.dst} ${p.src} ${p.id}`;
  return [p.protocol, ...[`${p.src} ${p.sport}`, `${p.dst} ${p.dport}`].sort()].join(' ');
}

function segmentOf(flags: string): string {
  if (flags.includes('R')) return 'rst';
  if (flags.includes('S')) return flags.includes('A') ? 'synack' : 'syn';
  return flags.includes('F') ? 'fin' : 'ack';
}
