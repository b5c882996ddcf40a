import type { Policy } from '../model/policy.ts';

/** How the rules of a policy are written. */
export type Dialect = 'kubernetes' | 'calico' | 'cluster-network-policy' | 'admin-network-policy';

/** What Kubernetes' NetworkPolicy is called where ties are broken; Calico's own has the same kind and another name there. */
const KUBERNETES = 'KubernetesNetworkPolicy';

export function dialectOf({ kind, tieBreak }: Policy): Dialect {
  if (kind === 'ClusterNetworkPolicy') return 'cluster-network-policy';
  if (kind === 'AdminNetworkPolicy' || kind === 'BaselineAdminNetworkPolicy') return 'admin-network-policy';
  return tieBreak.endsWith(`/${KUBERNETES}`) ? 'kubernetes' : 'calico';
}
