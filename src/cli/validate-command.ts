import { danglingNames } from '../admit/dangling.ts';
import { lint } from '../lint/registry.ts';
import { type Loaded, loadCluster } from '../manifest/load.ts';
import { type CheckReport, validationJson, validationSarif, validationText } from '../report/validation.ts';
import { type Diagnostic, ManifestError } from '../source/errors.ts';
import type { Command } from './command.ts';
import { EXIT_FINDINGS, EXIT_FINE, EXIT_TROUBLE, type Io } from './io.ts';
import { FILENAME, manifestPaths } from './manifests.ts';
import type { Parsed } from './parse.ts';
import { version } from './version.ts';

const OUTPUTS: ReadonlyMap<string, (report: CheckReport) => string> = new Map([
  ['text', validationText],
  ['json', validationJson],
  ['sarif', (report: CheckReport) => validationSarif(report, version())],
]);

export const validate: Command = {
  name: 'validate',
  about:
    'check manifests as the API server would, and print every error, and what policies hardly mean, with its place',
  usage: 'validate -f FILE|DIR|- [options]',
  options: [
    FILENAME,
    { name: 'output', short: 'o', value: 'FORMAT', choices: [...OUTPUTS.keys()], default: 'text', about: 'format' },
    { name: 'strict', about: 'exit code 1 with warnings alone, too; notes never count' },
  ],
  operands: { least: 0, most: 0, called: 'nothing' },
  examples: ['validate -f policies/', 'validate -f - -o json < policies.yaml', 'validate -f k8s/ -o sarif > k8s.sarif'],
  notes: ['Exit code 1 when there is an error, 2 when a path cannot be read, 0 with warnings and notes alone.'],
  run: runValidate,
};

/** The code of a path that could not be opened: nobody knows what is wrong in it, so it is trouble and no finding. */
const UNREADABLE = 'UNREADABLE';

async function runValidate(parsed: Parsed, io: Io): Promise<number> {
  const diagnostics = await diagnosticsOf(manifestPaths(parsed), io);
  const count = (severity: Diagnostic['severity']): number =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const report = { diagnostics, errors: count('error'), warnings: count('warning'), notes: count('note') };
  await io.out(OUTPUTS.get(parsed.one('output')!)!(report));
  if (diagnostics.some((diagnostic) => diagnostic.code === UNREADABLE)) return EXIT_TROUBLE;
  return report.errors > 0 || (parsed.has('strict') && report.warnings > 0) ? EXIT_FINDINGS : EXIT_FINE;
}

async function diagnosticsOf(paths: readonly string[], io: Io): Promise<readonly Diagnostic[]> {
  try {
    return withRemarks(await loadCluster(paths, { stdin: io.stdin, admission: true, templates: true }));
  } catch (error) {
    if (error instanceof ManifestError) return error.diagnostics;
    throw error;
  }
}

/** Behind what is wrong within one object: names that nobody among the manifests has, and what lints remark. */
const withRemarks = ({ cluster, diagnostics, admission }: Loaded): readonly Diagnostic[] => [
  ...diagnostics,
  ...danglingNames(admission!).map((dangling): Diagnostic => ({ severity: 'warning', ...dangling })),
  ...lint(cluster),
];
