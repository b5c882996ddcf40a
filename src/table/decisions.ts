import { formatPosition } from '../source/position.ts';
import { ACTION_ALLOW, ACTION_DENY, ACTION_NONE, type MatchTable } from './match-table.ts';

/**
 * Decision numbers. The lowest are general, the same in every table up to the ends of tiers; the rest are rules.
 *
 *     0 undetermined   1 not an endpoint   2 no policy   3 profile allows   4 profile denies   5 not judged
 *     6 failsafe: a port that host endpoints always let through
 *     7 + k  end of tier k                  general + r  rule r
 *
 * A *finding* is a decision together with whom it was made for, in one number: a rule speaks for itself, a general
 * decision needs the profile that leads to the isolating policies.
 *
 *     finding = decision                                             when it is a rule
 *             = count + profile * general + decision                 else
 */
export const UNDETERMINED_DECISION = 0;
export const NOT_AN_ENDPOINT = 1;
export const NO_POLICY = 2;
export const PROFILE_ALLOW = 3;
export const PROFILE_DENY = 4;
export const NOT_JUDGED = 5;
export const FAILSAFE = 6;
export const FIRST_TIER_END = 7;

/** Profiles that every table has: of addresses that are no endpoint, and of ends that no policy selects. */
export const PROFILE_OUTSIDE = 0;
export const PROFILE_UNPOLICED = 1;

export const findingOf = (general: number, count: number, profile: number, decision: number): number =>
  decision >= general ? decision : count + profile * general + decision;

/** The decision of a finding. */
export const decisionOf = (general: number, count: number, finding: number): number =>
  finding < count ? finding : (finding - count) % general;

/** The profile of a finding; -1 for a rule's. */
export const profileOf = (general: number, count: number, finding: number): number =>
  finding < count ? -1 : Math.floor((finding - count) / general);

/** A decision object in words: the shape of `egress` and `ingress` in NDJSON lines (verdict/decision.ts). */
export type FindingWords = {
  readonly action: 'allow' | 'deny' | 'none' | null;
  readonly tier: string | null;
  readonly kind: string | null;
  readonly policy: string | null;
  readonly rule: number | null;
  readonly at: string | null;
  readonly reason:
    | 'rule'
    | 'end-of-tier'
    | 'profile'
    | 'no-policy'
    | 'not-an-endpoint'
    | 'not-judged'
    | 'failsafe'
    | 'undetermined';
  readonly isolatedBy: readonly string[] | null;
};

const MAX_ISOLATING = 8;

const WITHOUT_RULE = { tier: null, kind: null, policy: null, rule: null, at: null } as const;

const GENERAL: ReadonlyMap<number, FindingWords> = new Map<number, FindingWords>([
  [UNDETERMINED_DECISION, { action: null, ...WITHOUT_RULE, reason: 'undetermined', isolatedBy: null }],
  [NOT_AN_ENDPOINT, { action: 'none', ...WITHOUT_RULE, reason: 'not-an-endpoint', isolatedBy: null }],
  [NO_POLICY, { action: 'none', ...WITHOUT_RULE, reason: 'no-policy', isolatedBy: null }],
  [PROFILE_ALLOW, { action: 'allow', ...WITHOUT_RULE, reason: 'profile', isolatedBy: null }],
  [PROFILE_DENY, { action: 'deny', ...WITHOUT_RULE, reason: 'profile', isolatedBy: null }],
  [NOT_JUDGED, { action: null, ...WITHOUT_RULE, reason: 'not-judged', isolatedBy: null }],
  [FAILSAFE, { action: 'allow', ...WITHOUT_RULE, reason: 'failsafe', isolatedBy: null }],
]);

/** `namespace/name`, or the name alone, of a policy of the table. */
export function policyName(table: MatchTable, policy: number): string {
  const { namespace, name } = table.decisions.policies[policy]!;
  return namespace === null ? name : `${namespace}/${name}`;
}

/** The words of a finding. Off the hot path: allocates. */
export function describeFinding(table: MatchTable, finding: number): FindingWords {
  const { general, count, rules, policies, tiers, action } = table.decisions;
  const decision = decisionOf(general, count, finding);
  const simple = GENERAL.get(decision);
  if (simple !== undefined) return simple;
  if (decision < general) {
    const tier = decision - FIRST_TIER_END;
    const profile = profileOf(general, count, finding);
    return {
      action: 'deny',
      ...WITHOUT_RULE,
      tier: tiers[tier]!,
      reason: 'end-of-tier',
      isolatedBy: isolating(table, profile, tier).slice(0, MAX_ISOLATING),
    };
  }
  const rule = rules[decision - general]!;
  const policy = policies[rule.policy]!;
  const says = action[decision];
  return {
    action: says === ACTION_ALLOW ? 'allow' : says === ACTION_DENY ? 'deny' : says === ACTION_NONE ? 'none' : null,
    tier: tiers[policy.tier]!,
    kind: policy.kind,
    policy: policyName(table, rule.policy),
    rule: rule.index,
    at: formatPosition(rule.at),
    reason: 'rule',
    isolatedBy: null,
  };
}

/** The policies of one tier that a profile's end is selected by, in order: places in `decisions.policies`. */
export function policiesOfTier(table: MatchTable, profile: number, tier: number): number[] {
  const { policyStart, policyList } = table.profiles;
  return Array.from(policyList.subarray(policyStart[profile], policyStart[profile + 1])).filter(
    (policy) => table.decisions.policies[policy]!.tier === tier,
  );
}

/** Their names. */
export const isolating = (table: MatchTable, profile: number, tier: number): string[] =>
  policiesOfTier(table, profile, tier).map((policy) => policyName(table, policy));
