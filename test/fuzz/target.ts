import type { Material } from './mutator.ts';

/**
 * One reader of input that nobody vouches for. `run` throws when the reader breaks a promise: for anything but the
 * errors that are its own, for a value out of its range, for a record that is counted nowhere.
 */
export type Target = Material & {
  readonly name: string;
  /** What is read, for `npm run fuzz`. */
  readonly about: string;
  /** Executions of the full run in CI, and of `npm test`. */
  readonly full: number;
  readonly quick: number;
  /** What an execution may allocate whatever its input is: readers' windows and batches. */
  readonly fixedBytes?: number;
  /** How long an execution may take, in milliseconds, where 100 are too few: a few bytes may stand for very many. */
  readonly mostMs?: number;
  /** Whether the input got past the first check: a run where few do proves little. */
  readonly run: (input: Uint8Array<ArrayBuffer>) => boolean | Promise<boolean>;
};

export const text = (...words: readonly string[]): Uint8Array[] => words.map((word) => Buffer.from(word, 'utf8'));

export function check(holds: boolean, message: () => string): void {
  if (!holds) throw new Error(message());
}
