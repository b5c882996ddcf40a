import { Decompress } from 'fzstd';
import type { Window } from '../window.ts';
import { type Compression, CUT, corrupt, type Decoder, END, type Flaw, MORE_INPUT } from './compression.ts';
import { Xxh64 } from './xxh64.ts';

/**
 * A frame: header, blocks, checksum of what was compressed. Frames and skippable frames may follow each other. Source:
 * RFC 8878, section 3.1.
 *
 *     | magic 4 | descriptor 1 | window 0-1 | dictionary 0-4 | content size 0-8 | block ... | checksum 0-4 |
 */
const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const SKIPPABLE_BYTES = 8;
const DESCRIPTOR = 4;
const MIN_HEADER_BYTES = 5;
const SINGLE_SEGMENT = 1 << 5;
const RESERVED = 1 << 3;
const HAS_CHECKSUM = 1 << 2;
const DICTIONARY_BYTES = [0, 1, 2, 4];
const SIZE_BYTES = [0, 2, 4, 8];
const CHECKSUM_BYTES = 4;

/** 3 bytes: 1 bit "the last", 2 bits type, 21 bits size. */
const BLOCK_BYTES = 3;
const RLE = 1;
const RESERVED_TYPE = 3;
const MAX_BLOCK_BYTES = 1 << 17;

/**
 * fzstd keeps every piece that ends with a block for good, and begins with no fewer than 18 bytes. So each piece ends
 * with the first byte of an empty block, which is three zeros, and the next one begins with the other two.
 */
const MIN_START_BYTES = MIN_HEADER_BYTES + 1 + 4 * BLOCK_BYTES + 1;

/** Windows above this are refused: `zstd --ultra -21` and `--long` make them, and fzstd moves all of one at each block. */
const MAX_WINDOW_LOG = 25;
const MIN_WINDOW_LOG = 10;
const TOO_LARGE: Flaw = {
  code: 'UNSUPPORTED',
  why: 'needs a window of more than 32 MiB; decompress it first: `zstd -dc --long=31 FILE | netpol-replay replay ... -`',
};

export const zstd: Compression = {
  name: 'zstd',
  recognise: (head) => {
    if (head.length < 4) return false;
    const magic = new DataView(head.buffer, head.byteOffset).getUint32(0, true);
    return magic === MAGIC || isSkippable(magic);
  },
  start: () => new ZstdDecoder(),
};

const isSkippable = (magic: number): boolean => (magic & ~15) >>> 0 === SKIPPABLE;

/**
 * Frames and blocks are found here and handed to fzstd one at a time, behind a header of our own: so lengths are
 * checked before anything is allocated, a cut leaves every whole block, and no frame is read by recursion.
 */
class ZstdDecoder implements Decoder {
  #frames = 0;
  /** Bytes of a skippable frame that are left. */
  #skip = 0;
  /** Null between frames. */
  #frame: { readonly fzstd: Decompress; readonly hash: Xxh64 | null; isOver: boolean } | null = null;
  #decoded: Uint8Array | null = null;

  next(input: Window): ReturnType<Decoder['next']> {
    for (;;) {
      const result = this.#step(input);
      if (result === MORE_INPUT && input.ended) return CUT;
      if (result !== null) return result;
    }
  }

  /** Takes one piece: a header, a block, a checksum; null when it was taken and gave nothing. */
  #step(input: Window): ReturnType<Decoder['next']> | null {
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, input.end - input.at);
      input.at += skipped;
      this.#skip -= skipped;
      return this.#skip > 0 ? MORE_INPUT : null;
    }
    if (this.#frame === null) return this.#header(input);
    return this.#frame.isOver ? this.#checksum(input) : this.#block(input);
  }

  #header(input: Window): typeof MORE_INPUT | typeof END | Flaw | null {
    const { view, at } = input;
    const left = input.end - at;
    if (left === 0 && input.ended && this.#frames > 0) return END;
    if (left < 4) return MORE_INPUT;
    const magic = view.getUint32(at, true);
    if (isSkippable(magic)) return this.#skippable(input);
    if (magic !== MAGIC) return corrupt('is followed by something else');
    if (left < MIN_HEADER_BYTES) return MORE_INPUT;
    const descriptor = view.getUint8(at + DESCRIPTOR);
    if ((descriptor & RESERVED) !== 0) return corrupt('has a reserved bit set in its header');
    const isSingle = (descriptor & SINGLE_SEGMENT) !== 0;
    const dictionaryAt = at + MIN_HEADER_BYTES + (isSingle ? 0 : 1);
    const sizeAt = dictionaryAt + DICTIONARY_BYTES[descriptor & 3]!;
    const sizeBytes = descriptor >>> 6 === 0 && isSingle ? 1 : SIZE_BYTES[descriptor >>> 6]!;
    if (sizeAt + sizeBytes > input.end) return MORE_INPUT;
    for (let byte = dictionaryAt; byte < sizeAt; byte++)
      if (view.getUint8(byte) !== 0)
        return { code: 'UNSUPPORTED', why: 'needs a dictionary; decompress it first: `zstd -dc -D DICTIONARY FILE`' };
    const window = isSingle
      ? descriptorFor(contentSize(view, sizeAt, sizeBytes))
      : view.getUint8(at + MIN_HEADER_BYTES);
    if (window >>> 3 > MAX_WINDOW_LOG - MIN_WINDOW_LOG) return TOO_LARGE;
    input.at = sizeAt + sizeBytes;
    this.#start(window, (descriptor & HAS_CHECKSUM) !== 0);
    return null;
  }

  #start(window: number, hasChecksum: boolean): void {
    this.#frames++;
    const fzstd = new Decompress((bytes) => {
      if (bytes.length > 0) this.#decoded = bytes;
    });
    const header = new Uint8Array(MIN_START_BYTES);
    new DataView(header.buffer).setUint32(0, MAGIC, true);
    header[MIN_HEADER_BYTES] = window;
    fzstd.push(header);
    this.#frame = { fzstd, hash: hasChecksum ? new Xxh64() : null, isOver: false };
  }

  #skippable(input: Window): typeof MORE_INPUT | null {
    if (input.end - input.at < SKIPPABLE_BYTES) return MORE_INPUT;
    this.#skip = input.view.getUint32(input.at + 4, true);
    input.at += SKIPPABLE_BYTES;
    this.#frames++;
    return null;
  }

  #block(input: Window): Uint8Array | typeof MORE_INPUT | Flaw | null {
    const { view, at } = input;
    const frame = this.#frame!;
    if (input.end - at < BLOCK_BYTES) return MORE_INPUT;
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const type = (header >>> 1) & 3;
    const size = header >>> 3;
    if (type === RESERVED_TYPE) return corrupt('has a block of type 3');
    if (size > MAX_BLOCK_BYTES) return corrupt(`has a block of ${size} bytes, expected at most ${MAX_BLOCK_BYTES}`);
    const end = at + BLOCK_BYTES + (type === RLE ? 1 : size);
    if (end > input.end) return MORE_INPUT;
    const block = new Uint8Array(end - at + BLOCK_BYTES);
    block.set(input.buffer.subarray(at, end), BLOCK_BYTES - 1);
    block[BLOCK_BYTES - 1]! &= ~1; // fzstd is never told which block is the last: the frame's end is found here
    this.#decoded = null;
    try {
      frame.fzstd.push(block);
    } catch {
      return corrupt('has a block that cannot be decoded');
    }
    const decoded = this.#decoded as Uint8Array | null;
    if (decoded !== null && decoded.length > MAX_BLOCK_BYTES) return corrupt('has a block that decodes to too much');
    input.at = end;
    if ((header & 1) === 1) this.#end(frame);
    if (decoded !== null) frame.hash?.update(decoded);
    return decoded;
  }

  #end(frame: { readonly hash: Xxh64 | null; isOver: boolean }): void {
    if (frame.hash === null) this.#frame = null;
    else frame.isOver = true;
  }

  #checksum(input: Window): typeof MORE_INPUT | Flaw | null {
    if (input.end - input.at < CHECKSUM_BYTES) return MORE_INPUT;
    const expected = input.view.getUint32(input.at, true);
    if (this.#frame!.hash!.low() !== expected) return corrupt('has a checksum that is not that of its bytes');
    input.at += CHECKSUM_BYTES;
    this.#frame = null;
    return null;
  }
}

function contentSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256; // RFC 8878, section 3.1.1.1.4
  if (bytes === 4) return view.getUint32(at, true);
  return Number(view.getBigUint64(at, true));
}

/** The window descriptor of the smallest power of two that holds `size` bytes. */
function descriptorFor(size: number): number {
  let log = MIN_WINDOW_LOG;
  while (2 ** log < size) log++;
  return (log - MIN_WINDOW_LOG) << 3;
}
