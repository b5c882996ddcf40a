import { decisionOf, describeFinding, FIRST_TIER_END, policiesOfTier, profileOf } from '../table/decisions.ts';
import type { MatchTable } from '../table/match-table.ts';
import { NOBODY } from '../verdict/pair-batch.ts';
import { type MatchUp, matchPolicies, matchRules } from './match-up.ts';

/**
 * Whether the same thing decided on both sides: the same rule, though its line has moved; the end of the same tier, with
 * a policy that isolates the end on both (another one beside it is no other decision); the same general decision. What
 * is asked the first time is worked out, then it is one read of an array for each side.
 */
export class Identities {
  readonly #old: OneSide;
  readonly #next: OneSide;
  /** Of two tier ends with other isolating policies, by both findings: whether they have one in common. */
  readonly #ends = new Map<number, boolean>();

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

  /** Of findings, or NOBODY. */
  same(old: number, next: number): boolean {
    if (old === NOBODY || next === NOBODY) return old === next;
    const one = this.#old.of(old);
    const other = this.#next.of(next);
    return one === other || (one < 0 && other < 0 && this.#sameEnd(old, next));
  }

  #sameEnd(old: number, next: number): boolean {
    const key = old * this.#next.findings + next;
    const known = this.#ends.get(key);
    if (known !== undefined) return known;
    const one = this.#old.end(old);
    const other = this.#next.end(next);
    const isSame = one.tier === other.tier && one.policies.some((policy) => other.policies.includes(policy));
    this.#ends.set(key, isSame);
    return isSame;
  }
}

/** Those of the next side keep their place, the old side's alone get numbers below zero. */
const numbersOf = (partners: MatchUp): Int32Array => partners.map((partner, i) => (partner >= 0 ? partner : -1 - i));
const countUp = (table: MatchTable): Int32Array => Int32Array.from(table.decisions.rules, (_, i) => i);

const END = 'end of ';

class OneSide {
  readonly #table: MatchTable;
  readonly #known: Map<string, number>;
  readonly #policies: Int32Array;
  readonly #rules: Int32Array;
  /** By finding: its identity, below zero for the ends of tiers; 0 when nobody asked yet. */
  readonly #made: Int32Array;

  constructor(table: MatchTable, known: Map<string, number>, policies: Int32Array, rules: Int32Array) {
    this.#table = table;
    this.#known = known;
    this.#policies = policies;
    this.#rules = rules;
    const { count, general } = table.decisions;
    this.#made = new Int32Array(count + table.profiles.count * general);
  }

  /** How many findings the table can make. */
  get findings(): number {
    return this.#made.length;
  }

  of(finding: number): number {
    const made = this.#made[finding]!;
    return made === 0 ? this.#make(finding) : made;
  }

  /** The tier and the isolating policies of a tier's end. */
  end(finding: number): { readonly tier: string; readonly policies: readonly number[] } {
    const { general, count, tiers } = this.#table.decisions;
    const tier = decisionOf(general, count, finding) - FIRST_TIER_END;
    const policies = policiesOfTier(this.#table, profileOf(general, count, finding), tier);
    return { tier: tiers[tier]!, policies: policies.map((policy) => this.#policies[policy]!) };
  }

  #make(finding: number): number {
    const words = this.#words(finding);
    const sign = words.startsWith(END) ? -1 : 1;
    const identity = this.#known.get(words) ?? sign * (this.#known.size + 1);
    this.#known.set(words, identity);
    this.#made[finding] = identity;
    return identity;
  }

  #words(finding: number): string {
    const { general, count } = this.#table.decisions;
    const decision = decisionOf(general, count, finding);
    if (decision >= general) return `rule ${this.#rules[decision - general]}`;
    if (decision >= FIRST_TIER_END) return `${END}${JSON.stringify(this.end(finding))}`;
    const { reason, action } = describeFinding(this.#table, finding);
    return `${reason} ${action}`;
  }
}
