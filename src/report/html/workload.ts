import type { MatchTable } from '../../table/match-table.ts';

/** Who is at an address, coarsely: one row and one column of the matrix. */
export type Workload = {
  readonly is: 'pod' | 'service' | 'node' | 'outside';
  readonly namespace: string | null;
  readonly name: string;
};

export const OUTSIDE: Workload = { is: 'outside', namespace: null, name: 'outside' };
const NODES: Workload = { is: 'node', namespace: null, name: 'nodes' };

/** Letters of what Kubernetes generates: no vowels, nothing that reads alike. Source: k8s.io/apimachinery util/rand */
const LETTER = '[bcdfghjklmnpqrstvwxz2456789]';
/** Of a Deployment's pods, of a DaemonSet's or Job's, of a StatefulSet's. */
const GENERATED = new RegExp(`-(?:${LETTER}{6,10}-${LETTER}{5}|${LETTER}{5}|\\d+)$`);

/** Owners of pods are not read: the shape of a pod's name tells what made it. */
export const ownerName = (pod: string): string => pod.replace(GENERATED, '');

/** Pods before nodes before Services: the order in which an address is judged. */
export function workloadAt(table: MatchTable, address: string): Workload {
  const endpoint = table.endpoints.byAddress.get(address);
  if (endpoint !== undefined) {
    const { namespace, name } = table.endpoints.list[endpoint]!;
    return { is: 'pod', namespace, name: ownerName(name) };
  }
  if (table.nodes.byAddress.has(address)) return NODES;
  const service = table.services.byAddress.get(address);
  if (service === undefined) return OUTSIDE;
  const { namespace, name } = table.services.list[service]!;
  return { is: 'service', namespace, name };
}

/** `shop/cart`, `service shop/cart`, `nodes`, `outside`. */
export function workloadText({ is, namespace, name }: Workload): string {
  const path = namespace === null ? name : `${namespace}/${name}`;
  return is === 'service' ? `service ${path}` : path;
}

/** The namespace that stands for it where workloads are too many. */
export function namespaceText({ is, namespace, name }: Workload): string {
  if (is === 'service') return 'Services';
  return namespace ?? name;
}
