/**
 * Splits a line of a text table into the columns that are asked for, by their names in its header.
 * `separator` is one byte.
 */
export class Columns {
  /** By slot: where the value lies; -1 where the table has no such column. One slot more takes what nobody asks for. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly #slots: Int16Array;
  readonly #separator: number;

  /** `names` of the header in order, `asked` by slot. */
  constructor(names: readonly string[], asked: readonly string[], separator: number) {
    this.#separator = separator;
    const slotOf = new Map(asked.map((name, slot) => [name, slot]));
    this.#slots = Int16Array.from(names, (name) => slotOf.get(name) ?? asked.length);
    this.from = new Int32Array(asked.length + 1).fill(-1);
    this.to = new Int32Array(asked.length + 1).fill(-1);
  }

  /** Reads the line in [from, to); true when it has as many columns as the header. */
  scan(bytes: Uint8Array, from: number, to: number): boolean {
    const separator = this.#separator;
    const slots = this.#slots;
    const starts = this.from;
    const ends = this.to;
    const last = slots.length - 1;
    let column = 0;
    let start = from;
    for (let at = from; at < to; at++) {
      if (bytes[at] !== separator) continue;
      if (column === last) return false;
      const slot = slots[column++]!;
      starts[slot] = start;
      ends[slot] = at;
      start = at + 1;
    }
    starts[slots[last]!] = start;
    ends[slots[last]!] = to;
    return column === last;
  }
}
