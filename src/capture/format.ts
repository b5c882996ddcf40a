import type { PacketBatch } from '../packet/batch.ts';
import type { CaptureInterface } from '../packet/traffic.ts';
import type { CaptureError } from '../source/errors.ts';
import type { Copier } from './copy.ts';
import type { Tally } from './tally.ts';
import type { Window } from './window.ts';

/** One kind of file. To add one: a file beside this one, a line in `registry.ts`, a sample. */
export type Format = {
  readonly name: string;
  /** True when its records are frames. */
  readonly isCapture: boolean;
  /**
   * Whether the first bytes are of this format; `undecided` asks for more of them, and is no answer when `ended`. The
   * first `seen` bytes were undecided when they were all.
   */
  readonly recognise: (head: Uint8Array, seen: number, ended: boolean) => 'yes' | 'no' | 'undecided';
  /** How many bytes `read` must find before it is called for the first time, unless the input is shorter. */
  readonly headerBytes: number;
  /**
   * Reads the header that the window begins with.
   * @throws CaptureError when the file cannot be read at all
   */
  readonly open: (window: Window, file: string) => RecordReader;
  /** Captures: how records of a file that begins with `header` become pcapng. */
  readonly copier?: (header: Uint8Array) => Copier;
};

export type RecordReader = {
  /**
   * Reads the window's complete records into the rows of an emptied batch. Returns MORE when the next record is not
   * whole yet (at the end of the input: when all is read), FULL when the batch is, or what is wrong with the record
   * that the window is now at. Whoever calls it again after MORE has read more bytes, or knows that none are left.
   */
  readonly read: (window: Window, batch: PacketBatch, tally: Tally) => ReadResult;
  /** Captures: what has been described so far. */
  readonly interfaces?: () => readonly CaptureInterface[];
};

export const MORE = 'more';
export const FULL = 'full';
export type ReadResult = typeof MORE | typeof FULL | CaptureError;
