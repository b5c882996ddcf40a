import { decisionOf, FIRST_TIER_END, policiesOfTier, profileOf } from '../table/decisions.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { PolicyChange } from '../verdict/differences.ts';
import type { Amount, Tally } from '../verdict/tally.ts';
import { matchPolicies } from './match-up.ts';

type Findings = Tally['findings'];

/**
 * Policies that are on one side alone, or say other things on the two (by content: a policy that was moved to another
 * file is the same), and how many packets tried them. In the order of the next side, then what was removed.
 * Both tables are compiled with `contents`.
 */
export function policyChanges(
  old: MatchTable,
  next: MatchTable,
  oldHits: Findings,
  nextHits: Findings,
): PolicyChange[] {
  const partners = matchPolicies(old, next);
  const oldOf = new Map([...partners].map((partner, place) => [partner, place]));
  const oldPackets = packetsOf(old, oldHits);
  const nextPackets = packetsOf(next, nextHits);
  const changes: PolicyChange[] = [];
  next.decisions.policies.forEach((policy, place) => {
    const before = oldOf.get(place) ?? null;
    const tierOf = (table: MatchTable, tier: number): string => table.decisions.tiers[tier]!;
    const was = before === null ? null : old.decisions.policies[before]!;
    if (was !== null && was.content === policy.content && tierOf(old, was.tier) === tierOf(next, policy.tier)) return;
    const packets = Math.max(nextPackets[place]!, before === null ? 0 : oldPackets[before]!);
    changes.push({ old: before, next: place, packets });
  });
  old.decisions.policies.forEach((_, place) => {
    if (partners[place]! < 0) changes.push({ old: place, next: null, packets: oldPackets[place]! });
  });
  return changes;
}

/** By policy: the packets that a rule of it decided, or that ended in its tier at an end that it selects. */
function packetsOf(table: MatchTable, hits: Findings): Float64Array {
  const { general, count, rules, policies } = table.decisions;
  const packets = new Float64Array(policies.length);
  const add = (policy: number, amount: Amount): void => {
    packets[policy]! += amount.packets;
  };
  for (const [finding, amount] of hits) {
    const decision = decisionOf(general, count, finding);
    if (decision >= general) add(rules[decision - general]!.policy, amount);
    else if (decision >= FIRST_TIER_END)
      for (const policy of policiesOfTier(table, profileOf(general, count, finding), decision - FIRST_TIER_END))
        add(policy, amount);
  }
  return packets;
}
