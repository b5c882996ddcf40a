import type { Cluster } from '../model/cluster.ts';
import type { Endpoint } from '../model/endpoint.ts';
import { ANY_PEER, type L4Match, type PeerMatch } from '../model/policy.ts';
import { matches } from '../model/selector.ts';
import { protocolName } from '../net/protocol.ts';
import { type Lint, type PlacedRule, placedRules, ruleTitle, selectedBy } from './lint.ts';

/** A name stands for what the pod at that end calls so, of the rule's protocol: without such a pod the rule holds for none. */
export const namedPortAbsent: Lint = {
  code: 'NAMED_PORT_ABSENT',
  severity: 'warning',
  about: 'a rule names a port that no pod at that end has',
  find: (cluster) =>
    placedRules(cluster).flatMap((placed) => {
      const pods = destinations(placed, cluster);
      if (pods.length === 0) return [];
      const absent = (placed.rule.l4 ?? []).flatMap((match) => absentNames(match, pods));
      return [...new Set(absent)].map((words) => ({ at: placed.rule.at, message: `${ruleTitle(placed)}: ${words}` }));
    }),
};

/** The pods at the end that the packet goes to: its policy's own, or those that its peers select. */
function destinations({ policy, direction, rule }: PlacedRule, cluster: Cluster): Endpoint[] {
  if (direction === 'ingress') return selectedBy(policy, cluster);
  const couldBe = ({ selector, notSelector }: PeerMatch, { labels }: Endpoint): boolean =>
    (selector === null || matches(selector, labels)) && (notSelector === null || !matches(notSelector, labels));
  return cluster.endpoints.filter((pod) => (rule.destination ?? [ANY_PEER]).some((peer) => couldBe(peer, pod)));
}

function absentNames(
  { protocol, destinationPorts, notDestinationPorts }: L4Match,
  pods: readonly Endpoint[],
): string[] {
  const names = [...(destinationPorts?.names ?? []), ...(notDestinationPorts?.names ?? [])];
  const ports = pods.flatMap(({ namedPorts }) => namedPorts);
  return names
    .filter((name) => !ports.some((port) => port.name === name && (protocol ?? port.protocol) === port.protocol))
    .map((name) => {
      const other = ports.find((port) => port.name === name);
      const has = other === undefined ? '' : `: it is of ${protocolName(other.protocol)} there`;
      const of = protocol === null ? '' : ` of ${protocolName(protocol)}`;
      return `no pod at that end has a port${of} named \`${name}\`${has}`;
    });
}
