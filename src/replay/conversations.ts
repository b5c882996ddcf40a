import { hasIcmpType } from '../net/protocol.ts';
import { HAS_ICMP, HAS_PORTS, type PacketBatch } from '../packet/batch.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { FORWARDED, reasonNumber } from '../verdict/reasons.ts';
import { type Amount, type Conversation, MAX_CONVERSATIONS, noAmount } from '../verdict/tally.ts';
import { ICMP_ERROR, icmpRole, requestType } from './icmp.ts';
import { SLICE_ROWS } from './slice.ts';

const TRACKED = reasonNumber('tracked');
const CONNECTION_DENIED = reasonNumber('connection-denied');
const POLICY = reasonNumber('policy');

/**
 * A conversation's key, 12 words, and then the key's hash and the next one in its chain.
 *
 *     word     0      1..4   5..8      9        10       11       12     13
 *           | head |  src  |  dst  | number | egress | ingress | hash | next |
 *
 *     head    family bit 0, number is there bit 1, verdict bits 2-3, reason bits 8-15, protocol bits 16-23
 *     number  destination port, or ICMP type
 */
const HEAD = 0;
const SRC = 1;
const DST = 5;
const NUMBER = 9;
const EGRESS = 10;
const INGRESS = 11;
const HASH = 12;
const NEXT = 13;
const WORDS = 14;
const KEY_WORDS = HASH;

const IS_V6 = 1;
const HAS_NUMBER = 2;
const VERDICT_SHIFT = 2;
const REASON_SHIFT = 8;
const PROTOCOL_SHIFT = 16;

const HEADS = MAX_CONVERSATIONS * 2;

/** Packets, bytes, connections of each. */
const AMOUNTS = 3;

/**
 * Dropped and undetermined conversations: at most MAX_CONVERSATIONS are kept apart, first come, first kept; what finds
 * no room is summed up. What follows an opener is counted with it, as the opener saw it: its direction, its reason.
 */
export class Conversations {
  #words = new Int32Array(MAX_CONVERSATIONS * WORDS);
  #heads = new Int32Array(HEADS);
  #amounts = new Float64Array(MAX_CONVERSATIONS * AMOUNTS);
  #count = 0;
  /** Of the slice at hand: its rows that are not forwarded, and their keys. */
  #rows = new Int32Array(SLICE_ROWS);
  #keys = new Int32Array(SLICE_ROWS * KEY_WORDS);
  #hashes = new Int32Array(SLICE_ROWS);
  readonly crowdedOut: Amount = noAmount();
  /** Keeps the early reads from being optimised away. */
  touched = 0;

  /** At most SLICE_ROWS rows. Keys first, then the reads that may miss the cache, then the sums. */
  add(batch: PacketBatch, verdicts: VerdictBatch, from: number, to: number): void {
    const rows = this.#rows;
    let count = 0;
    for (let row = from; row < to; row++) if (verdicts.verdict[row] !== FORWARDED) rows[count++] = row;
    if (count === 0) return;
    for (let k = 0; k < count; k++) this.#fillKey(batch, verdicts, rows[k]!, k * KEY_WORDS);
    for (let k = 0; k < count; k++) this.#hashes[k] = hashOf(this.#keys, k * KEY_WORDS);
    let touched = 0;
    for (let k = 0; k < count; k++) touched ^= this.#touch(this.#hashes[k]!);
    this.touched = touched;
    for (let k = 0; k < count; k++) this.#sum(batch, verdicts, rows[k]!, this.#find(k));
  }

  #touch(hash: number): number {
    const head = this.#heads[hash & (HEADS - 1)]!;
    return head === 0 ? 0 : this.#words[(head - 1) * WORDS + HASH]!;
  }

  #sum(batch: PacketBatch, verdicts: VerdictBatch, row: number, at: number): void {
    const packets = batch.packets[row]!;
    const bytes = batch.bytes[row]!;
    const connections = verdicts.opened[row]!;
    if (at < 0) {
      this.crowdedOut.packets += packets;
      this.crowdedOut.bytes += bytes;
      this.crowdedOut.connections += connections;
      return;
    }
    const amounts = this.#amounts;
    amounts[at * AMOUNTS]! += packets;
    amounts[at * AMOUNTS + 1]! += bytes;
    amounts[at * AMOUNTS + 2]! += connections;
  }

  list(): Conversation[] {
    return Array.from({ length: this.#count }, (_, i) => this.#read(i));
  }

  #fillKey(b: PacketBatch, verdicts: VerdictBatch, row: number, at: number): void {
    const key = this.#keys;
    const protocol = b.protocol[row]!;
    const flags = b.flags[row]!;
    const isIcmp = hasIcmpType(protocol) && (flags & HAS_ICMP) !== 0;
    // An error is no answer of the other end: it may come from any router on the way.
    const isError = isIcmp && icmpRole(protocol, b.icmpType[row]!) === ICMP_ERROR;
    const swapped = verdicts.reversed[row] === 1 && !isError;
    this.#fillEnds(b, row, at, swapped);
    let known = b.family[row] === 6 ? IS_V6 : 0;
    key[at + NUMBER] = 0;
    if ((flags & HAS_PORTS) !== 0) {
      known |= HAS_NUMBER;
      key[at + NUMBER] = swapped ? b.sourcePort[row]! : b.destinationPort[row]!;
    } else if (isIcmp) {
      known |= HAS_NUMBER;
      key[at + NUMBER] = swapped ? requestType(protocol, b.icmpType[row]!) : b.icmpType[row]!;
    }
    const told = verdicts.reason[row]!;
    const reason = told === CONNECTION_DENIED || told === TRACKED ? POLICY : told;
    key[at + HEAD] =
      known | (verdicts.verdict[row]! << VERDICT_SHIFT) | (reason << REASON_SHIFT) | (protocol << PROTOCOL_SHIFT);
    key[at + EGRESS] = verdicts.egress[row]!;
    key[at + INGRESS] = verdicts.ingress[row]!;
  }

  #fillEnds(b: PacketBatch, row: number, at: number, swapped: boolean): void {
    const key = this.#keys;
    const src = at + (swapped ? DST : SRC);
    const dst = at + (swapped ? SRC : DST);
    key[src] = b.src0[row]!;
    key[src + 1] = b.src1[row]!;
    key[src + 2] = b.src2[row]!;
    key[src + 3] = b.src3[row]!;
    key[dst] = b.dst0[row]!;
    key[dst + 1] = b.dst1[row]!;
    key[dst + 2] = b.dst2[row]!;
    key[dst + 3] = b.dst3[row]!;
  }

  /** The conversation with the slice's key k, made if there is room; -1 if not. */
  #find(k: number): number {
    const words = this.#words;
    const hash = this.#hashes[k]!;
    const slot = hash & (HEADS - 1);
    for (let next = this.#heads[slot]!; next !== 0; ) {
      const at = (next - 1) * WORDS;
      if (words[at + HASH] === hash && this.#isKey(at, k * KEY_WORDS)) return next - 1;
      next = words[at + NEXT]!;
    }
    if (this.#count === MAX_CONVERSATIONS) return -1;
    const made = this.#count++;
    const at = made * WORDS;
    for (let i = 0; i < KEY_WORDS; i++) words[at + i] = this.#keys[k * KEY_WORDS + i]!;
    words[at + HASH] = hash;
    words[at + NEXT] = this.#heads[slot]!;
    this.#heads[slot] = made + 1;
    return made;
  }

  #isKey(at: number, keyAt: number): boolean {
    const words = this.#words;
    const keys = this.#keys;
    for (let i = 0; i < KEY_WORDS; i++) if (words[at + i] !== keys[keyAt + i]) return false;
    return true;
  }

  #read(i: number): Conversation {
    const w = (offset: number): number => this.#words[i * WORDS + offset]!;
    const head = w(HEAD);
    const protocol = (head >>> PROTOCOL_SHIFT) & 0xff;
    const number = (head & HAS_NUMBER) !== 0 ? w(NUMBER) : null;
    const isIcmp = hasIcmpType(protocol);
    return {
      family: (head & IS_V6) !== 0 ? 6 : 4,
      src: [w(SRC), w(SRC + 1), w(SRC + 2), w(SRC + 3)],
      dst: [w(DST), w(DST + 1), w(DST + 2), w(DST + 3)],
      protocol,
      destinationPort: isIcmp ? null : number,
      icmpType: isIcmp ? number : null,
      verdict: (head >>> VERDICT_SHIFT) & 3,
      reason: (head >>> REASON_SHIFT) & 0xff,
      egress: w(EGRESS) >>> 0,
      ingress: w(INGRESS) >>> 0,
      packets: this.#amounts[i * AMOUNTS]!,
      bytes: this.#amounts[i * AMOUNTS + 1]!,
      connections: this.#amounts[i * AMOUNTS + 2]!,
    };
  }
}

function hashOf(keys: Int32Array, at: number): number {
  let h = keys[at + HEAD]!;
  for (let i = 1; i < KEY_WORDS; i++) {
    h = Math.imul(h ^ keys[at + i]!, 0x2c1b3c6d);
    h ^= h >>> 15;
  }
  return h;
}
