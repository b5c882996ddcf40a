import type { Cluster } from '../model/cluster.ts';
import type { MatchTable } from '../table/match-table.ts';

export type CompileOptions = {
  /** Refuse to build a table larger than this many bytes. */
  readonly maxTableBytes?: number;
};

/**
 * Compiles a cluster's policies into one match table.
 * @throws LimitError before anything is allocated beyond `maxTableBytes`, with the numbers that drove it
 */
export function compile(_cluster: Cluster, _options: CompileOptions = {}): MatchTable {
  throw new Error('not built yet');
}
