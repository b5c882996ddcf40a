/**
 * Numbers by address and tag, in open slots of six words: four of the address (of IPv4 the first alone), the tag,
 * and the value plus 1; 0 is a free slot. A tag tells apart what one address may hold several of.
 *
 * A bounded map looks at PROBES slots only and, when they are taken, overwrites the first: it forgets, in constant
 * memory. An unbounded one is made for as many entries as it will hold, and keeps all.
 */
export class AddressMap {
  #slots: Int32Array;
  #mask: number;
  #probes: number;

  private constructor(slots: number, probes: number) {
    this.#slots = new Int32Array(slots * SLOT_WORDS);
    this.#mask = slots - 1;
    this.#probes = probes;
  }

  static bounded(slots: number): AddressMap {
    return new AddressMap(slots, PROBES);
  }

  /** For up to `entries` entries. */
  static sized(entries: number): AddressMap {
    const slots = 2 ** Math.ceil(Math.log2(entries * 2 + 2));
    return new AddressMap(slots, slots);
  }

  set(w0: number, w1: number, w2: number, w3: number, tag: number, value: number): void {
    const found = this.#probe(w0, w1, w2, w3, tag);
    const at = found < 0 ? ~found : found;
    const slots = this.#slots;
    slots[at] = w0;
    slots[at + 1] = w1;
    slots[at + 2] = w2;
    slots[at + 3] = w3;
    slots[at + 4] = tag;
    slots[at + 5] = value + 1;
  }

  /** The value, or -1. */
  get(w0: number, w1: number, w2: number, w3: number, tag: number): number {
    const at = this.#probe(w0, w1, w2, w3, tag);
    return at < 0 ? -1 : this.#slots[at + 5]! - 1;
  }

  /** Where the key is, or ~ where it should go. */
  #probe(w0: number, w1: number, w2: number, w3: number, tag: number): number {
    const slots = this.#slots;
    const home = hash(w0, w1, w2, w3, tag);
    for (let i = 0; i < this.#probes; i++) {
      const at = ((home + i) & this.#mask) * SLOT_WORDS;
      if (slots[at + 5] === 0) return ~at;
      if (
        slots[at] === (w0 | 0) &&
        slots[at + 4] === (tag | 0) &&
        slots[at + 1] === (w1 | 0) &&
        slots[at + 2] === (w2 | 0) &&
        slots[at + 3] === (w3 | 0)
      )
        return at;
    }
    return ~((home & this.#mask) * SLOT_WORDS);
  }
}

const SLOT_WORDS = 6;
const PROBES = 4;

function hash(w0: number, w1: number, w2: number, w3: number, tag: number): number {
  let h = Math.imul(w0 ^ Math.imul(tag, 0x27d4eb2f), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 15) ^ w1, 0x297a2d39);
  h = Math.imul(h ^ (h >>> 15) ^ w2, 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 15) ^ w3, 0x297a2d39);
  return h ^ (h >>> 15);
}

/** The tag of a port of an address: one bit of family, eight of protocol, sixteen of port. */
export const portTag = (family: number, protocol: number, port: number): number =>
  ((family === 6 ? 1 : 0) << 24) | (protocol << 16) | port;
