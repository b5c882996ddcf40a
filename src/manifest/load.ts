import type { Cluster } from '../model/cluster.ts';
import type { Diagnostic } from '../source/errors.ts';

export type Loaded = {
  readonly cluster: Cluster;
  /** Warnings, and under `keepGoing` what would have been errors. In the order of the input. */
  readonly diagnostics: readonly Diagnostic[];
};

export type LoadOptions = {
  /** Turn manifest errors into warnings and leave out the objects that have them. */
  readonly keepGoing?: boolean;
  /** What `-` among the paths reads: standard input, unless a test hands something else. */
  readonly stdin?: AsyncIterable<Uint8Array>;
};

/**
 * Reads manifests from files, folders (recursively: .yaml, .yml, .json) and `-`.
 * @throws ManifestError with every error of every file when there is one and `keepGoing` is not set
 */
export async function loadCluster(_paths: readonly string[], _options: LoadOptions = {}): Promise<Loaded> {
  throw new Error('not built yet');
}
