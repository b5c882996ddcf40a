import { formatPosition } from '../source/position.ts';
import {
  decisionOf,
  describeFinding,
  FIRST_TIER_END,
  type FindingWords,
  policiesOfTier,
  policyName,
  profileOf,
} from './decisions.ts';
import type { MatchTable } from './match-table.ts';

/** A policy and the place where it is written. */
export type PolicyPlace = { readonly policy: string; readonly at: string };

/** What one end decided, with the places of the policies that isolate it. */
export type EndDecision = FindingWords & { readonly isolatedAt: readonly PolicyPlace[] | null };

export function endDecision(table: MatchTable, finding: number): EndDecision {
  const words = describeFinding(table, finding);
  return { ...words, isolatedAt: words.isolatedBy && isolatingPlaces(table, finding, words.isolatedBy.length) };
}

/** The first policies that isolate the end of a finding that is a tier's end, with their places. */
function isolatingPlaces(table: MatchTable, finding: number, most: number): PolicyPlace[] {
  const { general, count, policies } = table.decisions;
  const tier = decisionOf(general, count, finding) - FIRST_TIER_END;
  return policiesOfTier(table, profileOf(general, count, finding), tier)
    .slice(0, most)
    .map((policy) => ({ policy: policyName(table, policy), at: formatPosition(policies[policy]!.at) }));
}
