/**
 * Makes mutants of seeds, by the million: flipped bits, numbers that lie about lengths, pieces cut out, doubled, moved in
 * from other seeds. One seed number gives the same mutants everywhere.
 */

/** A target's seeds are real inputs, its words what readers look for: a mutant gets past the first check by them. */
export type Material = { readonly seeds: readonly Uint8Array[]; readonly words: readonly Uint8Array[] };

const MAX_BYTES = 4096;
/** Edges of fields of one, two and four bytes, and numbers that headers give a meaning to. */
const NUMBERS = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 14, 16, 17, 20, 24, 28, 32, 40, 41, 43, 44, 47, 51, 58, 60, 63, 64, 100, 127, 128, 132,
  253, 255, 256, 0x0800, 4789, 0x5452, 0x6558, 8472, 0x8100, 0x8847, 0x8864, 0x86dd, 0x88a8, 0x7fff, 0x8000, 0xffff,
  0x10000, 0xa1b2c3d4, 0x1a2b3c4d, 0x7fff_ffff, 0x8000_0000, 0xffff_fffc, 0xffff_ffff,
];

export class Mutator {
  readonly #material: Material;
  readonly #out = new Uint8Array(MAX_BYTES);
  #length = 0;
  #state: number;

  constructor(material: Material, seed: number) {
    this.#material = material;
    this.#state = (Math.imul(seed, 0x9e37_79b1) ^ 0x5bd1_e995) | 1;
    for (let i = 0; i < 8; i++) this.below(2);
  }

  /** An integer from 0 to below `n`, by xorshift32. */
  below(n: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return Math.floor(((x >>> 0) / 2 ** 32) * n);
  }

  /** The next mutant, of a buffer of its own: what reads behind its end finds nothing. */
  next(): Uint8Array<ArrayBuffer> {
    const seed = this.#pick(this.#material.seeds);
    this.#length = Math.min(seed.length, MAX_BYTES);
    this.#out.set(seed.subarray(0, this.#length));
    // Half of them have one change alone, and few have more than four.
    do this.#change();
    while (this.below(2) === 0);
    return this.#out.slice(0, this.#length);
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  #change(): void {
    const at = this.below(this.#length);
    if (this.#length === 0) this.#insert(this.#pick(this.#material.seeds), 0);
    else CHANGES[this.below(CHANGES.length)]!(this, at);
  }

  flip(at: number): void {
    this.#out[at]! ^= 1 << this.below(8);
  }

  set(at: number): void {
    this.#out[at] = this.below(256);
  }

  cut(at: number): void {
    this.#length = at;
  }

  double(at: number): void {
    const copied = this.#out.slice(at, Math.min(this.#length, at + 1 + this.below(32)));
    this.#insert(copied, this.below(this.#length + 1));
  }

  /** A number of one, two or four bytes in either order, mostly one of note. */
  writeNumber(at: number): void {
    const bytes = 1 << this.below(3);
    const value = this.#pick(NUMBERS) + this.below(3) - 1;
    const littleEndian = this.below(2) === 0;
    for (let i = 0; i < bytes && at + i < this.#length; i++)
      this.#out[at + i] = (value >>> (8 * (littleEndian ? i : bytes - 1 - i))) & 255;
  }

  remove(at: number, bytes = 1 + this.below(16)): void {
    const to = Math.min(this.#length, at + bytes);
    this.#out.copyWithin(at, to, this.#length);
    this.#length -= to - at;
  }

  #insert(bytes: Uint8Array, at: number): void {
    const fits = bytes.subarray(0, MAX_BYTES - this.#length);
    this.#out.copyWithin(at + fits.length, at, this.#length);
    this.#out.set(fits, at);
    this.#length += fits.length;
  }

  /** Goes on as another seed does from some place. */
  splice(at: number): void {
    const other = this.#pick(this.#material.seeds);
    this.#length = at;
    this.#insert(other.subarray(this.below(other.length)), at);
  }

  /** A word where one stands already, so that the text around it keeps its shape. */
  exchange(at: number): void {
    let from = at;
    let to = at;
    while (from > 0 && isOfWord(this.#out[from - 1]!)) from--;
    while (to < this.#length && isOfWord(this.#out[to]!)) to++;
    const { words, seeds } = this.#material;
    const other = this.#pick(words.length > 0 && this.below(2) === 0 ? words : seeds);
    let first = other.length <= 32 ? 0 : this.below(other.length);
    while (first > 0 && isOfWord(other[first - 1]!)) first--;
    let last = first;
    while (last < other.length && isOfWord(other[last]!)) last++;
    this.remove(from, to - from);
    this.#insert(other.subarray(first, last), from);
  }

  /** A digit for a digit, a letter for a letter. */
  vary(at: number): void {
    const byte = this.#out[at]!;
    if (byte >= 48 && byte <= 57) this.#out[at] = 48 + this.below(10);
    else if (isOfWord(byte)) this.#out[at] = 97 + this.below(26);
    else this.flip(at);
  }

  word(at: number): void {
    const { words } = this.#material;
    const word = words.length === 0 ? this.#out.slice(0, 4) : this.#pick(words);
    if (this.below(2) === 0) this.#insert(word, at);
    else this.#out.set(word.subarray(0, this.#length - at), at);
  }
}

/** Of names and numbers, in every text format that is read. */
const isOfWord = (byte: number): boolean =>
  (byte >= 48 && byte <= 58) || (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || byte === 46 || byte === 95;

/** What is changed, the likelier the more often it is listed. */
const CHANGES: readonly ((mutator: Mutator, at: number) => void)[] = [
  (mutator, at) => mutator.flip(at),
  (mutator, at) => mutator.flip(at),
  (mutator, at) => mutator.set(at),
  (mutator, at) => mutator.writeNumber(at),
  (mutator, at) => mutator.writeNumber(at),
  (mutator, at) => mutator.cut(at),
  (mutator, at) => mutator.remove(at),
  (mutator, at) => mutator.double(at),
  (mutator, at) => mutator.splice(at),
  (mutator, at) => mutator.word(at),
  (mutator, at) => mutator.exchange(at),
  (mutator, at) => mutator.exchange(at),
  (mutator, at) => mutator.exchange(at),
  (mutator, at) => mutator.vary(at),
  (mutator, at) => mutator.vary(at),
  (mutator, at) => mutator.vary(at),
];
