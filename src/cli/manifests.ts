import { compile } from '../compile/compile.ts';
import { type Loaded, loadCluster } from '../manifest/load.ts';
import type { Cluster } from '../model/cluster.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { PolicyTable } from '../table/policy-table.ts';
import type { Option } from './command.ts';
import { printDiagnostics } from './diagnostics.ts';
import { type Io, UsageError } from './io.ts';
import type { Parsed } from './parse.ts';

/** What `-` names: standard input. */
export const STDIN = '-';

export const FILENAME: Option = {
  name: 'filename',
  short: 'f',
  value: 'FILE|DIR|-',
  repeatable: true,
  about: 'manifests: a file, a folder with all below it, or - for standard input',
};
export const KEEP_GOING: Option = {
  name: 'keep-going',
  about: 'turn errors of manifests into warnings, and leave out the objects that have them',
};
export const STAGED: Option = {
  name: 'staged',
  value: 'HOW',
  choices: ['ignore', 'enforce'],
  default: 'ignore',
  about: 'staged policies: without effect, or as if each had been applied or its policy deleted',
};
export const MAX_TABLE_BYTES: Option = {
  name: 'max-table-bytes',
  value: 'BYTES',
  atLeast: 1,
  about: 'refuse rules that compile into a larger table',
};

/** The manifests that a command line names. @throws UsageError without any, or when they and captures both want standard input */
export function manifestPaths(parsed: Parsed): readonly string[] {
  const paths = parsed.all(FILENAME.name);
  if (paths.length === 0) throw new UsageError('no manifests: name them with `-f FILE`, `-f DIR` or `-f -`');
  const readers = [...paths, ...parsed.operands].filter((path) => path === STDIN).length;
  if (readers > 1) throw new UsageError('standard input can be read once: `-` is named more than once');
  return paths;
}

/** Loads the manifests of a command line and shows their warnings. @throws ManifestError */
export async function loadNamed(parsed: Parsed, io: Io, { admission = false } = {}): Promise<Loaded> {
  const loaded = await loadCluster(manifestPaths(parsed), {
    keepGoing: parsed.has(KEEP_GOING.name),
    staged: parsed.one(STAGED.name) === 'enforce' ? 'enforce' : 'ignore',
    stdin: io.stdin,
    admission,
  });
  printDiagnostics(loaded.diagnostics, io);
  return loaded;
}

/** The table of the manifests of a command line. @throws ManifestError, LimitError */
export async function compileNamed(parsed: Parsed, io: Io): Promise<MatchTable> {
  const { cluster } = await loadNamed(parsed, io);
  return compileCluster(parsed, cluster);
}

/** @throws LimitError */
export function compileCluster(parsed: Parsed, cluster: Cluster): PolicyTable {
  const maxTableBytes = parsed.number(MAX_TABLE_BYTES.name);
  return compile(cluster, maxTableBytes === undefined ? {} : { maxTableBytes });
}
