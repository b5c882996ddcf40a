import type { Cluster } from '../model/cluster.ts';
import { type Endpoint, qualifiedName } from '../model/endpoint.ts';
import { governors, type HostEndpoint } from '../model/host-endpoint.ts';
import {
  LABEL_NAMESPACE,
  LABEL_ORCHESTRATOR,
  LABEL_SERVICE_ACCOUNT,
  type Labels,
  NAMESPACE_LABEL_PREFIX,
  SERVICE_ACCOUNT_LABEL_PREFIX,
} from '../model/labels.ts';
import { newest } from '../model/order.ts';
import { type Address, formatAddress } from '../net/address.ts';
import { contains, formatPrefix } from '../net/prefix.ts';
import { formatPosition } from '../source/position.ts';
import type { EndWords } from '../verdict/explanation.ts';
import type { Judge } from './judge.ts';

const INHERITED = [NAMESPACE_LABEL_PREFIX, SERVICE_ACCOUNT_LABEL_PREFIX];
const CALICO: ReadonlySet<string> = new Set([LABEL_NAMESPACE, LABEL_ORCHESTRATOR, LABEL_SERVICE_ACCOUNT]);

/** The labels that a pod's manifest gives it. */
export const ownLabels = (labels: Labels): [string, string][] =>
  [...labels].filter(([key]) => !CALICO.has(key) && !INHERITED.some((prefix) => key.startsWith(prefix)));

/** Those of its namespace, as the namespace writes them. */
export const labelsOfNamespace = (labels: Labels): [string, string][] =>
  [...labels].flatMap(([key, value]): [string, string][] =>
    key.startsWith(NAMESPACE_LABEL_PREFIX) && key !== `${NAMESPACE_LABEL_PREFIX}projectcalico.org/name`
      ? [[key.slice(NAMESPACE_LABEL_PREFIX.length), value]]
      : [],
  );

/** Who has an address: a pod before a node before a Service, as it is judged. */
export function endWords(cluster: Cluster, judge: Judge, address: Address): EndWords {
  const text = formatAddress(address);
  const networkSets = cluster.networkSets.filter(({ nets }) => nets.some((net) => contains(net, address)));
  const nobody: EndWords = {
    address: text,
    is: 'nobody',
    name: null,
    node: null,
    labels: [],
    namespaceLabels: [],
    networkSets: networkSets.map(qualifiedName),
    at: null,
    sentence: '',
  };
  const owners = judge.endpointsAt(address);
  const pod = newest(owners);
  if (pod !== undefined) return podWords(nobody, pod, owners);
  const has = (addresses: readonly Address[]): boolean => addresses.some((one) => formatAddress(one) === text);
  const node = cluster.nodes.find(({ addresses }) => has(addresses));
  if (node !== undefined) {
    const hosts = hostsAt(cluster, text);
    const judging = hosts.length === 0 ? '' : `; its host endpoints are ${hosts.map((host) => host.name).join(', ')}`;
    const sentence = `${text} is node ${node.name}: no policy for pods selects it${judging}`;
    const labels = hosts.flatMap((host) => ownLabels(host.labels).map(pair));
    return { ...nobody, is: 'node', name: `node/${node.name}`, labels, at: formatPosition(node.at), sentence };
  }
  const service = cluster.services.find(({ addresses }) => has(addresses));
  if (service !== undefined) {
    const name = qualifiedName(service);
    const sentence = `${text} is an address of Service ${name}, and no pod's`;
    return { ...nobody, is: 'service', name: `service/${name}`, at: formatPosition(service.at), sentence };
  }
  return { ...nobody, sentence: nobodyWords(cluster, address) };
}

/** Who judges what the node itself sends from the address, or receives there. */
function hostsAt(cluster: Cluster, address: string): HostEndpoint[] {
  const governor = governors(cluster).get(address);
  return [...new Set([governor?.outward, governor?.inward])].filter((host) => host != null);
}

function podWords(nobody: EndWords, pod: Endpoint, owners: readonly Endpoint[]): EndWords {
  const name = qualifiedName(pod);
  const others = owners.filter((one) => one !== pod).map(qualifiedName);
  const where = pod.node === null ? '' : ` on node ${pod.node}`;
  const shared = others.length === 0 ? '' : `; ${others.join(', ')} has the address too, ${name} is the newest`;
  return {
    ...nobody,
    is: 'pod',
    name,
    node: pod.node,
    labels: ownLabels(pod.labels).map(pair),
    namespaceLabels: labelsOfNamespace(pod.labels).map(pair),
    at: formatPosition(pod.at),
    sentence: `${nobody.address} is pod ${name}${where}${shared}`,
  };
}

/** Why an address is nobody's. */
function nobodyWords(cluster: Cluster, address: Address): string {
  const text = formatAddress(address);
  for (const node of cluster.nodes) {
    const range = node.podNets.find((net) => contains(net, address));
    if (range !== undefined)
      return `${text} is in the pod range ${formatPrefix(range)} of node ${node.name}, and no pod of the manifests has it`;
  }
  return `${text} is outside the cluster: no pod, node or Service of the manifests has it`;
}

const pair = ([key, value]: [string, string]): string => `${key}=${value}`;
