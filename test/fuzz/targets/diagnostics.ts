import type { Diagnostic } from '../../../src/source/errors.ts';
import type { SourceText } from '../../../src/source/text.ts';
import { check } from '../target.ts';

/** The longest message: an excerpt of 200 characters, each of which may be escaped, and what is said of it, twice. */
const LONGEST = 3000;

/** Every message has a place within the text, and nothing that a terminal would obey. */
export function checkDiagnostics(said: readonly Diagnostic[], { lineStarts, text }: SourceText): void {
  for (const { at, message } of said) {
    const within = at.line >= 1 && at.line <= lineStarts.length && at.column >= 1 && at.column <= text.length + 1;
    check(within, () => `at ${at.line}:${at.column}: ${message}`);
    check(!/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(message), () => `unescaped: ${message}`);
    check(message.length <= LONGEST, () => `a message of ${message.length} characters: ${message.slice(0, 80)}`);
  }
}
