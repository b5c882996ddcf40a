import type { Cluster } from '../model/cluster.ts';
import { governs } from '../model/order.ts';
import type { Direction, L4Match, Policy } from '../model/policy.ts';
import { TCP, UDP } from '../net/protocol.ts';
import { type Lint, placedRules, ruleTitle, selectedBy } from './lint.ts';

const DNS = 53;

/** A port without a protocol is TCP's; names are looked up over UDP first. */
export const dnsWithoutUdp: Lint = {
  code: 'DNS_WITHOUT_UDP',
  severity: 'warning',
  about: 'port 53 is allowed for TCP and not for UDP',
  find: (cluster) =>
    placedRules(cluster).flatMap((placed) => {
      const { policy, direction, rule } = placed;
      if (rule.action !== 'allow' || !(rule.l4 ?? []).some(namesDns)) return [];
      if (opens(policy, direction) || isOpenedElsewhere(cluster, policy, direction)) return [];
      return [{ at: rule.at, message: `${ruleTitle(placed)} allows port 53 of TCP, and nothing allows it of UDP` }];
    }),
};

/** Port 53 by itself: a range that holds it, too, was written for something else. */
const namesDns = ({ protocol, destinationPorts }: L4Match): boolean =>
  protocol === TCP && (destinationPorts?.ranges ?? []).some(([first, last]) => first === DNS && last === DNS);

const opens = (policy: Policy, direction: Direction): boolean =>
  policy[direction].some(({ action, l4 }) => action === 'allow' && (l4 === null || l4.some(holdsDns)));

/** Port 53 of UDP, whatever is asked besides: rather silent than wrong. */
const holdsDns = ({ protocol, notProtocol, destinationPorts }: L4Match): boolean =>
  (protocol === null || protocol === UDP) &&
  notProtocol !== UDP &&
  (destinationPorts === null ||
    destinationPorts.names.length > 0 ||
    destinationPorts.ranges.some(([first, last]) => first <= DNS && DNS <= last));

/** Other policies allow it of every pod that the policy selects. */
function isOpenedElsewhere(cluster: Cluster, policy: Policy, direction: Direction): boolean {
  const pods = selectedBy(policy, cluster);
  const others = cluster.policies.filter((other) => other !== policy && opens(other, direction));
  return pods.length > 0 && pods.every((pod) => others.some((other) => governs(other, pod, direction)));
}
