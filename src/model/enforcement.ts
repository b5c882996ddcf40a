import type { Cluster } from './cluster.ts';
import { type DataplaneName, dataplaneOf } from './dataplane.ts';
import { LABEL_ORCHESTRATOR } from './labels.ts';
import type { PeerMatch, Policy, Rule } from './policy.ts';
import { has, or } from './selector.ts';
import type { Settings } from './switches.ts';

/** Which dataplane enforces: by name, and with single switches set otherwise. */
export type Enforcement = {
  /** Absent: the one that the manifests tell of, else Calico on iptables. */
  readonly dataplane?: DataplaneName | undefined;
  readonly switches?: Partial<Settings>;
};

/** The cluster as another dataplane enforces it: what it reads of policies is all that is left of them. */
export function underDataplane(cluster: Cluster, { dataplane, switches }: Enforcement): Cluster {
  const felix = cluster.felix ?? {};
  const chosen = dataplaneOf(dataplane ?? felix.dataplane ?? 'calico-iptables', felix, switches);
  const ignored = { policies: [], hostEndpoints: [], unsimulated: [] };
  const { policies, ...rest } = chosen.policies === 'ignore' ? { ...cluster, ...ignored } : cluster;
  return {
    ...rest,
    dataplane: chosen,
    policies: chosen['block-of-pods'] === 'miss' ? policies.map(withoutPods) : policies,
  };
}

/** A policy whose blocks mean what is no pod, as some dataplanes read them. */
function withoutPods(policy: Policy): Policy {
  const peer = (one: PeerMatch): PeerMatch =>
    one.nets === null ? one : { ...one, notSelector: one.notSelector === null ? POD : or(one.notSelector, POD) };
  const rule = (one: Rule): Rule => ({
    ...one,
    source: one.source?.map(peer) ?? null,
    destination: one.destination?.map(peer) ?? null,
  });
  return { ...policy, ingress: policy.ingress.map(rule), egress: policy.egress.map(rule) };
}

/** All pods have this label, and nothing else has. */
const POD = has(LABEL_ORCHESTRATOR);
