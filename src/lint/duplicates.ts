import { policyContent, ruleContent } from '../model/content.ts';
import { qualifiedName } from '../model/endpoint.ts';
import { ANY_PEER, type PeerMatch, type Rule } from '../model/policy.ts';
import { DIRECTIONS, type Lint, placedRules, type Remark, ruleTitle, titleOf } from './lint.ts';

/** What was said before is said again: the second decides nothing that the first did not. A `log` logs twice. */
export const duplicateRule: Lint = {
  code: 'DUPLICATE_RULE',
  severity: 'warning',
  about: 'a rule says what an earlier one of its policy says',
  find: ({ policies }) =>
    policies.flatMap((policy) =>
      DIRECTIONS.flatMap((direction) => {
        const rules = policy[direction].filter(({ action }) => action !== 'log');
        return repeated(rules, ruleContent, (rule, first) => ({
          at: rule.at,
          message: `${ruleTitle({ policy, direction, rule })} says the same as rule ${first.index}`,
        }));
      }),
    ),
};

export const duplicatePeer: Lint = {
  code: 'DUPLICATE_PEER',
  severity: 'note',
  about: 'a rule names one peer twice',
  find: (cluster) =>
    placedRules(cluster).flatMap((placed) =>
      (['source', 'destination'] as const).flatMap((side) => {
        const peers = (placed.rule[side] ?? []).map((peer, index) => ({ peer, index }));
        return repeated(
          peers,
          ({ peer }) => peerContent(peer),
          ({ index }, first) => ({
            at: placed.rule.at,
            message: `${ruleTitle(placed)}: peer ${index} (from 0) is the same as peer ${first.index}`,
          }),
        );
      }),
    ),
};

/** Of the same name in two kinds it would be the same policy given twice; this is one under two names. */
export const duplicatePolicy: Lint = {
  code: 'DUPLICATE_POLICY',
  severity: 'note',
  about: 'a policy selects and says what another one does',
  find: ({ policies }) =>
    repeated(
      policies.filter(({ staged }) => !staged),
      policyContent,
      (policy, first) => ({
        at: policy.at,
        message: `${titleOf(policy)} selects and says the same as ${first.kind} \`${qualifiedName(first)}\``,
      }),
    ),
};

const ANY: Omit<Rule, 'at'> = { action: 'allow', index: 0, family: null, l4: null, source: null, destination: null };
const NOWHERE = { file: '', line: 1, column: 1 };
const peerContent = (peer: PeerMatch): string =>
  ruleContent({ ...ANY, source: [{ ...ANY_PEER, ...peer }], at: NOWHERE });

/** A remark for each that is like an earlier one. */
function repeated<T>(all: readonly T[], content: (one: T) => string, remark: (one: T, first: T) => Remark): Remark[] {
  const first = new Map<string, T>();
  return all.flatMap((one) => {
    const key = content(one);
    const earlier = first.get(key);
    if (earlier !== undefined) return [remark(one, earlier)];
    first.set(key, one);
    return [];
  });
}
