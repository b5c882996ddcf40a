import type { PacketBatch } from '../packet/batch.ts';
import { DROPPED, flagBit, reasonNumber } from '../verdict/reasons.ts';
import type { Connections } from './connections.ts';
import type { Desk } from './desk.ts';
import { FRAGMENT, NOT_POLICED, POLICY } from './judge.ts';
import { mix3 } from './tuple.ts';

const TRACKED = reasonNumber('tracked');
const CONNECTION_DENIED = reasonNumber('connection-denied');
const FLAG_OTHER_FILE = flagBit('opener-other-file');

/** Datagrams that are remembered: 4 MB, set aside when the first fragment is met. */
const DATAGRAMS = 1 << 16;
/** Linux: net.ipv4.ipfrag_time and net.ipv6.ip6frag_time, in milliseconds. */
const LIFETIME = 30_000;
const PROBES = 4;

/**
 * A datagram, 17 words: what its first fragment came to.
 *
 *     word  0..3   4..7    8                        9    10     11                                12       13        14       15, 16
 *         | src  | dst  | used, family, protocol | id | seen | verdict, reason, flags, reversed | egress | ingress | opener | hosts |
 */
const WORDS = 17;
const KIND = 8;
const ID = 9;
const SEEN = 10;
const FATE = 11;
const EGRESS = 12;
const INGRESS = 13;
const OPENER = 14;
const HOST_EGRESS = 15;
const HOST_INGRESS = 16;
const USED = 1 << 16;
const FLAGS_SHIFT = 16;

/**
 * Later fragments share the fate of their datagram's first, as the kernel puts datagrams together before it filters.
 * One that comes before its first is judged by what both ends say whatever its ports are: rows are judged as they come.
 */
export class Fragments {
  #desk: Desk;
  #connections: Connections;
  #words: Int32Array | null = null;

  constructor(desk: Desk, connections: Connections) {
    this.#desk = desk;
    this.#connections = connections;
  }

  /** The first fragment of a datagram, once it was judged. */
  first(batch: PacketBatch, row: number): void {
    const { out } = this.#desk;
    this.#words ??= new Int32Array(DATAGRAMS * WORDS);
    const words = this.#words;
    const found = this.#probe(words, batch, row);
    const at = found < 0 ? ~found : found;
    writeKey(words, at, batch, row);
    const own = out.reason[row]!;
    const reason =
      own !== POLICY && own !== NOT_POLICED ? own : out.verdict[row] === DROPPED ? CONNECTION_DENIED : TRACKED;
    words[at + SEEN] = this.#connections.now;
    words[at + FATE] =
      out.verdict[row]! | (reason << 8) | (out.flags[row]! << FLAGS_SHIFT) | (out.reversed[row]! << 24);
    words[at + EGRESS] = out.egress[row]!;
    words[at + INGRESS] = out.ingress[row]!;
    words[at + HOST_EGRESS] = out.hostEgress[row]!;
    words[at + HOST_INGRESS] = out.hostIngress[row]!;
    words[at + OPENER] = (out.opener[row]! === 0 ? batch.n[row]! : out.opener[row]!) % 2 ** 32;
  }

  /** A later fragment. */
  later(batch: PacketBatch, row: number): void {
    const words = this.#words;
    const at = words === null ? -1 : this.#probe(words, batch, row);
    if (words !== null && at >= 0 && (this.#connections.now - words[at + SEEN]!) >>> 0 <= LIFETIME)
      this.#follow(words, at, row);
    else this.#orphan(batch, row);
  }

  /** Another input begins: what is remembered was opened in an earlier one. */
  beginFile(): void {
    const words = this.#words;
    for (let at = 0; words !== null && at < words.length; at += WORDS)
      if (words[at + KIND] !== 0) words[at + FATE]! |= FLAG_OTHER_FILE << FLAGS_SHIFT;
  }

  #follow(words: Int32Array, at: number, row: number): void {
    const { out } = this.#desk;
    const fate = words[at + FATE]!;
    out.verdict[row] = fate & 0xff;
    out.reason[row] = (fate >>> 8) & 0xff;
    out.flags[row] = (fate >>> FLAGS_SHIFT) & 0xff;
    out.reversed[row] = (fate >>> 24) & 1;
    out.egress[row] = words[at + EGRESS]!;
    out.ingress[row] = words[at + INGRESS]!;
    out.hostEgress[row] = words[at + HOST_EGRESS]!;
    out.hostIngress[row] = words[at + HOST_INGRESS]!;
    out.opener[row] = words[at + OPENER]! >>> 0;
  }

  /** Without its first: what may be said whatever its ports are. */
  #orphan(batch: PacketBatch, row: number): void {
    const { judge, out } = this.#desk;
    judge.classify(batch, row);
    if (judge.touchesService()) judge.refuse(FRAGMENT);
    else {
      judge.ask(batch, row, false);
      judge.withoutPorts(batch, row);
    }
    out.opener[row] = 0;
    out.opened[row] = 0;
    out.reversed[row] = 0;
    this.#desk.emit(row, 0);
  }

  /** Where the datagram of a row is, or ~ where it should go. Of full slots the first is overwritten. */
  #probe(words: Int32Array, batch: PacketBatch, row: number): number {
    const home = hashOf(this.#connections.seed, batch, row);
    for (let i = 0; i < PROBES; i++) {
      const at = ((home + i) & (DATAGRAMS - 1)) * WORDS;
      if (words[at + KIND] === 0) return ~at;
      if (isKey(words, at, batch, row)) return at;
    }
    return ~((home & (DATAGRAMS - 1)) * WORDS);
  }
}

const kindOf = (batch: PacketBatch, row: number): number => USED | (batch.family[row]! << 8) | batch.protocol[row]!;

function hashOf(seed: number, b: PacketBatch, row: number): number {
  const h = mix3(seed ^ kindOf(b, row), b.fragmentId[row]!, b.src0[row]!, b.dst0[row]!);
  if (b.family[row] !== 6) return h;
  return mix3(mix3(h, b.src1[row]!, b.src2[row]!, b.src3[row]!), b.dst1[row]!, b.dst2[row]!, b.dst3[row]!);
}

function writeKey(words: Int32Array, at: number, b: PacketBatch, row: number): void {
  words[at] = b.src0[row]!;
  words[at + 1] = b.src1[row]!;
  words[at + 2] = b.src2[row]!;
  words[at + 3] = b.src3[row]!;
  words[at + 4] = b.dst0[row]!;
  words[at + 5] = b.dst1[row]!;
  words[at + 6] = b.dst2[row]!;
  words[at + 7] = b.dst3[row]!;
  words[at + KIND] = kindOf(b, row);
  words[at + ID] = b.fragmentId[row]!;
}

const isKey = (words: Int32Array, at: number, b: PacketBatch, row: number): boolean =>
  words[at + ID] === b.fragmentId[row] &&
  words[at] === b.src0[row] &&
  words[at + 4] === b.dst0[row] &&
  words[at + KIND] === kindOf(b, row) &&
  words[at + 1] === b.src1[row] &&
  words[at + 2] === b.src2[row] &&
  words[at + 3] === b.src3[row] &&
  words[at + 5] === b.dst1[row] &&
  words[at + 6] === b.dst2[row] &&
  words[at + 7] === b.dst3[row];
