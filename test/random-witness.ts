/**
 * Which rules of a cluster decide something. A rule is kept when a packet was found that it decides: its witness. A
 * rule that no packet can meet tells nothing of the table.
 */
import { Judge, type Opinion } from '../src/explain/judge.ts';
import type { Cluster } from '../src/model/cluster.ts';
import type { Direction, Policy, Rule } from '../src/model/policy.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import type { Packets } from './random-packets.ts';

/** A rule in its place. */
export type PlacedRule = { readonly policy: Policy; readonly direction: Direction; readonly rule: Rule };

/** How many packets are aimed at a rule before it is given up. */
const TRIES = 12;
const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

export const placedRules = (cluster: Cluster): PlacedRule[] =>
  cluster.policies.flatMap((policy) =>
    DIRECTIONS.flatMap((direction) => policy[direction].map((rule) => ({ policy, direction, rule }))),
  );

/** The cluster without the rules that decide nothing, and the packets that show what the others do. */
export function keepDeciding(cluster: Cluster, packets: Packets): { cluster: Cluster; witnesses: FiveTuple[] } {
  let kept = cluster;
  for (;;) {
    const judge = new Judge(kept);
    const witnesses: FiveTuple[] = [];
    const idle = new Set<Rule>();
    for (const placed of placedRules(kept)) {
      const witness = witnessOf(kept, judge, packets, placed);
      if (witness === null) idle.add(placed.rule);
      else witnesses.push(witness);
    }
    if (idle.size === 0) return { cluster: kept, witnesses };
    kept = mapRules(kept, (rule) => (idle.has(rule) ? null : rule));
  }
}

/** A rule of a staged policy is kept when it would decide, were the policy in force. */
function witnessOf(cluster: Cluster, judge: Judge, packets: Packets, placed: PlacedRule): FiveTuple | null {
  const { direction, rule } = placed;
  const policy = { ...placed.policy, staged: false };
  const enforced = placed.policy.staged ? withPolicy(cluster, placed.policy, policy) : cluster;
  const asked = placed.policy.staged ? new Judge(enforced) : judge;
  const decides = rule.action === 'allow' || rule.action === 'deny';
  const without = decides ? null : new Judge(withoutEffect(enforced, rule));
  for (let i = 0; i < TRIES; i++) {
    const tuple = packets.aimedAt(policy, direction, rule);
    if (tuple === null) continue;
    const opinion = asked.end(direction, tuple);
    if (without === null ? opinion.rule === rule : !sameOpinion(opinion, without.end(direction, tuple))) return tuple;
  }
  return null;
}

export const withPolicy = (cluster: Cluster, from: Policy, to: Policy): Cluster => ({
  ...cluster,
  policies: cluster.policies.map((one) => (one === from ? to : one)),
});

/** A pass that does nothing is a log; a log that did something would deny. */
const withoutEffect = (cluster: Cluster, rule: Rule): Cluster =>
  mapRules(cluster, (one) => (one === rule ? { ...one, action: one.action === 'pass' ? 'log' : 'deny' } : one));

/** Replaces rules, or takes them out (null); the rest keep their order and are numbered anew. */
export function mapRules(cluster: Cluster, change: (rule: Rule) => Rule | null): Cluster {
  const list = (rules: readonly Rule[]): Rule[] =>
    rules
      .flatMap((rule) => change(rule) ?? [])
      .map((rule, index) => (rule.index === index ? rule : { ...rule, index }));
  return {
    ...cluster,
    policies: cluster.policies.map((policy) => ({
      ...policy,
      ingress: list(policy.ingress),
      egress: list(policy.egress),
    })),
  };
}

/** Whether two opinions, of judges of nearly the same cluster, come to the same by the same. */
export const sameOpinion = (a: Opinion, b: Opinion): boolean =>
  a.action === b.action &&
  a.reason === b.reason &&
  a.tier?.name === b.tier?.name &&
  a.policy?.name === b.policy?.name &&
  a.rule?.index === b.rule?.index;
