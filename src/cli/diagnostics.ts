import { plain } from '../report/escape.ts';
import { type Diagnostic, formatDiagnostic } from '../source/errors.ts';
import type { Io } from './io.ts';

/** Messages of one kind that are shown beside a result; `validate` shows all. */
const MOST_OF_A_KIND = 10;

/** Shows what was found in manifests on standard error, and tells of what it leaves out. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], io: Io): void {
  const shown = new Map<string, number>();
  for (const diagnostic of diagnostics) {
    const before = shown.get(diagnostic.code) ?? 0;
    shown.set(diagnostic.code, before + 1);
    if (before < MOST_OF_A_KIND) io.err(`${plain(formatDiagnostic(diagnostic))}\n`);
  }
  for (const [code, all] of shown)
    if (all > MOST_OF_A_KIND)
      io.err(`and ${all - MOST_OF_A_KIND} more of [${code}]: \`netpol-replay validate\` shows all\n`);
}
