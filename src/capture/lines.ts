import type { Window } from './window.ts';

/** A longer line is skipped to its end and rejected: nobody's record is as long. */
export const MAX_LINE_BYTES = 1 << 20;
const LINE_FEED = 10;

export type Line =
  | { readonly kind: 'text'; readonly text: string; readonly offset: number }
  | { readonly kind: 'blank' }
  | { readonly kind: 'unreadable'; readonly why: string; readonly offset: number };

/** The lines of a text, as they become whole in a window. The last one needs no line feed. */
export class Lines {
  /** Physical number of the line handed out last, from 1. */
  number = 0;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  /** Where bytes of an unfinished line have been looked at already, so that slow input costs no second look. */
  #looked = 0;
  /** Where a line that is too long began, while it is skipped. */
  #tooLongAt = -1;

  /** The next whole line, or null when it is still to come, or when the input has ended. */
  next(window: Window): Line | null {
    const start = window.at;
    const feed = window.buffer.subarray(0, window.end).indexOf(LINE_FEED, start + this.#looked);
    const whole = feed >= 0 || (window.ended && (window.end > start || this.#tooLongAt >= 0));
    if (!whole) {
      this.#looked = window.end - start;
      if (this.#looked > MAX_LINE_BYTES) this.#skip(window);
      return null;
    }
    const end = feed >= 0 ? feed : window.end;
    const offset = window.offsetOf(start);
    window.at = feed >= 0 ? feed + 1 : end;
    this.#looked = 0;
    this.number++;
    if (this.#tooLongAt >= 0 || end - start > MAX_LINE_BYTES) return this.#tooLong(offset);
    return this.#read(window.buffer.subarray(start, end), offset);
  }

  #skip(window: Window): void {
    if (this.#tooLongAt < 0) this.#tooLongAt = window.offsetOf(window.at);
    window.at = window.end;
    this.#looked = 0;
  }

  #tooLong(offset: number): Line {
    const began = this.#tooLongAt >= 0 ? this.#tooLongAt : offset;
    this.#tooLongAt = -1;
    return { kind: 'unreadable', why: `longer than ${MAX_LINE_BYTES} bytes`, offset: began };
  }

  #read(bytes: Uint8Array, offset: number): Line {
    try {
      const text = this.#decoder.decode(bytes);
      return text.trim() === '' ? { kind: 'blank' } : { kind: 'text', text, offset };
    } catch {
      return { kind: 'unreadable', why: 'not UTF-8', offset };
    }
  }
}
