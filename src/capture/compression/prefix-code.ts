/** The longest code of DEFLATE. */
export const MAX_CODE_BITS = 15;

/**
 * A prefix code as a table by the next bits of the input: what DEFLATE calls a Huffman code. Source: RFC 1951, section
 * 3.2.2.
 *
 *     entry = symbol * 16 + length of its code in bits; 0 where no code begins like this
 *
 * It has 2^bits entries, where `bits` is the length of its longest code.
 */
export type PrefixCode = { readonly table: Uint16Array; readonly mask: number };

/** How one code in many is read: with MAX_CODE_BITS bits a block's table takes 64 KiB, and is made anew in place. */
export class PrefixCodeRoom {
  readonly #table = new Uint16Array(1 << MAX_CODE_BITS);
  readonly #count = new Uint16Array(MAX_CODE_BITS + 1);
  readonly #next = new Uint16Array(MAX_CODE_BITS + 2);

  /**
   * The code whose symbols have these lengths, 0 for a symbol that does not occur. Null when the lengths make no code:
   * more codes than bits, or fewer, but for one code of one bit (an only distance), as zlib has it.
   */
  make(lengths: Uint8Array): PrefixCode | null {
    const count = this.#count.fill(0);
    for (let symbol = 0; symbol < lengths.length; symbol++) count[lengths[symbol]!]!++;
    let bits = MAX_CODE_BITS;
    while (bits > 0 && count[bits] === 0) bits--;
    let left = 1;
    for (let length = 1; length <= MAX_CODE_BITS; length++) {
      left = left * 2 - count[length]!;
      if (left < 0) return null;
    }
    if (left > 0 && bits > 1) return null;
    const table = this.#table.subarray(0, 1 << bits).fill(0);
    this.#fill(lengths, table);
    return { table, mask: table.length - 1 };
  }

  #fill(lengths: Uint8Array, table: Uint16Array): void {
    const next = this.#next;
    let code = 0;
    for (let length = 1; length <= MAX_CODE_BITS; length++) {
      next[length] = code;
      code = (code + this.#count[length]!) << 1;
    }
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      const length = lengths[symbol]!;
      if (length === 0) continue;
      // A code's bits come most significant first, the input's least significant first.
      const entry = symbol * 16 + length;
      for (let at = reversed(next[length]!++, length); at < table.length; at += 1 << length) table[at] = entry;
    }
  }
}

function reversed(code: number, bits: number): number {
  let result = 0;
  for (let rest = code, bit = 0; bit < bits; bit++, rest >>>= 1) result = (result << 1) | (rest & 1);
  return result;
}
