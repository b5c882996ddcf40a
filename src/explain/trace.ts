import type { Cluster } from '../model/cluster.ts';
import { type Endpoint, qualifiedName } from '../model/endpoint.ts';
import { newest, orderedPolicies, orderedTiers } from '../model/order.ts';
import type { Direction, Policy, Rule, Tier } from '../model/policy.ts';
import { matches } from '../model/selector.ts';
import type { FiveTuple } from '../net/five-tuple.ts';
import { Conditions, distanceOf, type FailedPart } from './conditions.ts';
import { type Judge, needsPorts } from './judge.ts';

/** A rule that was asked. */
export type RuleStep = {
  readonly rule: Rule;
  readonly outcome: 'matches' | 'misses' | 'depends-on-ports';
  readonly failed: readonly FailedPart[];
  readonly distance: number;
};

/** A policy that selects the end, in force or not. */
export type PolicyStep = {
  readonly policy: Policy;
  readonly outcome: 'allows' | 'denies' | 'passes' | 'no-match' | 'not-reached' | 'not-enforced';
  readonly rules: readonly RuleStep[];
};

export type TierStep = {
  readonly tier: Tier;
  readonly outcome: 'decided' | 'ended' | 'passed' | 'not-reached' | 'not-enforced';
  readonly policies: readonly PolicyStep[];
};

/** One end's chain, step by step. */
export type Trace = {
  readonly subject: Endpoint | undefined;
  readonly tiers: readonly TierStep[];
  /** Policies of the direction that do not select the end. */
  readonly notSelecting: number;
  /** Where it ended; null where what the packet does not tell decides. */
  readonly end: TraceEnd | null;
};

export type TraceEnd = {
  readonly action: 'allow' | 'deny' | 'none';
  readonly reason: 'rule' | 'end-of-tier' | 'profile' | 'no-policy' | 'not-an-endpoint' | 'failsafe';
  readonly tier: Tier | null;
  readonly policy: Policy | null;
  readonly rule: Rule | null;
};

const NOTHING = { tier: null, policy: null, rule: null } as const;

/** The same chain as the judge's, in the same order; every rule's parts are the judge's own questions. */
export const trace = (cluster: Cluster, judge: Judge, direction: Direction, tuple: FiveTuple): Trace =>
  traceOf(cluster, judge, direction, tuple, newest(judge.endpointsAt(direction === 'egress' ? tuple.src : tuple.dst)));

/** The chain of the host endpoint that is asked, which begins with its failsafes; null where none is. */
export function hostTrace(cluster: Cluster, judge: Judge, direction: Direction, tuple: FiveTuple): Trace | null {
  const subject = judge.hosts.asked(direction, tuple);
  if (subject === null) return null;
  const [seen] = judge.hosts.seen(direction, tuple);
  const found = traceOf(cluster, judge, direction, seen!, subject);
  if (judge.host(direction, tuple)?.reason !== 'failsafe') return found;
  const tiers = found.tiers.map((step): TierStep => unreached(step));
  return { ...found, tiers, end: { action: 'allow', reason: 'failsafe', ...NOTHING } };
}

/** A tier that nobody came to. */
const unreached = (step: TierStep): TierStep =>
  step.outcome === 'not-enforced'
    ? step
    : {
        ...step,
        outcome: 'not-reached',
        policies: step.policies.map(({ policy, outcome }): PolicyStep => {
          return { policy, outcome: outcome === 'not-enforced' ? outcome : 'not-reached', rules: [] };
        }),
      };

function traceOf(
  cluster: Cluster,
  judge: Judge,
  direction: Direction,
  tuple: FiveTuple,
  subject: Endpoint | undefined,
): Trace {
  const governing = cluster.policies.filter(({ directions }) => directions.includes(direction));
  const end: TraceEnd = { action: 'none', reason: 'not-an-endpoint', ...NOTHING };
  if (subject === undefined) return { subject, tiers: [], notSelecting: governing.length, end };
  const selecting = governing.filter((policy) => matches(policy.selector, subject.labels));
  const walk = new Walk(judge, direction, tuple);
  const tiers = orderedTiers(cluster).flatMap((tier) => {
    const policies = orderedPolicies(selecting.filter((policy) => policy.tier === tier.name));
    return policies.length === 0 ? [] : [walk.tier(tier, policies)];
  });
  return { subject, tiers, notSelecting: governing.length - selecting.length, end: walk.end(subject) };
}

/** Goes down the tiers, and remembers where it ended. */
class Walk {
  readonly #judge: Judge;
  readonly #direction: Direction;
  readonly #tuple: FiveTuple;
  readonly #conditions: Conditions;
  #end: TraceEnd | null = null;
  #policed = false;
  /** A rule may have matched, so where it ends is not known. */
  #unsure = false;

  constructor(judge: Judge, direction: Direction, tuple: FiveTuple) {
    this.#judge = judge;
    this.#direction = direction;
    this.#tuple = tuple;
    this.#conditions = new Conditions(judge, tuple);
  }

  end({ profile }: Endpoint): TraceEnd | null {
    if (this.#unsure) return null;
    if (this.#end !== null) return this.#end;
    if (profile === 'deny') return { action: 'deny', reason: 'profile', ...NOTHING };
    return this.#policed
      ? { action: 'allow', reason: 'profile', ...NOTHING }
      : { action: 'none', reason: 'no-policy', ...NOTHING };
  }

  tier(tier: Tier, policies: readonly Policy[]): TierStep {
    const enforced = policies.some(({ staged }) => !staged);
    const reached = this.#end === null;
    let passed = false;
    const steps = policies.map((policy): PolicyStep => {
      if (policy.staged) return { policy, outcome: 'not-enforced', rules: [] };
      if (this.#end !== null || passed) return { policy, outcome: 'not-reached', rules: [] };
      const step = this.#policy(tier, policy);
      passed = step.outcome === 'passes';
      return step;
    });
    if (!enforced) return { tier, outcome: 'not-enforced', policies: steps };
    if (!reached) return { tier, outcome: 'not-reached', policies: steps };
    this.#policed = true;
    if (this.#end !== null) return { tier, outcome: 'decided', policies: steps };
    if (!passed && tier.defaultAction === 'deny') {
      this.#end = { action: 'deny', reason: 'end-of-tier', tier, policy: null, rule: null };
      return { tier, outcome: 'ended', policies: steps };
    }
    return { tier, outcome: passed ? 'passed' : 'ended', policies: steps };
  }

  #policy(tier: Tier, policy: Policy): PolicyStep {
    const rules: RuleStep[] = [];
    for (const rule of policy[this.#direction]) {
      const step = this.#rule(rule);
      rules.push(step);
      if (rule.action === 'log') continue;
      if (step.outcome === 'depends-on-ports') this.#unsure = true;
      if (step.outcome !== 'matches') continue;
      if (rule.action === 'pass') return { policy, outcome: 'passes', rules };
      this.#end = { action: rule.action, reason: 'rule', tier, policy, rule };
      return { policy, outcome: rule.action === 'allow' ? 'allows' : 'denies', rules };
    }
    return { policy, outcome: 'no-match', rules };
  }

  #rule(rule: Rule): RuleStep {
    const unread = needsPorts(this.#tuple);
    if (!unread && this.#judge.ruleMatches(rule, this.#tuple))
      return { rule, outcome: 'matches', failed: [], distance: 0 };
    const failed = this.#conditions.failed(rule);
    const surely = failed.some(({ alternatives }) => alternatives.every((all) => all.some((one) => !one.unread)));
    const outcome = failed.length === 0 ? 'matches' : unread && !surely ? 'depends-on-ports' : 'misses';
    return { rule, outcome, failed, distance: distanceOf(failed) };
  }
}

/** The rule that lacks least: rules that allow or pass before those that do not. */
export function nearestOf({ rules }: PolicyStep): RuleStep | null {
  const opening = rules.filter(({ rule, outcome }) => rule.action === 'allow' && outcome !== 'matches');
  return opening.reduce<RuleStep | null>(
    (best, step) => (best === null || step.distance < best.distance ? step : best),
    null,
  );
}

export const policyTitle = (policy: Policy): string => `${policy.kind} ${qualifiedName(policy)}`;
