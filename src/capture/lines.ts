import type { Window } from './window.ts';

/** A longer line is skipped to its end and rejected: nobody's record is as long. */
export const MAX_LINE_BYTES = 1 << 20;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
export const TOO_LONG = `longer than ${MAX_LINE_BYTES} bytes`;

/** What `Lines.advance` found. */
export const LINE = 1;
export const LINE_TOO_LONG = 2;
/** The next line is still to come, or the input has ended. */
export const NO_LINE = 0;

/** Bytes of a byte order mark, which a text's first line may begin with. */
const byteOrderMarkAt = (bytes: Uint8Array, at: number, end: number): number =>
  end - at >= 3 && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf ? 3 : 0;

/** The lines of a text, as they become whole in a window. The last one needs no line feed. */
export class Lines {
  /** Physical number of the line handed out last, from 1. */
  number = 0;
  /** The bytes of the window that are the line handed out last, without its end: valid until the window reads on. */
  from = 0;
  to = 0;
  /** Byte of the source at which it begins. */
  offset = 0;
  #buffer: Uint8Array | null = null;
  #end = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Where bytes of an unfinished line have been looked at already, so that slow input costs no second look. */
  #looked = 0;
  /** Where a line that is too long began, while it is skipped. */
  #tooLongAt = -1;

  /** Moves on to the next whole line; its place lies in the fields. Allocates nothing. */
  advance(window: Window): number {
    const start = window.at;
    const feed = this.#bytesOf(window).indexOf(LINE_FEED, start + this.#looked);
    const found = feed >= 0;
    if (!found && !(window.ended && (window.end > start || this.#tooLongAt >= 0))) {
      this.#looked = window.end - start;
      if (this.#looked > MAX_LINE_BYTES) this.#skip(window);
      return NO_LINE;
    }
    const end = found ? feed : window.end;
    this.offset = window.offsetOf(start);
    this.from = this.number === 0 ? start + byteOrderMarkAt(window.buffer, start, end) : start;
    this.to = end > this.from && window.buffer[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    window.at = found ? feed + 1 : end;
    this.#looked = 0;
    this.number++;
    if (this.#tooLongAt < 0 && end - start <= MAX_LINE_BYTES) return LINE;
    if (this.#tooLongAt >= 0) this.offset = this.#tooLongAt;
    this.#tooLongAt = -1;
    return LINE_TOO_LONG;
  }

  /** The window's bytes so far: what lies behind them is old, and not to be searched. */
  #bytesOf(window: Window): Uint8Array {
    if (this.#buffer !== window.buffer || this.#end !== window.end) {
      this.#buffer = window.buffer;
      this.#end = window.end;
      this.#bytes = window.buffer.subarray(0, window.end);
    }
    return this.#bytes;
  }

  #skip(window: Window): void {
    if (this.#tooLongAt < 0) this.#tooLongAt = window.offsetOf(window.at);
    window.at = window.end;
    this.#looked = 0;
  }
}
