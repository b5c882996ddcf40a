import type { MatchTable, PolicyEntry, RuleEntry } from '../table/match-table.ts';

/** By place in a list of the old side: the place on the next side of the same thing, or -1. */
export type MatchUp = Int32Array;

/**
 * Which of two lists' members are the same thing: each question in turn pairs those who answer alike and have no
 * partner yet, first with first. A null answer pairs with nobody.
 */
export function matchUp<T>(
  old: readonly T[],
  next: readonly T[],
  questions: readonly ((member: T, side: 'old' | 'next', place: number) => string | null)[],
): MatchUp {
  const partner = new Int32Array(old.length).fill(-1);
  const taken = new Uint8Array(next.length);
  for (const question of questions) {
    const waiting = new Map<string, number[]>();
    next.forEach((member, place) => {
      if (taken[place] === 1) return;
      const answer = question(member, 'next', place);
      if (answer === null) return;
      const list = waiting.get(answer) ?? [];
      waiting.set(answer, list);
      list.push(place);
    });
    for (const list of waiting.values()) list.reverse();
    old.forEach((member, place) => {
      if (partner[place]! >= 0) return;
      const answer = question(member, 'old', place);
      const found = answer === null ? undefined : waiting.get(answer)?.pop();
      if (found === undefined) return;
      partner[place] = found;
      taken[found] = 1;
    });
  }
  return partner;
}

/** A staged policy is the one that it would become. */
const enforcedKind = (kind: string): string => kind.replace(/^Staged(Kubernetes)?/, '');

const nameOf = ({ kind, namespace, name }: PolicyEntry): string =>
  JSON.stringify([enforcedKind(kind), namespace, name]);

/** The same policy: its kind, namespace and name; of several with these, the one in the same tier, with equal content. */
export function matchPolicies(old: MatchTable, next: MatchTable): MatchUp {
  const tierOf = (entry: PolicyEntry, side: 'old' | 'next'): string =>
    (side === 'old' ? old : next).decisions.tiers[entry.tier]!;
  return matchUp(old.decisions.policies, next.decisions.policies, [
    (entry, side) => (entry.content === undefined ? null : `${nameOf(entry)} ${tierOf(entry, side)} ${entry.content}`),
    (entry, side) => `${nameOf(entry)} ${tierOf(entry, side)}`,
    (entry) => nameOf(entry),
  ]);
}

/**
 * The same rule: of the same policy and direction, with equal content wherever it stands now. What is left is taken
 * for edited, and is the one with the same index. Without contents the index alone tells.
 */
export function matchRules(old: MatchTable, next: MatchTable, policies: MatchUp): MatchUp {
  const listOf = ({ policy, direction }: RuleEntry, side: 'old' | 'next'): string | null => {
    const place = side === 'next' ? policy : policies[policy]!;
    return place < 0 ? null : `${place} ${direction}`;
  };
  const join = (...parts: readonly (string | number | null | undefined)[]): string | null =>
    parts.some((part) => part === null || part === undefined) ? null : parts.join(' ');
  return matchUp(old.decisions.rules, next.decisions.rules, [
    (rule, side) => join(listOf(rule, side), rule.index, rule.content),
    (rule, side) => join(listOf(rule, side), rule.content),
    (rule, side) => join(listOf(rule, side), rule.index),
  ]);
}
