import { type Diagnostic, formatDiagnostic } from '../source/errors.ts';
import { plain, toJson } from './escape.ts';
import { counted } from './numbers.ts';
import { sarifLog } from './sarif.ts';

/** What was found in manifests, and how much of each severity. */
export type CheckReport = {
  readonly diagnostics: readonly Diagnostic[];
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
};

/** A line for each, and their counts. */
export function validationText({ diagnostics, errors, warnings, notes }: CheckReport): string {
  const lines = diagnostics.map((diagnostic) => `${plain(formatDiagnostic(diagnostic))}\n`);
  const sums = [counted(errors, 'error'), counted(warnings, 'warning'), ...(notes > 0 ? [counted(notes, 'note')] : [])];
  return `${lines.join('')}${sums.join(', ')}\n`;
}

export const validationJson = ({ diagnostics, errors, warnings, notes }: CheckReport): string =>
  `${toJson(
    {
      apiVersion: 'netpol-replay/v1',
      kind: 'ValidationReport',
      errors,
      warnings,
      diagnostics: diagnostics.map(({ severity, code, at, message }) => ({ severity, code, ...at, message })),
      notes,
    },
    2,
  )}\n`;

/** Codes are the rules; what each means stands in docs/validate.md. */
export function validationSarif({ diagnostics }: CheckReport, version: string): string {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
  return sarifLog(
    version,
    codes.map((code) => ({ id: code, text: code.toLowerCase().replaceAll('_', ' ') })),
    diagnostics.map(({ severity, code, at, message }) => ({ rule: code, level: severity, message, at })),
  );
}
