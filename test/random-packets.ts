/**
 * Packets for a random cluster: from the edges of its blocks, holes and port ranges, aimed at one rule, and between
 * ends that no policy selects.
 */
import type { Cluster } from '../src/model/cluster.ts';
import type { Endpoint, NetworkSet } from '../src/model/endpoint.ts';
import { qualifiedName } from '../src/model/endpoint.ts';
import { governs, newest } from '../src/model/order.ts';
import {
  ANY_L4,
  type Direction,
  type L4Match,
  type PeerMatch,
  type Policy,
  type PortSet,
  type Rule,
} from '../src/model/policy.ts';
import { matches, type Selector } from '../src/model/selector.ts';
import { type Address, type Family, parseAddress } from '../src/net/address.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import { contains, lastOf } from '../src/net/prefix.ts';
import { hasIcmpType, hasPorts, ICMP, ICMPV6, SCTP, TCP, UDP, UDPLITE } from '../src/net/protocol.ts';
import type { Random } from './random.ts';

/** An address that packets come from or go to, with what the cluster knows of it. */
type Place = {
  readonly address: Address;
  readonly owners: readonly Endpoint[];
  readonly sets: readonly NetworkSet[];
  readonly subject: Endpoint | undefined;
  /** Whether some policy in force selects it there. */
  readonly policed: Record<Direction, boolean>;
};

type Transport = Pick<FiveTuple, 'protocol' | 'sourcePort' | 'destinationPort' | 'icmpType' | 'icmpCode'>;

const FAMILIES: readonly Family[] = [4, 6];
const PROTOCOLS = [TCP, TCP, TCP, UDP, UDP, SCTP, UDPLITE, ICMP, ICMPV6, 47, 253];
const ICMP_TYPES = [0, 8, 3, 128, 254, 1, 255];
const ICMP_CODES = [0, 3, 1, 255];
/** Addresses that no policy names, beside those of nodes and Services. */
const STRANGERS = ['198.51.100.7', '2600::1'];
const MAX_PORT = 65_535;

export class Packets {
  readonly #random: Random;
  readonly #cluster: Cluster;
  readonly #places: Record<Family, readonly Place[]>;
  readonly #pods: Record<Family, readonly Place[]>;
  readonly #ports: readonly number[];

  constructor(random: Random, cluster: Cluster) {
    this.#random = random;
    this.#cluster = cluster;
    const places = edgeAddresses(cluster).map((address) => placeOf(cluster, address));
    const byFamily = (of: readonly Place[]): Record<Family, readonly Place[]> => ({
      4: of.filter(({ address }) => address.family === 4),
      6: of.filter(({ address }) => address.family === 6),
    });
    this.#places = byFamily(places);
    this.#pods = byFamily(places.filter(({ owners }) => owners.length > 0));
    this.#ports = edgePorts(cluster);
  }

  /** Any packet, between pods more often than not. */
  any(): FiveTuple {
    const family = this.#random.pick(FAMILIES);
    const end = (): Address =>
      this.#random.pick((this.#random.chance(0.6) ? this.#pods : this.#places)[family]).address;
    return { src: end(), dst: end(), ...this.#transport() };
  }

  /** A packet that no policy judges at either end. */
  unpoliced(): FiveTuple {
    const places = this.#places[this.#random.pick(FAMILIES)];
    const end = (direction: Direction): Address => {
      const free = places.filter(({ policed }) => !policed[direction]);
      const pods = free.filter(({ owners }) => owners.length > 0);
      return this.#random.pick(pods.length > 0 && this.#random.chance(0.7) ? pods : free).address;
    };
    return { src: end('egress'), dst: end('ingress'), ...this.#transport() };
  }

  /** A packet that passes a rule at an end that its policy selects; null when the ends of none do. */
  aimedAt(policy: Policy, direction: Direction, rule: Rule): FiveTuple | null {
    const random = this.#random;
    const families = FAMILIES.filter((family) => rule.family === null || rule.family === family);
    const family = random.pick(families);
    const own = { source: direction === 'egress', destination: direction === 'ingress' };
    const ends = (side: 'source' | 'destination'): Place[] =>
      this.#places[family].filter(
        (place) =>
          (!own[side] || (place.subject !== undefined && governs(policy, place.subject, direction))) &&
          (rule[side] === null || rule[side].some((peer) => this.#holds(peer, place))),
      );
    const sources = ends('source');
    const destinations = ends('destination');
    if (sources.length === 0 || destinations.length === 0) return null;
    // The other end should have nothing against it, half of the time.
    const src = this.#prefer(sources, (place) => own.source || !place.policed.egress);
    const dst = this.#prefer(destinations, (place) => own.destination || !place.policed.ingress);
    const match = rule.l4 === null ? ANY_L4 : rule.l4.length === 0 ? null : random.pick(rule.l4);
    if (match === null) return null;
    const service = rule.destination?.find((peer) => peer.service !== null && this.#holds(peer, dst))?.service ?? null;
    return { src: src.address, dst: dst.address, ...this.#matching(match, src, dst, service) };
  }

  #prefer(places: readonly Place[], wanted: (place: Place) => boolean): Place {
    const good = this.#random.chance(0.6) ? places.filter(wanted) : [];
    return this.#random.pick(good.length > 0 ? good : places);
  }

  #holds(peer: PeerMatch, place: Place): boolean {
    const { address, owners, sets } = place;
    const held = (selector: Selector): boolean => [...owners, ...sets].some((one) => matches(selector, one.labels));
    return (
      (peer.nets === null || peer.nets.some((net) => contains(net, address))) &&
      (peer.notNets === null || !peer.notNets.some((net) => contains(net, address))) &&
      (peer.selector === null || held(peer.selector)) &&
      (peer.notSelector === null || !held(peer.notSelector)) &&
      (peer.service === null || this.#backends(peer.service, address).length > 0)
    );
  }

  #backends(service: string, address: Address): { readonly protocol: number; readonly port: number }[] {
    return this.#cluster.services
      .filter((one) => qualifiedName(one) === service)
      .flatMap((one) => one.backends)
      .filter((one) => one.address.family === address.family && one.address.value === address.value);
  }

  #transport(): Transport {
    const random = this.#random;
    const protocol = random.pick(PROTOCOLS);
    // Now and then the packet does not tell.
    if (random.chance(0.02)) return { protocol, ...NOTHING };
    if (hasPorts(protocol)) {
      return { protocol, ...NOTHING, sourcePort: random.pick(this.#ports), destinationPort: random.pick(this.#ports) };
    }
    if (!hasIcmpType(protocol)) return { protocol, ...NOTHING };
    return { protocol, ...NOTHING, icmpType: random.pick(ICMP_TYPES), icmpCode: random.pick(ICMP_CODES) };
  }

  /** Ports, or a type and code, that a match takes, with luck as to its negations. */
  #matching(match: L4Match, src: Place, dst: Place, service: string | null): Transport {
    const random = this.#random;
    const behind = service === null ? [] : this.#backends(service, dst.address);
    const backend = behind.length > 0 ? random.pick(behind) : null;
    const named = [...namedIn(match.destinationPorts, dst, match), ...namedIn(match.sourcePorts, src, match)];
    const protocol =
      match.protocol ??
      backend?.protocol ??
      (named.length > 0 ? random.pick(named).protocol : random.pick(PROTOCOLS.filter((p) => p !== match.notProtocol)));
    if (hasIcmpType(protocol)) {
      const icmpType = match.icmp?.type ?? random.pick(ICMP_TYPES);
      return { protocol, ...NOTHING, icmpType, icmpCode: match.icmp?.code ?? random.pick(ICMP_CODES) };
    }
    if (!hasPorts(protocol)) return { protocol, ...NOTHING };
    return {
      protocol,
      ...NOTHING,
      sourcePort: this.#portIn(match.sourcePorts, src, protocol),
      destinationPort: backend?.port ?? this.#portIn(match.destinationPorts, dst, protocol),
    };
  }

  #portIn(ports: PortSet | null, place: Place, protocol: number): number {
    const random = this.#random;
    if (ports === null) return random.pick(this.#ports);
    const numbers = namedIn(ports, place, { ...ANY_L4, protocol }).map(({ port }) => port);
    const edges = ports.ranges.flatMap(([first, last]) => [first, last, (first + last) >>> 1]);
    const all = [...numbers, ...edges];
    return all.length === 0 ? random.pick(this.#ports) : random.pick(all);
  }
}

const NOTHING = { sourcePort: null, destinationPort: null, icmpType: null, icmpCode: null } as const;

const namedIn = (ports: PortSet | null, place: Place, match: L4Match): readonly Endpoint['namedPorts'][number][] =>
  place.owners
    .flatMap(({ namedPorts }) => namedPorts)
    .filter(({ name }) => ports?.names.includes(name))
    .filter(({ protocol }) => match.protocol === null || match.protocol === protocol);

function placeOf(cluster: Cluster, address: Address): Place {
  const owners = cluster.endpoints.filter(({ addresses }) =>
    addresses.some((one) => one.family === address.family && one.value === address.value),
  );
  const subject = newest(owners);
  const policed = (direction: Direction): boolean =>
    subject !== undefined && cluster.policies.some((policy) => governs(policy, subject, direction));
  return {
    address,
    owners,
    sets: cluster.networkSets.filter(({ nets }) => nets.some((net) => contains(net, address))),
    subject,
    policed: { ingress: policed('ingress'), egress: policed('egress') },
  };
}

/** Addresses at the edges of everything that the cluster names, one beyond each, and some that nobody names. */
function edgeAddresses(cluster: Cluster): Address[] {
  const nets = allRules(cluster)
    .flatMap((rule) => [...(rule.source ?? []), ...(rule.destination ?? [])])
    .flatMap((peer) => [...(peer.nets ?? []), ...(peer.notNets ?? [])]);
  const all = [...nets, ...cluster.networkSets.flatMap((set) => set.nets), ...cluster.nodes.flatMap((n) => n.podNets)];
  const found = new Map<string, Address>();
  const add = ({ family, value }: Address): void => {
    const top = family === 4 ? 1n << 32n : 1n << 128n;
    if (value >= 0n && value < top) found.set(`${family} ${value}`, { family, value });
  };
  for (const net of all) {
    for (const d of [-1n, 0n, 1n]) {
      add({ family: net.family, value: net.first + d });
      add({ family: net.family, value: lastOf(net) + d });
    }
  }
  for (const { addresses } of [...cluster.nodes, ...cluster.services, ...cluster.endpoints]) addresses.forEach(add);
  for (const one of STRANGERS) add(parseAddress(one)!);
  return [...found.values()];
}

/** Ports at the edges of every range and name, one beyond each, and some that nobody names. */
function edgePorts(cluster: Cluster): number[] {
  const sets = allRules(cluster)
    .flatMap((rule) => rule.l4 ?? [])
    .flatMap((match) => [match.sourcePorts, match.notSourcePorts, match.destinationPorts, match.notDestinationPorts]);
  const edges = new Set([0, 1024, 40_000, MAX_PORT]);
  for (const set of sets) for (const [first, last] of set?.ranges ?? []) edges.add(first).add(last);
  for (const { namedPorts } of cluster.endpoints) for (const { port } of namedPorts) edges.add(port);
  for (const { backends } of cluster.services) for (const { port } of backends) edges.add(port);
  const beyond = [...edges].flatMap((port) => [port, port, port - 1, port + 1]);
  return beyond.filter((port) => port >= 0 && port <= MAX_PORT);
}

const allRules = (cluster: Cluster): Rule[] =>
  cluster.policies.flatMap(({ ingress, egress }) => [...ingress, ...egress]);
