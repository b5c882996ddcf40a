/** Where a command reads and writes: the process's own, or a test's. Nothing else in `cli` touches the process. */
export type Io = {
  /** Writes data. Resolves when there is room for more; never rejects for a reader that has gone. */
  readonly out: (text: string) => Promise<void>;
  /** Writes warnings, errors and progress. */
  readonly err: (text: string) => void;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Aborted by the first SIGINT: a command ends early with what it has. */
  readonly signal: AbortSignal;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
};

export const EXIT_FINE = 0;
/** What was looked for was found: drops, differences, errors in manifests. */
export const EXIT_FINDINGS = 1;
/** Usage, refused input, or an input that was not read to its end. */
export const EXIT_TROUBLE = 2;
/** 128 and the number of SIGINT, as shells have it. */
export const EXIT_INTERRUPTED = 130;

/** The command line itself is wrong. The message says how, in the user's words. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
