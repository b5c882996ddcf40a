/** The names behind the numbers: all that reports and a saved table need of the model. */
import type { Cluster } from '../model/cluster.ts';
import { policyContent, ruleContent } from '../model/content.ts';
import { FAMILIES, ownAddresses } from '../model/host-endpoint.ts';
import { newest } from '../model/order.ts';
import type { Policy } from '../model/policy.ts';
import { formatAddress } from '../net/address.ts';
import { formatPrefix } from '../net/prefix.ts';
import {
  FAILSAFE,
  FIRST_TIER_END,
  NO_POLICY,
  NOT_AN_ENDPOINT,
  NOT_JUDGED,
  PROFILE_ALLOW,
  PROFILE_DENY,
  UNDETERMINED_DECISION,
} from '../table/decisions.ts';
import {
  ACTION_ALLOW,
  ACTION_DENY,
  ACTION_NONE,
  ACTION_PASS,
  ACTION_UNDETERMINED,
  type DecisionTable,
  type EndpointTable,
  type NodeTable,
  type ServiceTable,
} from '../table/match-table.ts';
import { sharedBytes } from '../table/shared.ts';
import { routesOf } from './routes.ts';
import type { Selection } from './select.ts';

const RULE_ACTIONS = { allow: ACTION_ALLOW, deny: ACTION_DENY, pass: ACTION_PASS, log: ACTION_NONE } as const;

/** Fingerprints by place: they tell whether a policy or a rule of another table says the same. */
type Contents = { readonly policies: readonly string[]; readonly rules: readonly string[] };

/** Of the rules as written: what `compile` makes simpler depends on the rest of the cluster. */
export const contentsOf = ({ policies, rules }: Pick<Selection, 'policies' | 'rules'>): Contents => ({
  policies: policies.map(policyContent),
  rules: rules.map(({ rule }) => ruleContent(rule)),
});

export function decisionTable(selection: Selection, contents: Contents | null): DecisionTable {
  const { tiers, policies, rules } = selection;
  const general = FIRST_TIER_END + tiers.length;
  const action = sharedBytes(general + rules.length);
  action[UNDETERMINED_DECISION] = ACTION_UNDETERMINED;
  action[NOT_AN_ENDPOINT] = ACTION_NONE;
  action[NO_POLICY] = ACTION_NONE;
  action[PROFILE_ALLOW] = ACTION_ALLOW;
  action[PROFILE_DENY] = ACTION_DENY;
  action[NOT_JUDGED] = ACTION_NONE;
  action[FAILSAFE] = ACTION_ALLOW;
  action.fill(ACTION_DENY, FIRST_TIER_END, general);
  const ties = tieNumbers(policies);
  rules.forEach(({ rule }, r) => {
    action[general + r] = RULE_ACTIONS[rule.action];
  });
  return {
    general,
    count: general + rules.length,
    action,
    tiers: tiers.map((tier) => tier.name),
    policies: policies.map((policy, i) => ({
      kind: policy.kind,
      namespace: policy.namespace,
      name: policy.name,
      tier: tiers.findIndex((one) => one.name === policy.tier),
      ...(policy.created == null ? {} : { created: policy.created }),
      ...(ties[i] === 0 ? {} : { tie: ties[i]! }),
      ...(contents && { content: contents.policies[i]! }),
      at: policy.at,
    })),
    rules: rules.map(({ policy, direction, rule }, i) => ({
      policy,
      direction,
      index: rule.index,
      action: rule.action,
      ...(contents && { content: contents.rules[i]! }),
      at: rule.at,
    })),
  };
}

/** By policy: the number of those that have its tier and order, where their API leaves open which comes first; else 0. */
function tieNumbers(policies: readonly Policy[]): number[] {
  const places = policies.map(({ isOrderOpen, tier, order }) => (isOrderOpen === true ? `${order} ${tier}` : null));
  const sizes = new Map<string | null, number>();
  for (const place of places) sizes.set(place, (sizes.get(place) ?? 0) + 1);
  const shared = [...sizes].flatMap(([place, size]) => (place !== null && size > 1 ? [place] : []));
  const numbers = new Map<string | null, number>(shared.map((place, i) => [place, i + 1]));
  return places.map((place) => numbers.get(place) ?? 0);
}

export function namesOfEndpoints(cluster: Cluster): EndpointTable {
  const byAddress = new Map<string, number>();
  cluster.endpoints.forEach((endpoint, i) => {
    for (const address of endpoint.addresses) {
      const key = formatAddress(address);
      const other = byAddress.get(key);
      const subject = other === undefined ? endpoint : newest([cluster.endpoints[other]!, endpoint]);
      if (subject === endpoint) byAddress.set(key, i);
    }
  });
  return {
    list: cluster.endpoints.map(({ namespace, name, node, containerPorts }) => ({
      namespace,
      name,
      node,
      containerPorts,
    })),
    byAddress,
  };
}

export const namesOfNodes = (cluster: Cluster): NodeTable => ({
  names: cluster.nodes.map((node) => node.name),
  byAddress: new Map(cluster.nodes.flatMap((node, i) => node.addresses.map((address) => [formatAddress(address), i]))),
  own: cluster.nodes.map((node) =>
    FAMILIES.flatMap((family) => ownAddresses(node, family).slice(0, 1)).map(formatAddress),
  ),
  pools: (cluster.pools ?? []).map(({ net, natOutgoing }) => ({ net: formatPrefix(net), natOutgoing })),
});

export const namesOfServices = (cluster: Cluster): ServiceTable => ({
  list: cluster.services.map(({ namespace, name, ports }) => ({ namespace, name, ports })),
  byAddress: new Map(
    cluster.services.flatMap((service, i) => service.addresses.map((address) => [formatAddress(address), i])),
  ),
  nodePorts: new Set(
    cluster.services.flatMap((service) =>
      service.ports.flatMap(({ protocol, nodePort }) => (nodePort === null ? [] : [protocol * 65536 + nodePort])),
    ),
  ),
  routes: routesOf(cluster),
});
