import type { Admission } from '../model/admission.ts';
import type { Cluster } from '../model/cluster.ts';
import { type Diagnostic, ManifestError } from '../source/errors.ts';
import { joinAdmission } from './admission.ts';
import { assemble, withoutDuplicates } from './assemble.ts';
import { listFiles, readInput } from './files.ts';
import type { ReadObject } from './kind.ts';
import { readObjects } from './objects.ts';
import { Report } from './report.ts';
import type { Staged } from './staged.ts';
import { Unread } from './unread.ts';

export type Loaded = {
  readonly cluster: Cluster;
  /** What decides which pods exist; null unless it was asked for. */
  readonly admission: Admission | null;
  /** Warnings, and under `keepGoing` what would have been errors. In the order of the input. */
  readonly diagnostics: readonly Diagnostic[];
};

export type LoadOptions = {
  /** Turn manifest errors into warnings and leave out the objects that have them. */
  readonly keepGoing?: boolean;
  /** What becomes of staged policies: they have no effect (the default), or are taken as applied. */
  readonly staged?: Staged;
  /** Read as well what decides which pods exist, and check it: workloads, RBAC, PodSecurityPolicies, namespace labels. */
  readonly admission?: boolean;
  /** Let workloads stand for the pods that they would make, as endpoints without an address, unless those are given. */
  readonly templates?: boolean;
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
  const scope = options.admission ? 'admission' : options.templates ? 'templates' : 'verdicts';
  const read: ReadObject[] = [];
  for (const file of files) {
    const input = await readInput(file, options.stdin ?? process.stdin, report);
    if (input !== null) for (const object of readObjects(input, report, unread, scope)) read.push(object);
  }
  unread.finish();
  const objects = withoutDuplicates(read, report);
  const admission = options.admission ? joinAdmission(objects, report) : null;
  const cluster = assemble(objects, options.staged ?? 'ignore', report, options.templates);
  const diagnostics = report.inOrder();
  if (report.fatalErrors > 0 || (report.errors > 0 && !options.keepGoing)) throw new ManifestError(diagnostics);
  return {
    cluster,
    admission,
    diagnostics: diagnostics.map((d) => (d.severity === 'error' ? { ...d, severity: 'warning' } : d)),
  };
}
