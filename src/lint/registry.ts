import type { Cluster } from '../model/cluster.ts';
import type { Diagnostic } from '../source/errors.ts';
import { dnsWithoutUdp } from './dns-without-udp.ts';
import { duplicatePeer, duplicatePolicy, duplicateRule } from './duplicates.ts';
import { idleExcept } from './idle-except.ts';
import { isolates } from './isolates.ts';
import type { Lint } from './lint.ts';
import { namedPortAbsent } from './named-port-absent.ts';
import { peerSelectsNothing, policySelectsNothing } from './selects-nothing.ts';
import { serviceRange } from './service-range.ts';

/** Every lint. To add one: a file beside these, a line here, a row and an example in docs/validate.md. */
export const LINTS: readonly Lint[] = [
  ...[policySelectsNothing, peerSelectsNothing, isolates, namedPortAbsent, dnsWithoutUdp],
  ...[serviceRange, idleExcept, duplicateRule, duplicatePeer, duplicatePolicy],
];

/** What all lints have to say of a cluster, file by file from the top down. */
export function lint(cluster: Cluster): Diagnostic[] {
  const rank = new Map<string, number>();
  for (const { at } of cluster.policies) if (!rank.has(at.file)) rank.set(at.file, rank.size);
  const found = LINTS.flatMap(({ code, severity, find }) =>
    find(cluster).map((remark): Diagnostic => ({ severity, code, ...remark })),
  );
  return found.sort(
    ({ at: a }, { at: b }) => rank.get(a.file)! - rank.get(b.file)! || a.line - b.line || a.column - b.column,
  );
}
