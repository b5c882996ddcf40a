import { hasIcmpType } from '../net/protocol.ts';
import { HAS_ICMP, HAS_PORTS, type PacketBatch } from '../packet/batch.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { reasonNumber } from '../verdict/reasons.ts';
import { type Amount, type Conversation, MAX_CONVERSATIONS, noAmount } from '../verdict/tally.ts';
import { ICMP_ERROR, icmpRole, requestType } from './icmp.ts';

const TRACKED = reasonNumber('tracked');
const CONNECTION_DENIED = reasonNumber('connection-denied');
const POLICY = reasonNumber('policy');

/**
 * A conversation's key, 12 words, and then its place in the chain of its hash.
 *
 *     word     0      1..4   5..8      9        10       11       12
 *           | head |  src  |  dst  | number | egress | ingress | next |
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
const NEXT = 12;
const WORDS = 13;
const KEY_WORDS = NEXT;

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
  #key = new Int32Array(KEY_WORDS);
  #count = 0;
  readonly crowdedOut: Amount = noAmount();

  add(batch: PacketBatch, verdicts: VerdictBatch, row: number): void {
    this.#fillKey(batch, verdicts, row);
    const packets = batch.packets[row]!;
    const bytes = batch.bytes[row]!;
    const connections = verdicts.opened[row]!;
    const at = this.#find();
    if (at < 0) {
      this.crowdedOut.packets += packets;
      this.crowdedOut.bytes += bytes;
      this.crowdedOut.connections += connections;
      return;
    }
    this.#amounts[at * AMOUNTS]! += packets;
    this.#amounts[at * AMOUNTS + 1]! += bytes;
    this.#amounts[at * AMOUNTS + 2]! += connections;
  }

  list(): Conversation[] {
    return Array.from({ length: this.#count }, (_, i) => this.#read(i));
  }

  #fillKey(b: PacketBatch, verdicts: VerdictBatch, row: number): void {
    const key = this.#key;
    const protocol = b.protocol[row]!;
    const flags = b.flags[row]!;
    const isIcmp = hasIcmpType(protocol) && (flags & HAS_ICMP) !== 0;
    // An error is no answer of the other end: it may come from any router on the way.
    const isError = isIcmp && icmpRole(protocol, b.icmpType[row]!) === ICMP_ERROR;
    const swapped = verdicts.reversed[row] === 1 && !isError;
    this.#fillEnds(b, row, swapped);
    let known = b.family[row] === 6 ? IS_V6 : 0;
    key[NUMBER] = 0;
    if ((flags & HAS_PORTS) !== 0) {
      known |= HAS_NUMBER;
      key[NUMBER] = swapped ? b.sourcePort[row]! : b.destinationPort[row]!;
    } else if (isIcmp) {
      known |= HAS_NUMBER;
      key[NUMBER] = swapped ? requestType(protocol, b.icmpType[row]!) : b.icmpType[row]!;
    }
    const told = verdicts.reason[row]!;
    const reason = told === CONNECTION_DENIED || told === TRACKED ? POLICY : told;
    key[HEAD] =
      known | (verdicts.verdict[row]! << VERDICT_SHIFT) | (reason << REASON_SHIFT) | (protocol << PROTOCOL_SHIFT);
    key[EGRESS] = verdicts.egress[row]!;
    key[INGRESS] = verdicts.ingress[row]!;
  }

  #fillEnds(b: PacketBatch, row: number, swapped: boolean): void {
    const key = this.#key;
    const src = swapped ? DST : SRC;
    const dst = swapped ? SRC : DST;
    key[src] = b.src0[row]!;
    key[src + 1] = b.src1[row]!;
    key[src + 2] = b.src2[row]!;
    key[src + 3] = b.src3[row]!;
    key[dst] = b.dst0[row]!;
    key[dst + 1] = b.dst1[row]!;
    key[dst + 2] = b.dst2[row]!;
    key[dst + 3] = b.dst3[row]!;
  }

  /** The conversation with the key, made if there is room; -1 if not. */
  #find(): number {
    const words = this.#words;
    const key = this.#key;
    const slot = hashOf(key) & (HEADS - 1);
    let next = this.#heads[slot]!;
    while (next !== 0) {
      const at = (next - 1) * WORDS;
      let i = 0;
      while (i < KEY_WORDS && words[at + i] === key[i]) i++;
      if (i === KEY_WORDS) return next - 1;
      next = words[at + NEXT]!;
    }
    if (this.#count === MAX_CONVERSATIONS) return -1;
    const made = this.#count++;
    const at = made * WORDS;
    for (let i = 0; i < KEY_WORDS; i++) words[at + i] = key[i]!;
    words[at + NEXT] = this.#heads[slot]!;
    this.#heads[slot] = made + 1;
    return made;
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

function hashOf(key: Int32Array): number {
  let h = key[HEAD]!;
  for (let i = 1; i < KEY_WORDS; i++) {
    h = Math.imul(h ^ key[i]!, 0x2c1b3c6d);
    h ^= h >>> 15;
  }
  return h;
}
