import { formatPosition, type SourcePos } from './position.ts';

/**
 * What a reader has to say of an input text: an error (the input is refused), or a warning (it is read, and something
 * in it deserves a look), or a note (it may well be meant). Codes are stable, UPPER_SNAKE: callers and tests match on them, people read the message.
 * Messages are lower case, without a final period, the user's words in backticks, and say what was expected.
 */
export type Diagnostic = {
  readonly severity: 'error' | 'warning' | 'note';
  readonly code: string;
  readonly at: SourcePos;
  readonly message: string;
};

export const formatDiagnostic = (d: Diagnostic): string =>
  `${formatPosition(d.at)}: ${d.severity}: ${d.message} [${d.code}]`;

/** The manifests were refused. Every diagnostic of the run is in it, in the order of the files. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter((d) => d.severity === 'error');
    super(errors.map(formatDiagnostic).join('\n'));
    this.diagnostics = diagnostics;
  }
}

/** Every way a capture or a log can be refused, or end before its end. */
export type CaptureErrorCode =
  | 'UNREADABLE' // the file cannot be opened or read
  | 'EMPTY' // no byte at all
  | 'UNKNOWN_FORMAT' // no reader recognises the first bytes
  | 'UNSUPPORTED' // recognised, and not read: a compression, a link type, a version
  | 'TRUNCATED' // the file ends within a header or a record
  | 'CORRUPT'; // a length or a field that cannot be true

/**
 * An input of traffic was refused, or was not read to its end. `offset` is the byte of the uncompressed input where
 * the fault lies, from 0. What came before the fault has been delivered.
 */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
  readonly code: CaptureErrorCode;
  readonly file: string;
  readonly offset: number;

  constructor(code: CaptureErrorCode, file: string, offset: number, message: string) {
    super(`${file}: byte ${offset}: ${message}`);
    this.code = code;
    this.file = file;
    this.offset = offset;
  }
}

/** A stated limit was reached: the message names the limit, the numbers that drove it and the option that raises it. */
export class LimitError extends Error {
  override readonly name = 'LimitError';
}

/** A file that was to be written was not, and is as it was before. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  readonly file: string;

  constructor(file: string, message: string) {
    super(`${file}: ${message}`);
    this.file = file;
  }
}

const SYSTEM_WORDS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file or folder'],
  ['EACCES', 'no permission'],
  ['EPERM', 'no permission'],
  ['EISDIR', 'is a folder, expected a file'],
  ['ENOTDIR', 'a part of its path is no folder'],
  ['ENOSPC', 'no space is left'],
  ['EDQUOT', 'no space is left'],
  ['EFBIG', 'larger than a file may be'],
  ['EROFS', 'the file system is read-only'],
]);

/** What the operating system says of a path, in words. */
export function systemWords(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return SYSTEM_WORDS.get(code ?? '') ?? message;
}
