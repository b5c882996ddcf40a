import { decisionOf, describeFinding, type FindingWords } from './decisions.ts';
import type { MatchTable } from './match-table.ts';

/**
 * Host endpoints, lowered: what judges the traffic of the nodes themselves. Read by replay where an end is a node's
 * address, and by reports.
 */
export type HostTable = HostProfiles & {
  /** How many there are. */
  readonly count: number;
  /** What policies that select them say there and is not simulated. */
  readonly unsimulated: readonly { readonly policy: string; readonly field: string }[];
};

/**
 * By address class, as `classes.egressProfile` and `ingressProfile` of pods: profiles for what a node's address sends
 * and receives, to and from other machines and (inward) between addresses of the node. PROFILE_OUTSIDE: no host endpoint.
 */
export type HostProfiles = {
  readonly egressProfile: Uint32Array;
  readonly ingressProfile: Uint32Array;
  readonly inwardEgressProfile: Uint32Array;
  readonly inwardIngressProfile: Uint32Array;
};

/**
 * Which of two findings stands for a packet that two host endpoints judged, its sender's and its receiver's: one that
 * denies, else one that cannot tell, else the receiver's. Given are findings and 1 more, 0 where nobody was asked; -1:
 * nobody was.
 */
export function hostFinding({ decisions }: Pick<MatchTable, 'decisions'>, egress: number, ingress: number): number {
  if (egress === 0 || ingress === 0) return Math.max(egress, ingress) - 1;
  const { general, count, action } = decisions;
  const weight = (finding: number): number => WEIGHTS[action[decisionOf(general, count, finding - 1)]!]!;
  return (weight(egress) > weight(ingress) ? egress : ingress) - 1;
}

/** By ACTION_*. */
const WEIGHTS = [0, 0, 2, 0, 1];

/** What a host endpoint decided, of a finding and 1 more; null of 0: nobody was asked. */
export const hostWords = (table: MatchTable, finding: number): FindingWords | null =>
  finding === 0 ? null : describeFinding(table, finding - 1);
