import { decisionOf, describeFinding, FIRST_TIER_END, policiesOfTier, profileOf } from '../table/decisions.ts';
import type { MatchTable } from '../table/match-table.ts';
import { type MatchUp, matchPolicies, matchRules } from './match-up.ts';

/**
 * One number for what decided, the same on both sides when it is the same thing: the same rule, though its line has
 * moved; the end of the same tier for the same isolating policies; the same general decision. Made on first touch, then
 * one read of an array.
 */
export class Identities {
  readonly #old: OneSide;
  readonly #next: OneSide;

  constructor(old: MatchTable, next: MatchTable) {
    const policies = matchPolicies(old, next);
    const rules = matchRules(old, next, policies);
    const known = new Map<string, number>();
    this.#old = new OneSide(old, known, numbersOf(policies), numbersOf(rules));
    this.#next = new OneSide(
      next,
      known,
      Int32Array.from(next.decisions.policies, (_, i) => i),
      countUp(next),
    );
  }

  old(finding: number): number {
    return this.#old.of(finding);
  }

  next(finding: number): number {
    return this.#next.of(finding);
  }
}

/** Those of the next side keep their place, the old side's alone get numbers below zero. */
const numbersOf = (partners: MatchUp): Int32Array => partners.map((partner, i) => (partner >= 0 ? partner : -1 - i));
const countUp = (table: MatchTable): Int32Array => Int32Array.from(table.decisions.rules, (_, i) => i);

class OneSide {
  readonly #table: MatchTable;
  readonly #known: Map<string, number>;
  readonly #policies: Int32Array;
  readonly #rules: Int32Array;
  /** By finding: its identity, or 0 when nobody asked yet. */
  readonly #made: Int32Array;

  constructor(table: MatchTable, known: Map<string, number>, policies: Int32Array, rules: Int32Array) {
    this.#table = table;
    this.#known = known;
    this.#policies = policies;
    this.#rules = rules;
    const { count, general } = table.decisions;
    this.#made = new Int32Array(count + table.profiles.count * general);
  }

  of(finding: number): number {
    const made = this.#made[finding]!;
    return made === 0 ? this.#make(finding) : made;
  }

  #make(finding: number): number {
    const words = this.#words(finding);
    const identity = this.#known.get(words) ?? this.#known.size + 1;
    this.#known.set(words, identity);
    this.#made[finding] = identity;
    return identity;
  }

  #words(finding: number): string {
    const { general, count, tiers } = this.#table.decisions;
    const decision = decisionOf(general, count, finding);
    if (decision >= general) return `rule ${this.#rules[decision - general]}`;
    if (decision < FIRST_TIER_END) {
      const { reason, action } = describeFinding(this.#table, finding);
      return `${reason} ${action}`;
    }
    const tier = decision - FIRST_TIER_END;
    const isolating = policiesOfTier(this.#table, profileOf(general, count, finding), tier);
    return `end of ${JSON.stringify(tiers[tier])} for ${isolating.map((policy) => this.#policies[policy]).join()}`;
  }
}
