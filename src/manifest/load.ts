import type { Cluster } from '../model/cluster.ts';
import { type Diagnostic, ManifestError } from '../source/errors.ts';
import { assemble } from './assemble.ts';
import { listFiles, readInput } from './files.ts';
import type { ReadObject } from './kind.ts';
import { readObjects } from './objects.ts';
import { Report } from './report.ts';
import type { Staged } from './staged.ts';
import { Unread } from './unread.ts';

export type Loaded = {
  readonly cluster: Cluster;
  /** Warnings, and under `keepGoing` what would have been errors. In the order of the input. */
  readonly diagnostics: readonly Diagnostic[];
};

export type LoadOptions = {
  /** Turn manifest errors into warnings and leave out the objects that have them. */
  readonly keepGoing?: boolean;
  /** What becomes of staged policies: they have no effect (the default), or are taken as applied. */
  readonly staged?: Staged;
  /** What `-` among the paths reads: standard input, unless a test hands something else. */
  readonly stdin?: AsyncIterable<Uint8Array>;
};

/**
 * Reads manifests from files, folders (recursively: .yaml, .yml, .json) and `-`.
 *
 *      paths
 *         |  listFiles    folders become files, in order of name
 *      files
 *         |  readInput    bytes become text, strictly
 *      text
 *         |  readObjects  text becomes nodes with places, and each kind's reader makes its objects
 *      objects
 *         |  assemble     duplicates, namespaces, service accounts and slices are joined
 *      Cluster
 *
 * An input that cannot be read at all (missing, a device, too large) is an error under `keepGoing` too.
 * @throws ManifestError with every error of every file when there is one and `keepGoing` is not set
 */
export async function loadCluster(paths: readonly string[], options: LoadOptions = {}): Promise<Loaded> {
  const report = new Report();
  const unread = new Unread(report);
  const files = await listFiles(paths, report);
  const objects: ReadObject[] = [];
  for (const file of files) {
    const input = await readInput(file, options.stdin ?? process.stdin, report);
    if (input !== null) for (const object of readObjects(input, report, unread)) objects.push(object);
  }
  unread.finish();
  const cluster = assemble(objects, options.staged ?? 'ignore', report);
  const diagnostics = report.inOrder();
  if (report.fatalErrors > 0 || (report.errors > 0 && !options.keepGoing)) throw new ManifestError(diagnostics);
  return { cluster, diagnostics: diagnostics.map((d) => (d.severity === 'error' ? { ...d, severity: 'warning' } : d)) };
}
