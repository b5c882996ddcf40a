import type { Target } from './target.ts';
import { pcapFiles, pcapngFiles } from './targets/captures.ts';
import { gzipStreams, zstdStreams } from './targets/containers.ts';
import { frames } from './targets/frames.ts';
import { hubbleEvents, tupleLines, vpcRecords, zeekObjects, zeekTables } from './targets/lines.ts';
import { budgets, manifests } from './targets/manifests.ts';
import { addresses, calicoSelectors, labelSelectors } from './targets/selectors.ts';

/** Every reader of input that nobody vouches for. */
export const TARGETS: readonly Target[] = [
  frames,
  pcapFiles,
  pcapngFiles,
  gzipStreams,
  zstdStreams,
  tupleLines,
  hubbleEvents,
  vpcRecords,
  zeekTables,
  zeekObjects,
  calicoSelectors,
  labelSelectors,
  addresses,
  manifests,
  budgets,
];
