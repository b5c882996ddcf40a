import { hasIcmpType } from '../net/protocol.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { Ends } from '../verdict/differences.ts';
import { type Amount, MAX_CONVERSATIONS } from '../verdict/tally.ts';

/**
 * Sums by key, first come, first kept: at most `room` keys are kept apart, what finds no room is summed up by itself.
 * Typed arrays and open addressing, as rows of every packet come here.
 *
 *     key     0      1       2-5   6-9   10...
 *           | head | number | src | dst | more |
 *
 *     head    family 6 bit 0, number is there bit 1, protocol bits 2-9, the caller's own bits 10-31
 */
const HEAD = 0;
const NUMBER = 1;
const SRC = 2;
const DST = 6;
const END_WORDS = 10;
const IS_V6 = 1;
const HAS_NUMBER = 2;
const PROTOCOL_SHIFT = 2;
const OWN_SHIFT = 10;
/** Packets, bytes, connections. */
const SUMS = 3;

export class JoinedRows {
  /** The key of the row at hand, filled by `ends` and the caller. */
  readonly key: Int32Array;
  readonly #words: number;
  readonly #room: number;
  #keys: Int32Array;
  #sums: Float64Array;
  /**
   * Slots of the hash: the key's place and 1 more in the low bits, top bits of its hash in the others, so that most
   * keys that are not the one are told apart without a look at them. 0 is free.
   */
  #slots: Int32Array;
  #placeMask: number;
  /** Keeps those who write captures from choosing keys that collide. It never shows. */
  #seed = (Math.random() * 2 ** 32) | 0;
  #rest = new Float64Array(SUMS);
  #count = 0;

  /** @param more words of the key beyond the ends */
  constructor(more: number, room: number = MAX_CONVERSATIONS) {
    this.#words = END_WORDS + more;
    this.#room = room;
    this.key = new Int32Array(this.#words);
    this.#keys = new Int32Array(room * this.#words);
    this.#sums = new Float64Array(room * SUMS);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(room * 2)));
    this.#placeMask = this.#slots.length - 1;
  }

  get count(): number {
    return this.#count;
  }

  get crowdedOut(): Amount {
    return amountAt(this.#rest, 0);
  }

  /** Fills the ends of a row into the key. `number` is -1 for none; `own` are the caller's bits of the head. */
  ends(b: PacketBatch, row: number, turned: boolean, number: number, own: number): void {
    const key = this.key;
    const src = turned ? DST : SRC;
    const dst = turned ? SRC : DST;
    key[HEAD] =
      (b.family[row] === 6 ? IS_V6 : 0) |
      (number < 0 ? 0 : HAS_NUMBER) |
      (b.protocol[row]! << PROTOCOL_SHIFT) |
      (own << OWN_SHIFT);
    key[NUMBER] = Math.max(0, number);
    key[src] = b.src0[row]!;
    key[src + 1] = b.src1[row]!;
    key[src + 2] = b.src2[row]!;
    key[src + 3] = b.src3[row]!;
    key[dst] = b.dst0[row]!;
    key[dst + 1] = b.dst1[row]!;
    key[dst + 2] = b.dst2[row]!;
    key[dst + 3] = b.dst3[row]!;
  }

  /** Adds to the sums of the key. @returns false when it found no room */
  add(packets: number, bytes: number, connections: number): boolean {
    const found = this.#find();
    const sums = found < 0 ? this.#rest : this.#sums;
    const at = found < 0 ? 0 : found * SUMS;
    sums[at]! += packets;
    sums[at + 1]! += bytes;
    sums[at + 2]! += connections;
    return found >= 0;
  }

  endsOf(i: number): Ends {
    const word = (at: number): number => this.#keys[i * this.#words + at]!;
    const four = (at: number): [number, number, number, number] => [word(at), word(at + 1), word(at + 2), word(at + 3)];
    const head = word(HEAD);
    const protocol = (head >>> PROTOCOL_SHIFT) & 0xff;
    const number = (head & HAS_NUMBER) === 0 ? null : word(NUMBER);
    const isIcmp = hasIcmpType(protocol);
    return {
      family: (head & IS_V6) === 0 ? 4 : 6,
      src: four(SRC),
      dst: four(DST),
      protocol,
      destinationPort: isIcmp ? null : number,
      icmpType: isIcmp ? number : null,
    };
  }

  /** The caller's bits of the head. */
  own(i: number): number {
    return this.#keys[i * this.#words]! >>> OWN_SHIFT;
  }

  /** The caller's word `k`. */
  more(i: number, k: number): number {
    return this.#keys[i * this.#words + END_WORDS + k]!;
  }

  amount(i: number): Amount {
    return amountAt(this.#sums, i);
  }

  /** The place of the key, made if there is room; -1 if not. */
  #find(): number {
    const slots = this.#slots;
    const mask = this.#placeMask;
    const hash = this.#hash();
    let slot = hash & mask;
    for (let held = slots[slot]!; held !== 0; held = slots[slot]!) {
      if (((held ^ hash) & ~mask) === 0 && this.#isAt((held & mask) - 1)) return (held & mask) - 1;
      slot = (slot + 1) & mask;
    }
    if (this.#count === this.#room) return -1;
    const made = this.#count++;
    this.#keys.set(this.key, made * this.#words);
    slots[slot] = (hash & ~mask) | (made + 1);
    return made;
  }

  #isAt(i: number): boolean {
    const at = i * this.#words;
    for (let k = 0; k < this.#words; k++) if (this.#keys[at + k] !== this.key[k]) return false;
    return true;
  }

  #hash(): number {
    const key = this.key;
    let h = mix(mix(mix(mix(this.#seed, key[HEAD]!), key[NUMBER]!), key[SRC]!), key[DST]!);
    if ((key[HEAD]! & IS_V6) !== 0) for (let k = SRC + 1; k < END_WORDS; k++) if (k !== DST) h = mix(h, key[k]!);
    for (let k = END_WORDS; k < key.length; k++) h = mix(h, key[k]!);
    return h;
  }
}

function mix(hash: number, word: number): number {
  const h = Math.imul(hash ^ word, 0x2c1b_3c6d);
  return h ^ (h >>> 15);
}

const amountAt = (sums: Float64Array, i: number): Amount => ({
  packets: sums[i * SUMS]!,
  bytes: sums[i * SUMS + 1]!,
  connections: sums[i * SUMS + 2]!,
});
