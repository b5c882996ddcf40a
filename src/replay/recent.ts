/** Words of one entry. The first is the ring's own; the others are the owner's. */
export const RECENT_WORDS = 18;
const OLDER = 0;

/**
 * The last things that were remembered, found by a hash: a ring of entries, each chained to the one before it under the
 * same hash. A chain ends where it reaches what the ring has overwritten, so nothing is ever taken out.
 *
 *     heads   | number of the newest | ...          numbers count from 1, modulo 2^32; 0 is none
 *     words   | older, 17 words of the owner | ...  entry `number` is at (number - 1) modulo `capacity`
 */
export class Recent {
  readonly words: Int32Array;
  readonly #heads: Int32Array;
  readonly #mask: number;
  #taken = 0;

  /** @param capacity a power of two */
  constructor(capacity: number) {
    this.words = new Int32Array(capacity * RECENT_WORDS);
    this.#heads = new Int32Array(capacity);
    this.#mask = capacity - 1;
  }

  /** The newest entry under a hash, or -1. */
  newest(hash: number): number {
    return this.#at(this.#heads[hash & this.#mask]!);
  }

  /** The next older one of its chain, or -1: of this hash or one that shares its place. */
  older(at: number): number {
    return this.#at(this.words[at + OLDER]!);
  }

  /** A new entry, in the place of the oldest: the owner's words are as that left them, 0 in a place never used. */
  take(hash: number): number {
    const slot = hash & this.#mask;
    const at = (this.#taken & this.#mask) * RECENT_WORDS;
    this.words[at + OLDER] = this.#heads[slot]!;
    this.#taken = (this.#taken + 1) | 0;
    this.#heads[slot] = this.#taken;
    return at;
  }

  #at(number: number): number {
    if (number === 0 || (this.#taken - number) >>> 0 > this.#mask) return -1;
    return ((number - 1) & this.#mask) * RECENT_WORDS;
  }
}
