/** Which actions a packet meets on its way down the tiers: what the judge goes past as well as what it ends at. */
import type { Judge } from '../src/explain/judge.ts';
import type { Cluster } from '../src/model/cluster.ts';
import { governs, newest, orderedPolicies, orderedTiers } from '../src/model/order.ts';
import type { Action, Direction, Policy } from '../src/model/policy.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';

export const ACTIONS: readonly Action[] = ['allow', 'deny', 'pass', 'log'];

export class ActionsMet {
  readonly #judge: Judge;
  readonly #tiers: readonly (readonly Policy[])[];

  constructor(cluster: Cluster, judge: Judge) {
    this.#judge = judge;
    this.#tiers = orderedTiers(cluster).map(({ name }) =>
      orderedPolicies(cluster.policies.filter(({ tier }) => tier === name)),
    );
  }

  /** Of a packet whose ports are known, at one end. */
  of(direction: Direction, tuple: FiveTuple): ReadonlySet<Action> {
    const met = new Set<Action>();
    const subject = newest(this.#judge.endpointsAt(direction === 'egress' ? tuple.src : tuple.dst));
    if (subject === undefined) return met;
    for (const tier of this.#tiers) {
      const rules = tier.filter((policy) => governs(policy, subject, direction)).flatMap((policy) => policy[direction]);
      for (const rule of rules) {
        if (!this.#judge.ruleMatches(rule, tuple)) continue;
        const { action } = rule;
        met.add(action);
        if (action === 'allow' || action === 'deny') return met;
        if (action === 'pass') break;
      }
    }
    return met;
  }
}
