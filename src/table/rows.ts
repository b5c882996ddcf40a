/**
 * Finds the program of a row (cell.ts) that was met before. Rows lie back to back behind a header; the slots of a hash
 * with open addressing say where.
 *
 *     #rows   | length | program | words ... | length | program | words ... |
 *     #slots  where a row begins, and 1 more; 0 is free
 */
export class RowIndex {
  /** Words in use. */
  words = 0;
  #rows = new Int32Array(256);
  #slots = new Int32Array(64);
  #count = 0;

  /** The program of the first `length` words of `row`, or -1. */
  find(row: Int32Array, length: number): number {
    const held = this.#slots[this.#slotOf(row, 0, length)]!;
    return held === 0 ? -1 : this.#rows[held]!;
  }

  /** Where the words of rows lie; another array once there are more. */
  get store(): Int32Array {
    return this.#rows;
  }

  /** Remembers the program of a row that was not found. Returns where its words begin in `store`. */
  add(row: Int32Array, length: number, program: number): number {
    if ((this.#count + 1) * 2 > this.#slots.length) this.#rehash();
    const at = this.words;
    this.words += HEADER_WORDS + length;
    if (this.words > this.#rows.length) this.#grow();
    this.#slots[this.#slotOf(row, 0, length)] = at + 1;
    this.#rows[at] = length;
    this.#rows[at + 1] = program;
    for (let i = 0; i < length; i++) this.#rows[at + HEADER_WORDS + i] = row[i]!;
    this.#count++;
    return at + HEADER_WORDS;
  }

  clear(): void {
    this.words = 0;
    this.#count = 0;
    this.#slots.fill(0);
  }

  /** The slot of the row that begins at `from` in `words`, or the free one where it belongs. */
  #slotOf(words: Int32Array, from: number, length: number): number {
    const rows = this.#rows;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hash = length;
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ (hash >>> 15) ^ words[from + i]!, 0x9e37_79b1);
    let slot = (hash ^ (hash >>> 16)) & mask;
    for (;;) {
      const at = slots[slot]! - 1;
      if (at < 0) return slot;
      if (rows[at] === length) {
        let i = 0;
        while (i < length && rows[at + HEADER_WORDS + i] === words[from + i]) i++;
        if (i === length) return slot;
      }
      slot = (slot + 1) & mask;
    }
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let at = 0; at < this.words; at += HEADER_WORDS + this.#rows[at]!) {
      this.#slots[this.#slotOf(this.#rows, at + HEADER_WORDS, this.#rows[at]!)] = at + 1;
    }
  }

  #grow(): void {
    let length = this.#rows.length;
    while (length < this.words) length *= 2;
    const larger = new Int32Array(length);
    larger.set(this.#rows);
    this.#rows = larger;
  }
}

const HEADER_WORDS = 2;
