import type { Cluster } from './cluster.ts';
import type { Endpoint } from './endpoint.ts';
import { qualifiedName } from './endpoint.ts';
import type { Direction, Policy, Tier } from './policy.ts';
import { matches } from './selector.ts';

/** Text order by UTF-16 unit, as Go compares ASCII names; never the locale's. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Orders ascend; null is last. */
const compareOrder = (a: number | null, b: number | null): number =>
  a === b ? 0 : a === null ? 1 : b === null ? -1 : a - b;

/**
 * The tiers in the order in which they are asked: by order, then by name. A tier that policies name and nobody
 * defines comes after all others, even those without an order, and denies at its end: Calico evaluates it all the same
 * (felix/calc/policy_sorter.go, TierLess).
 */
export function orderedTiers(cluster: Pick<Cluster, 'tiers' | 'policies'>): Tier[] {
  const defined = new Set(cluster.tiers.map((tier) => tier.name));
  const named = new Set(cluster.policies.map((policy) => policy.tier));
  const undefinedTiers = [...named]
    .filter((name) => !defined.has(name))
    .sort(compareText)
    .map((name): Tier => ({ name, order: null, defaultAction: 'deny' }));
  const sorted = [...cluster.tiers].sort((a, b) => compareOrder(a.order, b.order) || compareText(a.name, b.name));
  return [...sorted, ...undefinedTiers];
}

/** The policies in the order in which their tier asks them: by order, then by the text that breaks ties. */
export const orderedPolicies = (policies: readonly Policy[]): Policy[] =>
  [...policies].sort((a, b) => compareOrder(a.order, b.order) || compareText(a.tieBreak, b.tieBreak));

/** Whether a policy is in force for an endpoint in a direction. */
export const governs = (policy: Policy, endpoint: Endpoint, direction: Direction): boolean =>
  !policy.staged && policy.directions.includes(direction) && matches(policy.selector, endpoint.labels);

/** Of several live endpoints with one address the one that is the subject there: the newest, then the first by name. */
export function newest(endpoints: readonly Endpoint[]): Endpoint | undefined {
  const byAge = [...endpoints].sort(
    (a, b) => compareText(b.created ?? '', a.created ?? '') || compareText(qualifiedName(a), qualifiedName(b)),
  );
  return byAge[0];
}
