import { type CompileOptions, compile } from '../compile/compile.ts';
import { type Loaded, loadCluster } from '../manifest/load.ts';
import type { Staged } from '../manifest/staged.ts';
import type { Cluster } from '../model/cluster.ts';
import { underDataplane } from '../model/enforcement.ts';
import { type Diagnostic, formatDiagnostic, ManifestError } from '../source/errors.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { PolicyTable } from '../table/policy-table.ts';
import type { Option } from './command.ts';
import { printDiagnostics } from './diagnostics.ts';
import { enforcementOf } from './enforcement-options.ts';
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
/** Where two tables can be compared. */
export const STAGED_OR_DIFF: Option = {
  ...STAGED,
  choices: [...STAGED.choices!, 'diff'],
  about: `${STAGED.about}; diff shows what applying them would change`,
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
  checkStdin([...paths, ...parsed.operands]);
  return paths;
}

/** @throws UsageError when more than one of the paths is standard input */
export function checkStdin(paths: readonly string[]): void {
  if (paths.filter((path) => path === STDIN).length > 1)
    throw new UsageError('standard input can be read once: `-` is named more than once');
}

export const staged = (parsed: Parsed): Staged => (parsed.one(STAGED.name) === 'enforce' ? 'enforce' : 'ignore');

/** What else is read of the manifests: who may exist at all. */
type Asked = { readonly admission?: boolean; readonly templates?: boolean };

/** The cluster that a command line describes, with the dataplane that it names; shows warnings. @throws ManifestError */
export async function loadNamed(parsed: Parsed, io: Io, asked: Asked = {}): Promise<Loaded> {
  const enforcement = enforcementOf(parsed);
  const loaded = await loadAsWritten(parsed, io, asked);
  return { ...loaded, cluster: underDataplane(loaded.cluster, enforcement) };
}

/** The same before any dataplane reads it. */
export async function loadAsWritten(
  parsed: Parsed,
  io: Io,
  { admission = false, templates = false }: Asked = {},
): Promise<Loaded> {
  const loaded = await loadCluster(manifestPaths(parsed), {
    keepGoing: parsed.has(KEEP_GOING.name),
    staged: staged(parsed),
    stdin: io.stdin,
    admission,
    templates,
  });
  printDiagnostics(loaded.diagnostics, io);
  return loaded;
}

/** The table of the manifests of a command line. @throws ManifestError, LimitError */
export async function compileNamed(parsed: Parsed, io: Io): Promise<MatchTable> {
  const { cluster } = await loadNamed(parsed, io, { templates: true });
  return compileCluster(parsed, cluster);
}

/** @throws LimitError */
export const compileCluster = (parsed: Parsed, cluster: Cluster): PolicyTable =>
  compile(cluster, compileOptions(parsed));

export function compileOptions(parsed: Parsed): CompileOptions {
  const maxTableBytes = parsed.number(MAX_TABLE_BYTES.name);
  return maxTableBytes === undefined ? {} : { maxTableBytes };
}

/** Where the manifests of one side of a comparison are, and how they are taken. */
export type Manifests = { readonly paths: readonly string[]; readonly staged: Staged };

/**
 * The tables of two sets of manifests, with contents. What both read is told of once; standard input is read once for
 * both. @throws ManifestError with the errors of either, LimitError
 */
export async function compileTwo(
  sides: readonly [Manifests, Manifests],
  parsed: Parsed,
  io: Io,
): Promise<[old: MatchTable, next: MatchTable]> {
  const reads = sides.some(({ paths }) => paths.includes(STDIN));
  const stdin = reads ? twice(io.stdin) : () => io.stdin;
  const told = new Map<string, Diagnostic>();
  const tell = (diagnostics: readonly Diagnostic[]): void => {
    for (const one of diagnostics) told.set(formatDiagnostic(one), one);
  };
  const enforcement = enforcementOf(parsed);
  const clusters: Cluster[] = [];
  for (const { paths, staged } of sides)
    try {
      const keepGoing = parsed.has(KEEP_GOING.name);
      const loaded = await loadCluster(paths, { keepGoing, staged, stdin: stdin() });
      tell(loaded.diagnostics);
      clusters.push(underDataplane(loaded.cluster, enforcement));
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      tell(error.diagnostics);
    }
  const diagnostics = [...told.values()];
  if (clusters.length < sides.length) throw new ManifestError(diagnostics);
  printDiagnostics(diagnostics, io);
  const options = { ...compileOptions(parsed), contents: true };
  return [compile(clusters[0]!, options), compile(clusters[1]!, options)];
}

/** Every call reads the whole of a stream that can be read once. */
function twice(stream: AsyncIterable<Uint8Array>): () => AsyncIterable<Uint8Array> {
  const parts: Uint8Array[] = [];
  let ended = false;
  return async function* () {
    yield* parts;
    if (ended) return;
    for await (const part of stream) {
      parts.push(part);
      yield part;
    }
    ended = true;
  };
}
