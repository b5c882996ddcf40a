import type { Window } from '../window.ts';
import { CUT, corrupt, END, type Flaw, MORE_INPUT } from './compression.ts';
import { type PrefixCode, PrefixCodeRoom } from './prefix-code.ts';

/** A match reaches back at most this far, and is at most this long. Source: RFC 1951, section 3.2.5. */
const WINDOW_BYTES = 1 << 15;
const MAX_MATCH = 258;
/** How much is decoded at a time, at most. */
const OUTPUT_BYTES = 1 << 17;

const END_OF_BLOCK = 256;
const FIRST_LENGTH = 257;
const LENGTHS = 29;
const DISTANCES = 30;
const LENGTH_BASE = new Uint16Array(LENGTHS);
const LENGTH_BITS = new Uint8Array(LENGTHS);
const DISTANCE_BASE = new Uint16Array(DISTANCES);
const DISTANCE_BITS = new Uint8Array(DISTANCES);
fillBases(LENGTH_BASE, LENGTH_BITS, 4, 3);
fillBases(DISTANCE_BASE, DISTANCE_BITS, 2, 1);
LENGTH_BASE[LENGTHS - 1] = MAX_MATCH;
LENGTH_BITS[LENGTHS - 1] = 0;

/** In which order the lengths of the code for lengths come. RFC 1951, section 3.2.7. */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const MAX_LITERALS = 286;
const MAX_DISTANCES = 30;

const NO_SYMBOL = 'a code that stands for nothing';

const AT_HEADER = 0;
const IN_STORED = 1;
const IN_CODES = 2;
const AT_END = 3;

/**
 * DEFLATE, RFC 1951. node:zlib is faster by two to three, but throws away what it has decoded when it meets an error:
 * the packets before a fault would then depend on how the input was cut into pieces.
 *
 * The position is a number of bits. A symbol that needs bits that have not come is not taken: bits are read without a
 * look at the end, and the position is put back when it went too far.
 */
export class Inflate {
  /** Bytes of the stream so far. */
  total = 0;
  readonly #output = new Uint8Array(WINDOW_BYTES + OUTPUT_BYTES + MAX_MATCH);
  /** Where the next decoded byte goes. */
  #end = 0;
  #state = AT_HEADER;
  #isLast = false;
  /** Bytes left of a stored block. */
  #stored = 0;
  /** Bits of the byte at the input's position that are done. */
  #bit = 0;
  readonly #literalRoom = new PrefixCodeRoom();
  readonly #distanceRoom = new PrefixCodeRoom();
  readonly #lengthRoom = new PrefixCodeRoom();
  readonly #lengths = new Uint8Array(MAX_LITERALS + MAX_DISTANCES + 4);
  #literals: PrefixCode | null = null;
  #distances: PrefixCode | null = null;
  // The input while `next` runs, and where it ends, in bits.
  #bytes: Uint8Array = this.#output;
  #position = 0;
  #limit = 0;

  /** As a Decoder's `next`; at END the input is at the first byte behind the stream. */
  next(input: Window): Uint8Array | typeof MORE_INPUT | typeof END | Flaw {
    this.#makeRoom();
    const from = this.#end;
    this.#bytes = input.buffer;
    this.#position = input.at * 8 + this.#bit;
    this.#limit = input.end * 8;
    const result = this.#run();
    input.at = this.#position >>> 3;
    this.#bit = this.#position & 7;
    const decoded = this.#end - from;
    this.total += decoded;
    // What is wrong comes up again with the next call, which then decodes nothing before it.
    if (decoded > 0) return this.#output.subarray(from, this.#end);
    if (result === END) {
      if (this.#bit > 0) input.at++;
      this.#bit = 0;
    }
    return result === MORE_INPUT && input.ended ? CUT : result;
  }

  /** Ready for another stream. */
  reset(): void {
    this.#state = AT_HEADER;
    this.#isLast = false;
    this.#end = 0;
    this.total = 0;
    this.#bit = 0;
  }

  #makeRoom(): void {
    if (this.#end < WINDOW_BYTES + OUTPUT_BYTES) return;
    this.#output.copyWithin(0, this.#end - WINDOW_BYTES, this.#end);
    this.#end = WINDOW_BYTES;
  }

  /** Decodes until the room is used, the input too, or the stream ends. */
  #run(): typeof MORE_INPUT | typeof END | Flaw {
    while (this.#end < WINDOW_BYTES + OUTPUT_BYTES) {
      if (this.#state === AT_END) return END;
      const stop =
        this.#state === AT_HEADER ? this.#header() : this.#state === IN_STORED ? this.#copy() : this.#symbols();
      if (stop !== null) return stop;
      if (this.#state === AT_HEADER && this.#isLast) this.#state = AT_END;
    }
    return MORE_INPUT;
  }

  /** The next bits of the input, at most 16 of them, as a number. */
  #bits(count: number): number {
    const bytes = this.#bytes;
    const at = this.#position >>> 3;
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    const value = (word >>> (this.#position & 7)) & ((1 << count) - 1);
    this.#position += count;
    return value;
  }

  /** A block's header: taken whole, or not at all. */
  #header(): typeof MORE_INPUT | Flaw | null {
    const from = this.#position;
    const isLast = this.#bits(1) === 1;
    const type = this.#bits(2);
    const flaw = type === 0 ? this.#startStored() : type === 3 ? 'a block of type 3' : this.#startCodes(type === 1);
    if (this.#position > this.#limit) {
      this.#position = from;
      return MORE_INPUT;
    }
    if (flaw !== null) {
      this.#position = from;
      return corrupt(flaw);
    }
    this.#isLast = isLast;
    return null;
  }

  #startStored(): string | null {
    this.#position = (this.#position + 7) & ~7;
    this.#stored = this.#bits(16);
    const complement = this.#bits(16);
    this.#state = IN_STORED;
    if ((this.#stored ^ 0xffff) === complement || this.#position > this.#limit) {
      if (this.#position > this.#limit) this.#state = AT_HEADER;
      return null;
    }
    this.#state = AT_HEADER;
    return 'a stored block whose two lengths differ';
  }

  #startCodes(isFixed: boolean): string | null {
    const lengths = this.#lengths;
    let literals = 288;
    let distances = 32;
    if (isFixed) {
      lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288).fill(5, 288, 320);
    } else {
      literals = this.#bits(5) + FIRST_LENGTH;
      distances = this.#bits(5) + 1;
      if (literals > MAX_LITERALS || distances > MAX_DISTANCES) return 'more symbols than there are';
      const flaw = this.#readLengths(literals + distances);
      if (flaw !== null || this.#position > this.#limit) return flaw;
      if (lengths[END_OF_BLOCK] === 0) return 'a block without an end';
    }
    this.#literals = this.#literalRoom.make(lengths.subarray(0, literals));
    this.#distances = this.#distanceRoom.make(lengths.subarray(literals, literals + distances));
    if (this.#literals === null || this.#distances === null) return 'code lengths that make no code';
    if (this.#position <= this.#limit) this.#state = IN_CODES;
    return null;
  }

  #readLengths(total: number): string | null {
    const lengths = this.#lengths;
    const count = this.#bits(4) + 4;
    lengths.fill(0, 0, LENGTH_ORDER.length);
    for (let i = 0; i < count; i++) lengths[LENGTH_ORDER[i]!] = this.#bits(3);
    const code = this.#lengthRoom.make(lengths.subarray(0, LENGTH_ORDER.length));
    if (this.#position > this.#limit) return null;
    if (code === null) return 'code lengths that make no code';
    for (let i = 0; i < total; ) {
      const entry = code.table[this.#bits(7) & code.mask]!;
      this.#position += (entry & 15) - 7;
      if (entry === 0 && this.#position + 7 > this.#limit) this.#position = this.#limit + 1;
      if (this.#position > this.#limit) return null;
      if (entry === 0) return NO_SYMBOL;
      const symbol = entry >>> 4;
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) return 'a repeated length before the first';
      const value = symbol === 16 ? lengths[i - 1]! : 0;
      const times = symbol === 16 ? 3 + this.#bits(2) : symbol === 17 ? 3 + this.#bits(3) : 11 + this.#bits(7);
      if (this.#position > this.#limit) return null;
      if (i + times > total) return 'more code lengths than symbols';
      lengths.fill(value, i, i + times);
      i += times;
    }
    return null;
  }

  #copy(): typeof MORE_INPUT | null {
    const at = this.#position >>> 3;
    const room = WINDOW_BYTES + OUTPUT_BYTES - this.#end;
    const taken = Math.min(this.#stored, room, (this.#limit >>> 3) - at);
    this.#output.set(this.#bytes.subarray(at, at + taken), this.#end);
    this.#end += taken;
    this.#position += taken * 8;
    this.#stored -= taken;
    if (this.#stored === 0) this.#state = AT_HEADER;
    else if (taken < room) return MORE_INPUT;
    return null;
  }

  #symbols(): typeof MORE_INPUT | Flaw | null {
    const { table: literals, mask: literalMask } = this.#literals!;
    const { table: distances, mask: distanceMask } = this.#distances!;
    const bytes = this.#bytes;
    const output = this.#output;
    const limit = this.#limit;
    const room = WINDOW_BYTES + OUTPUT_BYTES;
    let position = this.#position;
    let end = this.#end;
    let stop: typeof MORE_INPUT | string | null = null;
    while (end < room) {
      let at = position >>> 3;
      const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
      const entry = literals[(word >>> (position & 7)) & literalMask]!;
      let next = position + (entry & 15);
      const symbol = entry >>> 4;
      if (symbol < END_OF_BLOCK && entry !== 0) {
        if (next > limit) {
          stop = MORE_INPUT;
          break;
        }
        output[end++] = symbol;
        position = next;
        continue;
      }
      if (symbol === END_OF_BLOCK) {
        if (next > limit) stop = MORE_INPUT;
        else {
          position = next;
          this.#state = AT_HEADER;
        }
        break;
      }
      const lengthAt = symbol - FIRST_LENGTH;
      if (entry === 0 || lengthAt >= LENGTHS) {
        stop = entry !== 0 || position + 15 <= limit ? NO_SYMBOL : MORE_INPUT;
        if (next > limit) stop = MORE_INPUT;
        break;
      }
      at = next >>> 3;
      const lengthWord = bytes[at]! | (bytes[at + 1]! << 8);
      const lengthBits = LENGTH_BITS[lengthAt]!;
      const length = LENGTH_BASE[lengthAt]! + ((lengthWord >>> (next & 7)) & ((1 << lengthBits) - 1));
      next += lengthBits;
      at = next >>> 3;
      const distanceWord = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
      const distanceEntry = distances[(distanceWord >>> (next & 7)) & distanceMask]!;
      next += distanceEntry & 15;
      const distanceAt = distanceEntry >>> 4;
      if (distanceEntry === 0 || distanceAt >= DISTANCES) {
        stop = next + (distanceEntry === 0 ? 15 : 0) <= limit ? NO_SYMBOL : MORE_INPUT;
        break;
      }
      at = next >>> 3;
      const extraWord = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
      const distanceBits = DISTANCE_BITS[distanceAt]!;
      const distance = DISTANCE_BASE[distanceAt]! + ((extraWord >>> (next & 7)) & ((1 << distanceBits) - 1));
      next += distanceBits;
      if (next > limit) {
        stop = MORE_INPUT;
        break;
      }
      if (distance > end) {
        stop = 'a match that reaches before the first byte';
        break;
      }
      const stopAt = end + length;
      for (let source = end - distance; end < stopAt; ) output[end++] = output[source++]!;
      position = next;
    }
    this.#position = position;
    this.#end = end;
    return stop === null || stop === MORE_INPUT ? stop : corrupt(stop);
  }
}

/** Bases of length or distance symbols: `bits` grow by one every `every` symbols behind the first 2 * every. */
function fillBases(base: Uint16Array, bits: Uint8Array, every: number, first: number): void {
  let next = first;
  for (let i = 0; i < base.length; i++) {
    bits[i] = Math.max(0, Math.floor(i / every) - 1);
    base[i] = next;
    next += 1 << bits[i]!;
  }
}
