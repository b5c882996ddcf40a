import { decisionOf, type FindingWords, profileOf } from '../table/decisions.ts';
import { type EndDecision, endDecision } from '../table/end-decision.ts';
import type { HostProfiles } from '../table/hosts.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { Amount } from '../verdict/tally.ts';

export type Direction = 'egress' | 'ingress';

/** What decided, and how much it decided. `direction` is null where profiles of both directions look the same. */
export type Hit = Amount & EndDecision & { readonly direction: Direction | null };

/** Reasons of findings that nobody decided: no policy was asked. */
const NOBODY: readonly FindingWords['reason'][] = ['no-policy', 'not-an-endpoint', 'not-judged', 'undetermined'];

/**
 * Hits by rule, by end of tier and by profile, in the order in which they were first met. Profiles that lead to the
 * same words (pods that the same policies select, and that differ in what their ports are called) count as one.
 */
export function hitsOf(table: MatchTable, findings: ReadonlyMap<number, Amount>): Hit[] {
  const directions = directionsOf(table);
  const hits = new Map<string, Hit>();
  for (const [finding, amount] of findings) {
    const words = endDecision(table, finding);
    if (NOBODY.includes(words.reason)) continue;
    const direction = directionOf(table, finding, directions);
    const key = JSON.stringify([direction, words]);
    const known = hits.get(key);
    if (known === undefined) hits.set(key, { direction, ...words, ...amount });
    else {
      known.packets += amount.packets;
      known.bytes += amount.bytes;
      known.connections += amount.connections;
    }
  }
  return [...hits.values()];
}

type ProfileDirections = { readonly egress: ReadonlySet<number>; readonly ingress: ReadonlySet<number> };

/** A profile is for one direction; which one, the classes that carry it tell. */
export const directionsOf = (table: MatchTable): ProfileDirections => ({
  egress: new Set(
    [table.classes.egressProfile, ...columns(table, 'egressProfile', 'inwardEgressProfile')].flatMap(numbers),
  ),
  ingress: new Set(
    [table.classes.ingressProfile, ...columns(table, 'ingressProfile', 'inwardIngressProfile')].flatMap(numbers),
  ),
});

/** Of host endpoints, where there are any. */
const columns = ({ hosts }: MatchTable, ...names: readonly (keyof HostProfiles)[]): Uint32Array[] =>
  hosts == null ? [] : names.map((name) => hosts[name]);

const numbers = (column: Uint32Array): number[] => [...new Set(column)];

function directionOf(table: MatchTable, finding: number, directions: ProfileDirections): Direction | null {
  const { general, count, rules } = table.decisions;
  const profile = profileOf(general, count, finding);
  if (profile < 0) return rules[decisionOf(general, count, finding) - general]!.direction;
  const egress = directions.egress.has(profile);
  if (egress === directions.ingress.has(profile)) return null;
  return egress ? 'egress' : 'ingress';
}
