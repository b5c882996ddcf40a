import { type Address, type Family, formatAddress } from '../net/address.ts';
import type { Cluster } from './cluster.ts';
import type { Endpoint, Node } from './endpoint.ts';
import { compareText } from './order.ts';

/** Calico's word for all interfaces of a node. */
export const ALL_INTERFACES = '*';

/** An interface of a node, or all of them, as an endpoint: `addresses` are those that it is expected to have. */
export type HostEndpoint = Endpoint & {
  readonly namespace: null;
  readonly node: string;
  /** `*`, a name, or null: the interface that has one of its addresses. */
  readonly interfaceName: string | null;
};

/** Who judges what a node itself sends from an address of its own, and receives there. */
export type Governor = {
  /** To and from other machines: the address' own interface, else all interfaces. */
  readonly outward: HostEndpoint | null;
  /** Between addresses of the node: that goes by its loopback interface. */
  readonly inward: HostEndpoint | null;
};

export const FAMILIES: readonly Family[] = [4, 6];

/**
 * Governors by formatted address. An address is taken to be that of the interface which sends and receives its packets.
 * A named interface whose addresses of a family are not told has the node's own: all that no other expects. Of several
 * host endpoints the first by name counts. Source: felix/dataplane/linux/endpoint_mgr.go, resolveHostEndpoints.
 */
export function governors({
  hostEndpoints = [],
  nodes,
}: Pick<Cluster, 'hostEndpoints' | 'nodes'>): Map<string, Governor> {
  const found = new Map<string, Governor>();
  for (const node of nodes) {
    const own = hostEndpoints.filter((host) => host.node === node.name).sort((a, b) => compareText(a.name, b.name));
    if (own.length === 0) continue;
    const inward = own.find(isWildcard) ?? null;
    const interfaces = interfacesOf(node, own);
    for (const address of node.addresses) {
      const text = formatAddress(address);
      found.set(text, { outward: interfaces.get(text) ?? inward, inward });
    }
  }
  return found;
}

const isWildcard = ({ interfaceName }: HostEndpoint): boolean => interfaceName === ALL_INTERFACES;

/** By address of a node: the host endpoint of its interface. `own` is in the order of names. */
function interfacesOf(node: Node, own: readonly HostEndpoint[]): Map<string, HostEndpoint> {
  const named = own.filter((host) => !isWildcard(host));
  const found = new Map<string, HostEndpoint>();
  const add = (host: HostEndpoint, address: Address): void => {
    const text = formatAddress(address);
    if (!found.has(text)) found.set(text, host);
  };
  for (const host of named) for (const address of host.addresses) add(host, address);
  for (const family of FAMILIES) {
    const [host] = withoutAddresses(named, family);
    if (host !== undefined) for (const address of ownAddresses(node, family)) add(host, address);
  }
  return found;
}

/** Host endpoints of named interfaces that do not tell which addresses of a family theirs has. */
export const withoutAddresses = (hosts: readonly HostEndpoint[], family: Family): HostEndpoint[] =>
  hosts.filter((host) => !isWildcard(host) && host.addresses.every((address) => address.family !== family));

/** Addresses of a node that are no tunnel's. */
export function ownAddresses({ addresses, tunnelAddresses = [] }: Node, family: Family): Address[] {
  const tunnels = new Set(tunnelAddresses.map(formatAddress));
  return addresses.filter((address) => address.family === family && !tunnels.has(formatAddress(address)));
}
