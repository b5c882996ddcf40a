/**
 * Of which endpoints a port name is asked. A rule that asks its names of selected endpoints alone has a transport
 * question of its own, which no other rule shares; but who the rule is for is asked beside it. The two can differ only
 * where something else with such labels holds the address of an endpoint: there the question stays, elsewhere it goes.
 */
import type { Cluster } from '../model/cluster.ts';
import type { Labels } from '../model/labels.ts';
import type { L4Match, Policy, PortSet, Rule } from '../model/policy.ts';
import { matches, type Selector, selectorKey } from '../model/selector.ts';
import type { Address } from '../net/address.ts';
import { lastOf, type Prefix } from '../net/prefix.ts';

const PORT_FIELDS = ['sourcePorts', 'notSourcePorts', 'destinationPorts', 'notDestinationPorts'] as const;
const ENDS = {
  sourcePorts: 'source',
  notSourcePorts: 'source',
  destinationPorts: 'destination',
  notDestinationPorts: 'destination',
} as const;

/** The cluster with every `namesOf` taken out that cannot make a difference. */
export function withPlainNames(cluster: Cluster): Cluster {
  if (!cluster.policies.some((policy) => [...policy.ingress, ...policy.egress].some(asksNamesOf))) return cluster;
  const holders = secondHolders(cluster);
  const known = new Map<string, boolean>();
  const matters = (selector: Selector): boolean => {
    const key = selectorKey(selector);
    const found = known.get(key) ?? holders.some((labels) => matches(selector, labels));
    known.set(key, found);
    return found;
  };
  return { ...cluster, policies: cluster.policies.map((policy) => inPolicy(policy, matters)) };
}

const asksNamesOf = (rule: Rule): boolean =>
  (rule.l4 ?? []).some((match) => PORT_FIELDS.some((field) => match[field]?.namesOf));

function inPolicy(policy: Policy, matters: (selector: Selector) => boolean): Policy {
  const inRule = (rule: Rule): Rule =>
    asksNamesOf(rule) ? { ...rule, l4: rule.l4!.map((match) => inMatch(match, rule, matters)) } : rule;
  return { ...policy, ingress: policy.ingress.map(inRule), egress: policy.egress.map(inRule) };
}

function inMatch(match: L4Match, rule: Rule, matters: (selector: Selector) => boolean): L4Match {
  const plain = (field: (typeof PORT_FIELDS)[number]): PortSet | null => {
    const ports = match[field];
    const of = ports?.namesOf;
    // Only where the rule asks the same of that end is nobody else left whose names could count.
    if (!ports || !of || !isAskedToo(of, rule[ENDS[field]]) || matters(of)) return ports;
    return { ranges: ports.ranges, names: ports.names };
  };
  return {
    ...match,
    sourcePorts: plain('sourcePorts'),
    notSourcePorts: plain('notSourcePorts'),
    destinationPorts: plain('destinationPorts'),
    notDestinationPorts: plain('notDestinationPorts'),
  };
}

const isAskedToo = (of: Selector, peers: Rule['source']): boolean =>
  (peers ?? [null]).every((peer) => {
    const asked = peer?.selector ?? null;
    return asked !== null && (asked === of || selectorKey(asked) === selectorKey(of));
  });

/** Labels of whatever holds an address of an endpoint beside it: network sets around it, endpoints with the same one. */
function secondHolders(cluster: Cluster): Labels[] {
  const owners = new Map<string, Labels[]>();
  const endpoints = [...cluster.endpoints, ...(cluster.hostEndpoints ?? [])];
  for (const { addresses, labels } of endpoints) {
    for (const address of addresses) {
      const key = `${address.family}/${address.value}`;
      owners.set(key, [...(owners.get(key) ?? []), labels]);
    }
  }
  const shared = [...owners.values()].filter((all) => all.length > 1).flat();
  const all = endpoints.flatMap(({ addresses }) => addresses);
  const sorted = { 4: valuesOf(all, 4), 6: valuesOf(all, 6) };
  const around = cluster.networkSets.filter(({ nets }) => nets.some((net) => holdsAny(net, sorted[net.family])));
  return [...shared, ...around.map(({ labels }) => labels)];
}

const valuesOf = (addresses: readonly Address[], family: number): bigint[] =>
  addresses
    .filter((address) => address.family === family)
    .map(({ value }) => value)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** Whether a value of an ascending list lies in a block. */
function holdsAny(net: Prefix, values: readonly bigint[]): boolean {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < net.first) low = middle + 1;
    else high = middle;
  }
  return low < values.length && values[low]! <= lastOf(net);
}
