import { danglingNames } from '../admit/dangling.ts';
import { type Loaded, loadCluster } from '../manifest/load.ts';
import { plain, toJson } from '../report/escape.ts';
import { counted } from '../report/numbers.ts';
import { type Diagnostic, formatDiagnostic, ManifestError } from '../source/errors.ts';
import type { Command } from './command.ts';
import { EXIT_FINDINGS, EXIT_FINE, EXIT_TROUBLE, type Io } from './io.ts';
import { FILENAME, manifestPaths } from './manifests.ts';
import type { Parsed } from './parse.ts';

export const validate: Command = {
  name: 'validate',
  about: 'check manifests as the API server would, and print every error with its place',
  usage: 'validate -f FILE|DIR|- [options]',
  options: [
    FILENAME,
    { name: 'output', short: 'o', value: 'FORMAT', choices: ['text', 'json'], default: 'text', about: 'format' },
  ],
  operands: { least: 0, most: 0, called: 'nothing' },
  examples: ['validate -f policies/', 'validate -f - -o json < policies.yaml'],
  notes: ['Exit code 1 when there is an error, 2 when a path cannot be read, 0 with warnings alone.'],
  run: runValidate,
};

/** The code of a path that could not be opened: nobody knows what is wrong in it, so it is trouble and no finding. */
const UNREADABLE = 'UNREADABLE';

async function runValidate(parsed: Parsed, io: Io): Promise<number> {
  const diagnostics = await diagnosticsOf(manifestPaths(parsed), io);
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  await io.out(
    parsed.one('output') === 'json'
      ? `${toJson(report(diagnostics, errors, warnings), 2)}\n`
      : `${diagnostics.map((d) => `${plain(formatDiagnostic(d))}\n`).join('')}${counted(errors, 'error')}, ${counted(warnings, 'warning')}\n`,
  );
  if (diagnostics.some((diagnostic) => diagnostic.code === UNREADABLE)) return EXIT_TROUBLE;
  return errors > 0 ? EXIT_FINDINGS : EXIT_FINE;
}

async function diagnosticsOf(paths: readonly string[], io: Io): Promise<readonly Diagnostic[]> {
  try {
    return withDangling(await loadCluster(paths, { stdin: io.stdin, admission: true }));
  } catch (error) {
    if (error instanceof ManifestError) return error.diagnostics;
    throw error;
  }
}

/** Names that nobody among the manifests has, behind what is wrong within one object. */
const withDangling = ({ diagnostics, admission }: Loaded): readonly Diagnostic[] => [
  ...diagnostics,
  ...danglingNames(admission!).map((dangling): Diagnostic => ({ severity: 'warning', ...dangling })),
];

const report = (diagnostics: readonly Diagnostic[], errors: number, warnings: number): object => ({
  apiVersion: 'netpol-replay/v1',
  kind: 'ValidationReport',
  errors,
  warnings,
  diagnostics: diagnostics.map(({ severity, code, at, message }) => ({ severity, code, ...at, message })),
});
