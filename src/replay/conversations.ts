import { hasIcmpType } from '../net/protocol.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { FORWARDED, reasonNumber } from '../verdict/reasons.ts';
import { type Amount, type Conversation, MAX_CONVERSATIONS } from '../verdict/tally.ts';
import { isTurned, numberOf } from './opener.ts';
import { SLICE_ROWS } from './slice.ts';

const TRACKED = reasonNumber('tracked');
const CONNECTION_DENIED = reasonNumber('connection-denied');
const POLICY = reasonNumber('policy');

/**
 * A conversation: the words of its key that IPv4 has too, and its sums, in 64 bytes. What IPv6 addresses have beyond
 * their first word lies apart.
 *
 *     word      0     1     2      3        4        5         6, 7      8-9      10-11     12-13       14-15
 *           | head | src | dst | number | egress | ingress | hosts | packets | bytes | connections |   -   |
 *     tails | src 1-3 | dst 1-3 |
 *
 *     head    family bit 0, number is there bit 1, verdict bits 2-3, reason bits 8-15, protocol bits 16-23
 *     number  destination port, or ICMP type
 */
const HEAD = 0;
const SRC = 1;
const DST = 2;
const NUMBER = 3;
const EGRESS = 4;
const INGRESS = 5;
const HOST_EGRESS = 6;
const HOST_INGRESS = 7;
const FRONT_WORDS = 8;
const WORDS = 16;
/** The same sums as places in 64-bit words. */
const DOUBLES = WORDS / 2;
const PACKETS = 4;
const BYTES = 5;
const CONNECTIONS = 6;
const TAIL_WORDS = 6;
/** Of the keys of a slice: front and tails in one. */
const KEY_WORDS = FRONT_WORDS + TAIL_WORDS;
const SRC_TAIL = FRONT_WORDS;
const DST_TAIL = FRONT_WORDS + 3;

const IS_V6 = 1;
const HAS_NUMBER = 2;
const VERDICT_SHIFT = 2;
const REASON_SHIFT = 8;
const PROTOCOL_SHIFT = 16;

/**
 * Slots of a hash with open addressing, twice as many as there may be conversations. Most of the conversations of a
 * capture full of strangers find no room: what a slot holds of the hash tells so without a look at any entry.
 *
 *     bit   0-16                    17-31
 *         | conversation, and 1 more | top bits of its hash |        0 is free
 */
const SLOTS = MAX_CONVERSATIONS * 2;
const INDEX_MASK = SLOTS - 1;
const TAG_MASK = ~INDEX_MASK;

/**
 * Dropped and undetermined conversations: at most MAX_CONVERSATIONS are kept apart, first come, first kept; what finds
 * no room is summed up. What follows an opener is counted with it, as the opener saw it: its direction, its reason.
 */
export class Conversations {
  #words = new Int32Array(MAX_CONVERSATIONS * WORDS);
  /** The same bytes as `#words`. */
  #sums = new Float64Array(this.#words.buffer);
  #tails = new Int32Array(MAX_CONVERSATIONS * TAIL_WORDS);
  #slots = new Int32Array(SLOTS);
  /** Keeps those who write captures from choosing conversations that collide. */
  #seed = (Math.random() * 2 ** 32) | 0;
  /** Packets, bytes, connections of those without room. */
  #rest = new Float64Array(3);
  #count = 0;
  /** Of the slice at hand: its rows that are not forwarded, and their keys. */
  #rows = new Int32Array(SLICE_ROWS);
  #keys = new Int32Array(SLICE_ROWS * KEY_WORDS);
  #hashes = new Int32Array(SLICE_ROWS);
  #found = new Int32Array(SLICE_ROWS);
  /** Keeps the early reads from being optimised away. */
  touched = 0;

  get crowdedOut(): Amount {
    return { packets: this.#rest[0]!, bytes: this.#rest[1]!, connections: this.#rest[2]! };
  }

  /** At most SLICE_ROWS rows. Keys first, then the reads that may miss the cache, then the sums. */
  add(batch: PacketBatch, verdicts: VerdictBatch, from: number, to: number): void {
    const rows = this.#rows;
    const { verdict } = verdicts;
    let count = 0;
    for (let row = from; row < to; row++) {
      rows[count] = row;
      if (verdict[row] !== FORWARDED) count++;
    }
    if (count === 0) return;
    const hashes = this.#hashes;
    const slots = this.#slots;
    for (let k = 0; k < count; k++) this.#fillKey(batch, verdicts, rows[k]!, k * KEY_WORDS);
    for (let k = 0; k < count; k++) hashes[k] = hashOf(this.#seed, this.#keys, k * KEY_WORDS);
    let touched = 0;
    for (let k = 0; k < count; k++) touched ^= slots[hashes[k]! & INDEX_MASK]!;
    this.touched = touched;
    for (let k = 0; k < count; k++) this.#found[k] = this.#find(k);
    for (let k = 0; k < count; k++) this.#sum(batch, verdicts, rows[k]!, this.#found[k]!);
  }

  #sum(batch: PacketBatch, verdicts: VerdictBatch, row: number, at: number): void {
    const sums = at < 0 ? this.#rest : this.#sums;
    const first = at < 0 ? 0 : at * DOUBLES + PACKETS;
    sums[first]! += batch.packets[row]!;
    sums[first + 1]! += batch.bytes[row]!;
    sums[first + 2]! += verdicts.opened[row]!;
  }

  list(): Conversation[] {
    return Array.from({ length: this.#count }, (_, i) => this.#read(i));
  }

  #fillKey(b: PacketBatch, verdicts: VerdictBatch, row: number, at: number): void {
    const key = this.#keys;
    const protocol = b.protocol[row]!;
    const swapped = isTurned(b, row, verdicts.reversed[row]!);
    const number = numberOf(b, row, swapped);
    this.#fillEnds(b, row, at, swapped);
    key[at + NUMBER] = Math.max(0, number);
    const known = (b.family[row] === 6 ? IS_V6 : 0) | (number < 0 ? 0 : HAS_NUMBER);
    const told = verdicts.reason[row]!;
    const reason = told === CONNECTION_DENIED || told === TRACKED ? POLICY : told;
    key[at + HEAD] =
      known | (verdicts.verdict[row]! << VERDICT_SHIFT) | (reason << REASON_SHIFT) | (protocol << PROTOCOL_SHIFT);
    key[at + EGRESS] = verdicts.egress[row]!;
    key[at + INGRESS] = verdicts.ingress[row]!;
    key[at + HOST_EGRESS] = verdicts.hostEgress[row]!;
    key[at + HOST_INGRESS] = verdicts.hostIngress[row]!;
  }

  #fillEnds(b: PacketBatch, row: number, at: number, swapped: boolean): void {
    const key = this.#keys;
    key[at + (swapped ? DST : SRC)] = b.src0[row]!;
    key[at + (swapped ? SRC : DST)] = b.dst0[row]!;
    if (b.family[row] !== 6) return;
    const src = at + (swapped ? DST_TAIL : SRC_TAIL);
    const dst = at + (swapped ? SRC_TAIL : DST_TAIL);
    key[src] = b.src1[row]!;
    key[src + 1] = b.src2[row]!;
    key[src + 2] = b.src3[row]!;
    key[dst] = b.dst1[row]!;
    key[dst + 1] = b.dst2[row]!;
    key[dst + 2] = b.dst3[row]!;
  }

  /** The conversation with the slice's key k, made if there is room; -1 if not. */
  #find(k: number): number {
    const slots = this.#slots;
    const hash = this.#hashes[k]!;
    let slot = hash & INDEX_MASK;
    for (let held = slots[slot]!; held !== 0; held = slots[slot]!) {
      if (((held ^ hash) & TAG_MASK) === 0 && this.#isKey((held & INDEX_MASK) - 1, k * KEY_WORDS))
        return (held & INDEX_MASK) - 1;
      slot = (slot + 1) & INDEX_MASK;
    }
    if (this.#count === MAX_CONVERSATIONS) return -1;
    const made = this.#count++;
    const keys = this.#keys;
    for (let i = 0; i < FRONT_WORDS; i++) this.#words[made * WORDS + i] = keys[k * KEY_WORDS + i]!;
    if ((keys[k * KEY_WORDS + HEAD]! & IS_V6) !== 0)
      for (let i = 0; i < TAIL_WORDS; i++) this.#tails[made * TAIL_WORDS + i] = keys[k * KEY_WORDS + FRONT_WORDS + i]!;
    slots[slot] = (hash & TAG_MASK) | (made + 1);
    return made;
  }

  #isKey(one: number, keyAt: number): boolean {
    const words = this.#words;
    const keys = this.#keys;
    const at = one * WORDS;
    for (let i = 0; i < FRONT_WORDS; i++) if (words[at + i] !== keys[keyAt + i]) return false;
    return (keys[keyAt + HEAD]! & IS_V6) === 0 || this.#hasTails(one, keyAt + FRONT_WORDS);
  }

  #hasTails(one: number, keyAt: number): boolean {
    for (let i = 0; i < TAIL_WORDS; i++) if (this.#tails[one * TAIL_WORDS + i] !== this.#keys[keyAt + i]) return false;
    return true;
  }

  #read(i: number): Conversation {
    const w = (offset: number): number => this.#words[i * WORDS + offset]!;
    const tail = (offset: number): number => this.#tails[i * TAIL_WORDS + offset]!;
    const sum = (offset: number): number => this.#sums[i * DOUBLES + offset]!;
    const head = w(HEAD);
    const protocol = (head >>> PROTOCOL_SHIFT) & 0xff;
    const number = (head & HAS_NUMBER) !== 0 ? w(NUMBER) : null;
    const isIcmp = hasIcmpType(protocol);
    return {
      family: (head & IS_V6) !== 0 ? 6 : 4,
      src: [w(SRC), tail(0), tail(1), tail(2)],
      dst: [w(DST), tail(3), tail(4), tail(5)],
      protocol,
      destinationPort: isIcmp ? null : number,
      icmpType: isIcmp ? number : null,
      verdict: (head >>> VERDICT_SHIFT) & 3,
      reason: (head >>> REASON_SHIFT) & 0xff,
      egress: w(EGRESS) >>> 0,
      ingress: w(INGRESS) >>> 0,
      hostEgress: w(HOST_EGRESS),
      hostIngress: w(HOST_INGRESS),
      packets: sum(PACKETS),
      bytes: sum(BYTES),
      connections: sum(CONNECTIONS),
    };
  }
}

function hashOf(seed: number, keys: Int32Array, at: number): number {
  let h = mix(mix(mix(seed ^ keys[at + HEAD]!, keys[at + SRC]!), keys[at + DST]!), keys[at + NUMBER]!);
  h = mix(h, keys[at + EGRESS]! ^ Math.imul(keys[at + INGRESS]!, 0x85eb_ca77));
  if ((keys[at + HEAD]! & IS_V6) === 0) return h;
  for (let i = FRONT_WORDS; i < KEY_WORDS; i++) h = mix(h, keys[at + i]!);
  return h;
}

function mix(hash: number, word: number): number {
  const h = Math.imul(hash ^ word, 0x2c1b3c6d);
  return h ^ (h >>> 15);
}
