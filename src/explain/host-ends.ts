import type { Cluster } from '../model/cluster.ts';
import type { Endpoint } from '../model/endpoint.ts';
import { type Governor, governors, type HostEndpoint, ownAddresses } from '../model/host-endpoint.ts';
import type { Direction } from '../model/policy.ts';
import { type Address, formatAddress } from '../net/address.ts';
import type { FiveTuple } from '../net/five-tuple.ts';
import { contains } from '../net/prefix.ts';

export const ownEnd = (direction: Direction, { src, dst }: FiveTuple): Address => (direction === 'egress' ? src : dst);

/** Which host endpoint is asked about a packet, and how the packet comes to it: for the literal evaluator. */
export class HostEnds {
  readonly #cluster: Cluster;
  readonly #podAt: (address: Address) => Endpoint | undefined;
  readonly #governors: ReadonlyMap<string, Governor>;

  constructor(cluster: Cluster, podAt: (address: Address) => Endpoint | undefined) {
    this.#cluster = cluster;
    this.#podAt = podAt;
    this.#governors = governors(cluster);
  }

  /**
   * The host endpoint that is asked: none about a node and a pod that it runs; about two addresses of one node that of
   * all interfaces, as such traffic goes by `lo`. Source: felix/rules/static.go, dispatch.go.
   */
  asked(direction: Direction, tuple: FiveTuple): HostEndpoint | null {
    const own = ownEnd(direction, tuple);
    const peer = ownEnd(direction === 'egress' ? 'ingress' : 'egress', tuple);
    const governor = this.#podAt(own) !== undefined ? undefined : this.#governors.get(formatAddress(own));
    if (governor === undefined) return null;
    if (this.nodeOf(own) !== this.nodeOf(peer)) return governor.outward;
    return this.#podAt(peer) !== undefined ? null : governor.inward;
  }

  /**
   * A packet as it comes to a host endpoint: away from its own node a pod's may have its node's address (an IPPool's
   * `natOutgoing`: from that pool to an address in none). Both, where the pools are not known. Source: felix/rules/nat.go.
   */
  seen(direction: Direction, tuple: FiveTuple): readonly FiveTuple[] {
    const { nodes, pools = [] } = this.#cluster;
    const pod = this.#podAt(tuple.src);
    const node = nodes.find(({ name }) => name === pod?.node);
    const address = node === undefined ? undefined : ownAddresses(node, tuple.src.family)[0];
    if (direction === 'egress' || address === undefined) return [tuple];
    const masqueraded = { ...tuple, src: address };
    if (pools.length === 0) return [tuple, masqueraded];
    const leaves = pools.some(({ net, natOutgoing }) => natOutgoing && contains(net, tuple.src));
    return leaves && !pools.some(({ net }) => contains(net, tuple.dst)) ? [masqueraded] : [tuple];
  }

  /** The name of the node that has an address, or runs who has it. */
  nodeOf(address: Address): string | null {
    const text = formatAddress(address);
    const node = this.#cluster.nodes.find(({ addresses }) => addresses.some((one) => formatAddress(one) === text));
    return node?.name ?? this.#podAt(address)?.node ?? null;
  }
}
