/** Lowers Services and hostPorts: who answers at which address, protocol and port. Read by replay alone. */
import type { Cluster } from '../model/cluster.ts';
import type { Endpoint, Node, Service } from '../model/endpoint.ts';
import type { Exposure, Serving } from '../model/exposure.ts';
import { FAMILIES } from '../model/host-endpoint.ts';
import type { Labels } from '../model/labels.ts';
import { type Address, formatAddress } from '../net/address.ts';
import { formatPrefix } from '../net/prefix.ts';
import {
  type Backend,
  FRONT_BALANCER,
  FRONT_CLUSTER,
  FRONT_EXTERNAL,
  FRONT_NODE,
  type Front,
  type Route,
  type RouteNode,
  type RouteTable,
} from '../table/routes.ts';

type Port = Service['ports'][number];

export function routesOf(cluster: Cluster): RouteTable | null {
  if (cluster.services.some((service) => service.exposure === undefined && service.addresses.length > 0)) return null;
  const fronts: Front[] = [];
  const routes: Route[] = [];
  for (const service of cluster.services) addService(service, cluster, fronts, routes);
  for (const endpoint of cluster.endpoints) addHostPorts(endpoint, fronts, routes);
  return { fronts, routes, nodes: cluster.nodes.map(nodeOf) };
}

function addService(service: Service, cluster: Cluster, fronts: Front[], routes: Route[]): void {
  const { exposure } = service;
  if (exposure === undefined) return;
  service.ports.forEach((port, i) => {
    const { protocol, port: number, nodePort } = port;
    const route = routes.length;
    const known = fronts.length;
    const add = (kind: number, addresses: readonly Address[]): void => {
      for (const address of addresses)
        fronts.push({ kind, address: formatAddress(address), node: null, protocol, port: number, route });
    };
    add(FRONT_CLUSTER, exposure.clusterAddresses);
    add(FRONT_EXTERNAL, exposure.externalAddresses);
    add(FRONT_BALANCER, exposure.balancerAddresses);
    if (nodePort !== null)
      fronts.push({ kind: FRONT_NODE, address: null, node: null, protocol, port: nodePort, route });
    if (fronts.length === known) return;
    routes.push({
      affinitySeconds: exposure.affinitySeconds,
      internalLocal: exposure.internalLocal,
      externalLocal: exposure.externalLocal,
      isHostPort: false,
      sourceRanges: exposure.sourceRanges.map(formatPrefix),
      backends: backendsOf(service, exposure, port, exposure.targets[i]!, cluster),
    });
  });
}

/** Each address and port once; the ready, and those that end and still serve. */
function backendsOf(
  service: Service,
  exposure: Exposure,
  port: Port,
  target: number | string,
  cluster: Cluster,
): Backend[] {
  const told =
    exposure.endpoints === null
      ? ofPods(service, exposure, port, target, cluster)
      : exposure.endpoints.flatMap((endpoint) =>
          endpoint.ports
            .filter(({ name, protocol }) => name === port.name && protocol === port.protocol)
            // Of several addresses of one endpoint, kube-proxy takes the first.
            .flatMap((one) =>
              endpoint.addresses.slice(0, 1).map((address) => ({ ...endpoint, address, port: one.port })),
            ),
        );
  const backends = new Map<string, Backend>();
  for (const { address, port: number, node, ready, serving, terminating, forNodes = [], forZones = [] } of told) {
    if (!ready && !(serving && terminating)) continue;
    const text = formatAddress(address);
    const key = `${text} ${number}`;
    if (backends.get(key)?.fallback !== false)
      backends.set(key, { address: text, port: number, node, fallback: !ready, forNodes, forZones });
  }
  return [...backends.values()];
}

type Told = {
  readonly address: Address;
  readonly port: number;
  readonly node: string | null;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly forNodes?: readonly string[];
  readonly forZones?: readonly string[];
};

type Candidate = Pick<Endpoint, 'namespace' | 'labels' | 'addresses' | 'namedPorts' | 'node'> & {
  readonly serving?: Serving;
};

/** What the endpoint slice controller would write: the pods that the selector finds. */
function ofPods(
  service: Service,
  { selector, publishNotReady }: Exposure,
  { protocol }: Port,
  target: number | string,
  cluster: Cluster,
): Told[] {
  if (selector === null) return [];
  const candidates: readonly Candidate[] = [...cluster.endpoints, ...(cluster.hostPods ?? [])];
  return candidates
    .filter((pod) => pod.namespace === service.namespace && hasAll(pod.labels, selector))
    .flatMap(({ addresses, namedPorts, node, serving = SERVES }) => {
      const named = namedPorts.find((one) => one.name === target && one.protocol === protocol);
      const port = typeof target === 'number' ? target : named?.port;
      if (port === undefined) return [];
      const ready = publishNotReady || (serving.serving && !serving.terminating);
      return addresses.map((address) => ({ address, port, node, ready, ...serving }));
    });
}

const SERVES: Serving = { serving: true, terminating: false };

const hasAll = (labels: Labels, selector: Labels): boolean =>
  [...selector].every(([key, value]) => labels.get(key) === value);

function addHostPorts({ hostPorts, addresses, node }: Endpoint, fronts: Front[], routes: Route[]): void {
  for (const { address: at, protocol, hostPort, port } of hostPorts ?? []) {
    if (node === null) continue;
    const address = at === null ? null : formatAddress(at);
    fronts.push({ kind: FRONT_NODE, address, node, protocol, port: hostPort, route: routes.length });
    routes.push({
      affinitySeconds: null,
      internalLocal: true,
      externalLocal: true,
      isHostPort: true,
      sourceRanges: [],
      backends: addresses.map((one) => ({ address: formatAddress(one), port, node, fallback: false })),
    });
  }
}

/** Calico gives a packet that leaves through a tunnel the tunnel's address. Source: felix/rules/static.go, POSTROUTING. */
function nodeOf({ name, addresses, tunnelAddresses = [], zone = null }: Node): RouteNode {
  const hiding = [...tunnelAddresses, ...addresses];
  return {
    name,
    addresses: addresses.map(formatAddress),
    tunnels: tunnelAddresses.map(formatAddress),
    hides: FAMILIES.flatMap((of) => hiding.find(({ family }) => family === of) ?? []).map(formatAddress),
    zone,
  };
}
