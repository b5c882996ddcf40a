/** Bits beyond this many words are not laid out: 16 MiB. */
const MOST_WORDS = 1 << 22;

/**
 * Which atoms the groups of a table have: sorted slices of `atoms`, laid out as a bit for each group and atom where
 * that stays small, so that a question is one read. Larger ones are searched for, by halving.
 *
 *     #bits   | group 0: `stride` words | group 1 | ...          bit a of a group's words is its atom a
 */
export class Members {
  readonly #start: Uint32Array;
  readonly #atoms: Uint32Array;
  /** Empty when the slices are searched. */
  readonly #bits: Uint32Array;
  readonly #stride: number;

  constructor(start: Uint32Array, atoms: Uint32Array) {
    this.#start = start;
    this.#atoms = atoms;
    const groups = start.length - 1;
    let largest = 0;
    for (let i = 0; i < atoms.length; i++) if (atoms[i]! > largest) largest = atoms[i]!;
    this.#stride = (largest >>> 5) + 1;
    this.#bits = new Uint32Array(groups * this.#stride <= MOST_WORDS ? groups * this.#stride : 0);
    if (this.#bits.length === 0) return;
    for (let group = 0; group < groups; group++) {
      for (let i = start[group]!; i < start[group + 1]!; i++)
        this.#bits[group * this.#stride + (atoms[i]! >>> 5)]! |= 1 << (atoms[i]! & 31);
    }
  }

  has(group: number, atom: number): boolean {
    const stride = this.#stride;
    if (this.#bits.length === 0) return this.#search(group, atom);
    // An atom that no group has may lie beyond the last word.
    return atom >>> 5 < stride && ((this.#bits[group * stride + (atom >>> 5)]! >>> (atom & 31)) & 1) === 1;
  }

  #search(group: number, atom: number): boolean {
    let low = this.#start[group]!;
    let high = this.#start[group + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const held = this.#atoms[middle]!;
      if (held === atom) return true;
      if (held < atom) low = middle + 1;
      else high = middle;
    }
    return false;
  }
}
