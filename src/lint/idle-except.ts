import type { PeerMatch, Policy, Rule } from '../model/policy.ts';
import { covers, formatPrefix, type Prefix } from '../net/prefix.ts';
import { type Lint, type PlacedRule, placedRules, ruleTitle } from './lint.ts';

/**
 * A hole cuts its own block alone: what else the policy allows is allowed. And a hole within another, or beside its
 * block, cuts nothing. Asked of policies whose rules all allow, where no order can matter.
 */
export const idleExcept: Lint = {
  code: 'IDLE_EXCEPT',
  severity: 'warning',
  about: 'an `except` cuts nothing out of what is allowed',
  find: (cluster) =>
    placedRules(cluster).flatMap((placed) =>
      (['source', 'destination'] as const).flatMap((side) =>
        (placed.rule[side] ?? []).flatMap((peer) =>
          (peer.notNets ?? []).flatMap((hole, i) => {
            const why = idleBecause(placed, side, peer, hole, i);
            const message = `${ruleTitle(placed)}: the except ${formatPrefix(hole)} has no effect: ${why}`;
            return why === null ? [] : [{ at: placed.rule.at, message }];
          }),
        ),
      ),
    ),
};

type Side = 'source' | 'destination';

function idleBecause(placed: PlacedRule, side: Side, peer: PeerMatch, hole: Prefix, index: number): string | null {
  const { nets } = peer;
  if (nets !== null && !nets.some((net) => covers(net, hole) || covers(hole, net)))
    return `it lies in no block of its peer`;
  const wider = peer.notNets!.find(
    (other, i) => i !== index && covers(other, hole) && (i < index || !covers(hole, other)),
  );
  if (wider !== undefined) return `${formatPrefix(wider)} is excepted too`;
  const { policy, direction, rule } = placed;
  if (policy[direction].some(({ action }) => action !== 'allow')) return null;
  return openedBy(policy[direction], rule, side, peer, hole);
}

/** What allows the whole of a hole, of everything that the rule is about. */
function openedBy(rules: Policy['ingress'], rule: Rule, side: Side, own: PeerMatch, hole: Prefix): string | null {
  for (const other of rules) {
    const isAsWide = other === rule || (other.l4 === null && other.family === null && otherSide(other, side) === null);
    if (!isAsWide) continue;
    if (other[side] === null) return `rule ${other.index} allows every peer`;
    const peer = other[side].find((one) => one !== own && allowsAll(one, hole));
    if (peer !== undefined)
      return `${other === rule ? 'another peer of the rule' : `rule ${other.index}`} allows ${peer.nets === null ? 'every address' : formatPrefix(peer.nets.find((net) => covers(net, hole))!)}`;
  }
  return null;
}

const otherSide = (rule: Rule, side: Side): Rule['source'] => rule[side === 'source' ? 'destination' : 'source'];

const allowsAll = ({ nets, notNets, selector, notSelector, service }: PeerMatch, hole: Prefix): boolean =>
  [selector, notSelector, service].every((part) => part === null) &&
  (nets === null || nets.some((net) => covers(net, hole))) &&
  !(notNets ?? []).some((net) => covers(net, hole) || covers(hole, net));
