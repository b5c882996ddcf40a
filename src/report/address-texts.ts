import { formatWords } from '../net/address.ts';

/** A power of two. Traffic has few addresses at a time; a clash costs one formatting. */
const SLOTS = 4096;
const SLOT_SHIFT = 20; // leaves log2(SLOTS) of 32 bits
const WORDS = 4;
const FAMILY_UNSET = 0;

/**
 * Texts of addresses that were met lately: a table with one place for each address, overwritten by the next one that
 * belongs there. Bounded, and several times as fast as formatting IPv6 anew for every packet.
 */
export class AddressTexts {
  readonly #families = new Uint8Array(SLOTS).fill(FAMILY_UNSET);
  readonly #words = new Int32Array(SLOTS * WORDS);
  readonly #texts: string[] = new Array<string>(SLOTS).fill('');

  /** As formatWords: `family` 4 reads the first word alone, whose fellows are 0. */
  text(family: number, w0: number, w1: number, w2: number, w3: number): string {
    const slot = slotOf(w0, w1, w2, w3);
    const at = slot * WORDS;
    const words = this.#words;
    if (
      this.#families[slot] === family &&
      words[at] === w0 &&
      words[at + 1] === w1 &&
      words[at + 2] === w2 &&
      words[at + 3] === w3
    )
      return this.#texts[slot]!;
    this.#families[slot] = family;
    words[at] = w0;
    words[at + 1] = w1;
    words[at + 2] = w2;
    words[at + 3] = w3;
    this.#texts[slot] = formatWords(family, w0, w1, w2, w3);
    return this.#texts[slot]!;
  }
}

/** Mixes by Knuth's multiplier (2^32 over the golden ratio), and takes the high bits, which depend on all. */
const slotOf = (w0: number, w1: number, w2: number, w3: number): number =>
  Math.imul(w0 ^ Math.imul(w1, 3) ^ Math.imul(w2, 5) ^ Math.imul(w3, 7), 0x9e37_79b1) >>> SLOT_SHIFT;
