import { felixConfiguration } from './calico/felix-configuration.ts';
import { hostEndpoint } from './calico/host-endpoint.ts';
import { ipPool } from './calico/ip-pool.ts';
import { globalNetworkSet, networkSet } from './calico/network-set.ts';
import { networkPolicy as calicoNetworkPolicy, globalNetworkPolicy } from './calico/policy.ts';
import { profile } from './calico/profile.ts';
import { stagedGlobalNetworkPolicy, stagedKubernetesNetworkPolicy, stagedNetworkPolicy } from './calico/staged.ts';
import { tier } from './calico/tier.ts';
import { endpointSlice } from './k8s/endpoint-slice.ts';
import { endpoints } from './k8s/endpoints.ts';
import { namespace } from './k8s/namespace.ts';
import { networkPolicy } from './k8s/network-policy.ts';
import { node } from './k8s/node.ts';
import { pod } from './k8s/pod.ts';
import { admissionConfiguration, podSecurityConfiguration } from './k8s/pod-security-configuration.ts';
import { podSecurityPolicy } from './k8s/pod-security-policy.ts';
import { clusterRole, role } from './k8s/role.ts';
import { clusterRoleBinding, roleBinding } from './k8s/role-binding.ts';
import { service } from './k8s/service.ts';
import { serviceAccount } from './k8s/service-account.ts';
import { workloads } from './k8s/workload.ts';
import type { Kind } from './kind.ts';
import { adminNetworkPolicy, baselineAdminNetworkPolicy } from './policy-api/admin-network-policy.ts';
import { clusterNetworkPolicy } from './policy-api/cluster-network-policy.ts';

/** Every kind that is read. To add one: a file beside these, a line here, a fixture. */
export const KINDS: readonly Kind[] = [
  ...[namespace, node, pod, serviceAccount, service, endpointSlice, endpoints, networkPolicy],
  ...[calicoNetworkPolicy, globalNetworkPolicy, tier, networkSet, globalNetworkSet, profile],
  ...[stagedNetworkPolicy, stagedGlobalNetworkPolicy, stagedKubernetesNetworkPolicy],
  ...[hostEndpoint, ipPool, felixConfiguration],
  ...[clusterNetworkPolicy, adminNetworkPolicy, baselineAdminNetworkPolicy],
  // For admission alone.
  ...[...workloads, podSecurityPolicy, role, clusterRole, roleBinding, clusterRoleBinding],
  ...[admissionConfiguration, podSecurityConfiguration],
];

const BY_NAME: ReadonlyMap<string, Kind> = new Map(
  KINDS.flatMap((kind) => kind.apiVersions.map((version): [string, Kind] => [`${version} ${kind.kind}`, kind])),
);

/** The reader of a kind as a manifest names it, or null. */
export const kindOf = (apiVersion: string, kind: string): Kind | null => BY_NAME.get(`${apiVersion} ${kind}`) ?? null;

/** Readers of kinds of that name in whatever API group. */
export const kindsNamed = (name: string): readonly Kind[] => KINDS.filter(({ kind }) => kind === name);

export const kindNames: readonly string[] = KINDS.map(({ kind }) => kind);
