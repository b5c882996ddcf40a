import type { Window } from '../window.ts';
import { type Compression, CUT, corrupt, type Decoder, END, type Flaw, MORE_INPUT } from './compression.ts';
import { crc32 } from './crc32.ts';
import { Inflate } from './inflate.ts';

/**
 * A member: header, DEFLATE, checksum, length. Members may follow each other. Source: RFC 1952, section 2.3.
 *
 *     0    1    2        3       4      8     9    10
 *     | 1f | 8b | method | flags | time | xfl | os | extra | name | comment | header crc | DEFLATE | crc32 | length |
 */
const FIRST_MAGIC = 0x1f;
const SECOND_MAGIC = 0x8b;
const METHOD = 2;
const FLAGS = 3;
const FIXED_BYTES = 10;
const TRAILER_BYTES = 8;
const DEFLATE = 8;

const HAS_HEADER_CRC = 1 << 1;
const HAS_EXTRA = 1 << 2;
const HAS_NAME = 1 << 3;
const HAS_COMMENT = 1 << 4;
const RESERVED = 0xe0;

export const gzip: Compression = {
  name: 'gzip',
  recognise: (head) => head[0] === FIRST_MAGIC && head[1] === SECOND_MAGIC,
  start: () => new GzipDecoder(),
};

type Result = ReturnType<Decoder['next']>;
/** A part of the header or the trailer: null when it is done, and the part that follows is next. */
type Part = (input: Window) => typeof MORE_INPUT | typeof END | Flaw | null;

class GzipDecoder implements Decoder {
  readonly #inflate = new Inflate();
  #crc = 0;
  #members = 0;
  /** What stands before the next DEFLATE stream; empty within one. */
  #parts: Part[] = [(input) => this.#header(input)];

  next(input: Window): Result {
    for (;;) {
      for (let part = this.#parts[0]; part !== undefined; part = this.#parts[0]) {
        const stop = part(input);
        if (stop === MORE_INPUT && input.ended) return CUT;
        if (stop !== null) return stop;
        this.#parts.shift();
      }
      const result = this.#inflate.next(input);
      if (result instanceof Uint8Array) this.#crc = crc32(result, this.#crc);
      if (result !== END) return result;
      this.#parts = [(at) => this.#trailer(at), skipPadding, (at) => this.#header(at)];
    }
  }

  #header(input: Window): typeof MORE_INPUT | typeof END | Flaw | null {
    const { buffer, at } = input;
    const left = input.end - at;
    if (left === 0 && input.ended && this.#members > 0) return END;
    const isMember = (left < 1 || buffer[at] === FIRST_MAGIC) && (left < 2 || buffer[at + 1] === SECOND_MAGIC);
    if (!isMember) return corrupt('is followed by something else');
    if (left < FIXED_BYTES) return MORE_INPUT;
    if (buffer[at + METHOD] !== DEFLATE) return corrupt(`has method ${buffer[at + METHOD]}, expected ${DEFLATE}`);
    const flags = buffer[at + FLAGS]!;
    if ((flags & RESERVED) !== 0) return corrupt('has flags that nobody has defined');
    input.at += FIXED_BYTES;
    this.#members++;
    this.#crc = 0;
    this.#inflate.reset();
    if ((flags & HAS_EXTRA) !== 0) this.#parts.push(skipExtra());
    if ((flags & HAS_NAME) !== 0) this.#parts.push(skipText);
    if ((flags & HAS_COMMENT) !== 0) this.#parts.push(skipText);
    if ((flags & HAS_HEADER_CRC) !== 0) this.#parts.push(skipBytes(2));
    return null;
  }

  /** The length is modulo 2^32, and only ever compared: nothing is allocated for what it says. */
  #trailer(input: Window): typeof MORE_INPUT | Flaw | null {
    const { view, at } = input;
    if (input.end - at < TRAILER_BYTES) return MORE_INPUT;
    const crc = view.getUint32(at, true);
    if (crc !== this.#crc) return corrupt('has a checksum that is not that of its bytes');
    const length = view.getUint32(at + 4, true);
    if (length !== this.#inflate.total % 2 ** 32) return corrupt(`says that it was ${length} bytes, which it was not`);
    input.at += TRAILER_BYTES;
    return null;
  }
}

function skipBytes(count: number): Part {
  let left = count;
  return (input) => {
    const taken = Math.min(left, input.end - input.at);
    input.at += taken;
    left -= taken;
    return left > 0 ? MORE_INPUT : null;
  };
}

function skipExtra(): Part {
  let rest: Part | null = null;
  return (input) => {
    if (rest === null) {
      if (input.end - input.at < 2) return MORE_INPUT;
      rest = skipBytes(input.view.getUint16(input.at, true));
      input.at += 2;
    }
    return rest(input);
  };
}

/** A text that ends with a NUL. */
function skipText(input: Window): typeof MORE_INPUT | null {
  const end = input.unread.indexOf(0);
  input.at = end < 0 ? input.end : input.at + end + 1;
  return end < 0 ? MORE_INPUT : null;
}

/** Zeros behind a member: what tapes and block devices fill up with. */
function skipPadding(input: Window): typeof MORE_INPUT | null {
  while (input.at < input.end && input.buffer[input.at] === 0) input.at++;
  return input.at === input.end && !input.ended ? MORE_INPUT : null;
}
