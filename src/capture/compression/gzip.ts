import { createGunzip, type Gunzip } from 'node:zlib';
import type { Window } from '../window.ts';
import {
  type Compression,
  CUT,
  corrupt,
  type Decoded,
  type Decoder,
  END,
  type Flaw,
  MORE_INPUT,
} from './compression.ts';

/** Every member begins with these. Source: RFC 1952, section 2.3. */
const MAGIC = [0x1f, 0x8b];

/**
 * zlib is fed in blocks that begin at multiples of this, however the input comes in pieces: what it has decoded of the
 * block in which a fault lies is lost, so the blocks decide what stands before the fault, and must be the same each time.
 * Small, as one byte may become a thousand: what a block becomes is in memory at once.
 */
const BLOCK_BYTES = 4096;
const OUTPUT_BYTES = 1 << 18;

export const gzip: Compression = {
  name: 'gzip',
  recognise: (head) => MAGIC.every((byte, i) => head[i] === byte),
  start: () => new GzipDecoder(),
};

/** node:zlib, pulled: members may follow each other, zeros behind the last are padding, anything else is a fault. */
class GzipDecoder implements Decoder {
  readonly #stream: Gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  readonly #pieces: Uint8Array[] = [];
  #fed = 0;
  #error: NodeJS.ErrnoException | null = null;
  #ended = false;
  /** Ends the wait for zlib: it calls back when a block is done, but not for one that something follows. */
  #wake = (): void => undefined;

  constructor() {
    this.#stream.on('data', (piece: Uint8Array) => this.#pieces.push(piece));
    this.#stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#error = error;
      this.#wake();
    });
    this.#stream.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  async next(input: Window): Promise<Decoded> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) return piece;
      if (this.#error !== null) return this.#fault(input, this.#error);
      if (this.#ended) return this.#behind(input);
      const left = input.end - input.at;
      if (left < BLOCK_BYTES && !input.ended) return MORE_INPUT;
      if (left === 0) await this.#finish();
      else await this.#feed(input, Math.min(left, BLOCK_BYTES));
    }
  }

  /** The block is copied: zlib works in a thread of its own, and the window moves. */
  async #feed(input: Window, bytes: number): Promise<void> {
    const block = input.buffer.slice(input.at, input.at + bytes);
    input.at += bytes;
    this.#fed += bytes;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#stream.write(block, () => resolve());
    });
    // `end` and `error` come one turn after the block is done.
    await new Promise((resolve) => setImmediate(resolve));
  }

  #finish(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#stream.end();
    });
  }

  /** INVARIANT: what zlib has not taken is in the block that it was fed last, and the window has not moved since. */
  #giveBack(input: Window): void {
    input.at -= this.#fed - this.#stream.bytesWritten;
    this.#fed = this.#stream.bytesWritten;
  }

  #fault(input: Window, error: NodeJS.ErrnoException): Flaw {
    if (error.code === 'Z_BUF_ERROR') return CUT;
    this.#giveBack(input);
    return corrupt(`is broken: ${error.message}`);
  }

  #behind(input: Window): typeof MORE_INPUT | typeof END | Flaw {
    this.#giveBack(input);
    while (input.at < input.end && input.buffer[input.at] === 0) {
      input.at++;
      this.#fed++;
    }
    if (input.at < input.end) return corrupt('is followed by bytes that are no gzip');
    return input.ended ? END : MORE_INPUT;
  }
}
