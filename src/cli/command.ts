import type { Io } from './io.ts';
import type { Parsed } from './parse.ts';

/** An option of a command: help, parsing and did-you-mean all read this. */
export type Option = {
  readonly name: string;
  readonly short?: string;
  /** What its value is called in help; an option without one is a switch. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** The value is a whole number of at least this. */
  readonly atLeast?: number;
  /** And at most this. */
  readonly atMost?: number;
  readonly repeatable?: boolean;
  /** Used, and shown, when the option is not given. */
  readonly default?: string;
  readonly about: string;
};

export type Command = {
  readonly name: string;
  /** Half a line. */
  readonly about: string;
  /** Behind the name of the program. */
  readonly usage: string;
  readonly options: readonly Option[];
  /** How many operands it takes; what they are called when they are missing. */
  readonly operands: {
    readonly least: number;
    readonly most: number;
    readonly called: string;
    /** The words that one may be, for completion. */
    readonly choices?: readonly string[];
  };
  readonly examples: readonly string[];
  /** Sentences under the options. */
  readonly notes?: readonly string[];
  /** @returns the exit code */
  readonly run: (parsed: Parsed, io: Io) => Promise<number>;
};

export const HELP: Option = { name: 'help', short: 'h', about: 'print this help' };
