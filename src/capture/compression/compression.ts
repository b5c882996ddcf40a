import type { Window } from '../window.ts';

/** One way of compressing. To add one: a file beside this one, a line in `registry.ts`, rows in its tests. */
export type Compression = {
  readonly name: string;
  /** Whether at least MAGIC_BYTES bytes, or all that there are, begin like it. */
  readonly recognise: (head: Uint8Array) => boolean;
  readonly start: () => Decoder;
};

export const MAGIC_BYTES = 4;

/**
 * Turns compressed bytes into what they were. It works in place and in order, so that the same input gives the same
 * bytes before a fault, however it was cut into pieces.
 */
export type Decoder = {
  /**
   * Decodes from `input.at` on and moves it. Gives the decoded bytes, at least one and valid until the next call; or
   * MORE_INPUT when it needs bytes that have not come; END when the input was decoded to its end; or what is wrong
   * with the byte that the input is now at. Never MORE_INPUT when the input has ended.
   */
  readonly next: (input: Window) => Decoded | Promise<Decoded>;
};

export type Decoded = Uint8Array | typeof MORE_INPUT | typeof END | Flaw;

export const MORE_INPUT = 'more input';
export const END = 'end';

export type Flaw = { readonly code: 'TRUNCATED' | 'CORRUPT' | 'UNSUPPORTED'; readonly why: string };

export const CUT: Flaw = { code: 'TRUNCATED', why: 'ends before its end' };
export const corrupt = (why: string): Flaw => ({ code: 'CORRUPT', why });
