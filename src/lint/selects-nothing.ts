import type { Cluster } from '../model/cluster.ts';
import type { HostEndpoint } from '../model/host-endpoint.ts';
import type { Policy } from '../model/policy.ts';
import { matches, type Selector } from '../model/selector.ts';
import { type Lint, placedRules, ruleTitle, selectedBy, titleOf } from './lint.ts';

/** Calico's host endpoints, which no Kubernetes policy selects: their labels are their own. */
const hostsOf = ({ selector }: Policy, { hostEndpoints = [] }: Cluster): HostEndpoint[] =>
  hostEndpoints.filter(({ labels }) => matches(selector, labels));

/** Without a pod or workload among the manifests nobody can say whom a selector finds. */
export const policySelectsNothing: Lint = {
  code: 'SELECTS_NOTHING',
  severity: 'warning',
  about: 'a policy selects no pod and no workload of the manifests',
  find: (cluster) =>
    cluster.policies
      .filter(({ namespace }) => cluster.endpoints.some((one) => namespace === null || one.namespace === namespace))
      .filter((policy) => selectedBy(policy, cluster).length === 0 && hostsOf(policy, cluster).length === 0)
      .map((policy) => ({
        at: policy.at,
        message: `${titleOf(policy)} selects no pod and no workload of the manifests${policy.namespace === null ? '' : `, though \`${policy.namespace}\` has some`}`,
      })),
};

export const peerSelectsNothing: Lint = {
  code: 'PEER_SELECTS_NOTHING',
  severity: 'note',
  about: 'a peer of a rule selects no pod, workload or network set of the manifests',
  find: (cluster) => {
    if (cluster.endpoints.length === 0) return [];
    const holders = [...cluster.endpoints, ...cluster.networkSets, ...(cluster.hostEndpoints ?? [])];
    const isIdle = (selector: Selector | null): boolean =>
      selector !== null && !holders.some(({ labels }) => matches(selector, labels));
    return placedRules(cluster).flatMap((placed) =>
      (['source', 'destination'] as const).flatMap((side) => {
        const peers = placed.rule[side] ?? [];
        return peers.flatMap((peer, i) => {
          if (!isIdle(peer.selector)) return [];
          const which = peers.length === 1 ? 'its peer' : `peer ${i} (from 0)`;
          const what = `${which} selects no pod, workload or network set of the manifests`;
          return [{ at: placed.rule.at, message: `${ruleTitle(placed)}: ${what}` }];
        });
      }),
    );
  },
};
