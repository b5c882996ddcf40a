import type { CaptureError } from '../source/errors.ts';
import type { ByteSource } from './byte-source.ts';

/** 256 KiB to 1 MiB read fastest; a larger buffer only leaves the cache. */
const WINDOW_BYTES = 1 << 20;

/**
 * The part of a source that is in memory: one buffer, read into at its end, with what is unread moved to its front
 * first. It grows only when one record does not fit, and no further than the bytes that have really come.
 *
 *     buffer   | read | unread        | free      |
 *              0      at              end         buffer.length
 *              ^ byte `base` of the source
 */
export class Window {
  buffer: Uint8Array = Buffer.allocUnsafeSlow(WINDOW_BYTES);
  view: DataView = viewOf(this.buffer);
  at = 0;
  end = 0;
  base = 0;
  /** No byte will come any more. */
  ended = false;
  readonly #source: ByteSource;
  readonly #signal: AbortSignal | undefined;

  constructor(source: ByteSource, signal?: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
  }

  /** Byte of the source at a place in the buffer. */
  offsetOf(at: number): number {
    return this.base + at;
  }

  /** Why the source ended before its end. */
  get fault(): CaptureError | null {
    return this.ended ? (this.#source.fault ?? null) : null;
  }

  get unread(): Uint8Array {
    return this.buffer.subarray(this.at, this.end);
  }

  /**
   * Reads on; what the source gives may be little. Moves the unread bytes, so rows that point into them are done.
   * @throws the reason of an abort, without waiting for bytes that may never come
   */
  async more(): Promise<void> {
    if (this.ended) return;
    this.#makeRoom();
    const reading = this.#source.read(this.buffer, this.end, this.buffer.length - this.end);
    const read = typeof reading === 'number' ? reading : await unlessAborted(reading, this.#signal);
    this.end += read;
    if (read === 0) this.ended = true;
  }

  close(): void {
    this.#source.close();
  }

  #makeRoom(): void {
    const unread = this.end - this.at;
    const full = unread === this.buffer.length;
    const target = full ? Buffer.allocUnsafeSlow(this.buffer.length * 2) : this.buffer;
    if (full) target.set(this.buffer);
    else if (this.at > 0) target.copyWithin(0, this.at, this.end);
    if (full) {
      this.buffer = target;
      this.view = viewOf(target);
    }
    this.base += this.at;
    this.at = 0;
    this.end = unread;
  }
}

const viewOf = (buffer: Uint8Array): DataView => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);

function unlessAborted<T>(waiting: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return waiting;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    waiting.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
