import { parseAddress, wordsOf } from '../net/address.ts';
import { parsePrefix } from '../net/prefix.ts';
import type { MatchTable } from '../table/match-table.ts';
import {
  FRONT_CLUSTER,
  FRONT_NODE,
  type Front as FrontRow,
  type Route as RouteRow,
  type RouteTable,
} from '../table/routes.ts';
import { AddressMap, portTag } from './address-map.ts';

export type Words = readonly [number, number, number, number];
/** An address as columns have it. */
export type Place = { readonly family: number; readonly words: Words };

/** A node's address in place of a client's, and owing to what. */
export type Hidden = Place & { readonly why: string };

/** A block of addresses. */
export type Range = Place & { readonly length: number };

/** A backend in numbers. `node` is a number of this file's own; NO_NODE when it is not told. */
export type Target = Place & {
  readonly port: number;
  readonly node: number;
  readonly fallback: boolean;
  readonly forNodes: readonly string[];
  readonly forZones: readonly string[];
};
export const NO_NODE = -1;

export type Route = Omit<RouteRow, 'backends' | 'sourceRanges'> & {
  readonly id: number;
  readonly targets: readonly Target[];
  readonly ranges: readonly Range[];
  /** Where it is entered: by address and port, and by the port of nodes. */
  readonly entrances: readonly (Place & { readonly port: number })[];
  /** It can be reached from outside of the cluster. */
  readonly isExposed: boolean;
  readonly nodePorts: readonly { readonly port: number; readonly node: number }[];
};

export type Front = { readonly kind: number; readonly route: Route };
/** What one route tells of a backend's address and port. */
export type Behind = { readonly route: Route; readonly target: Target };

/** A node: its addresses; what it shows in place of a client whose packet it sends on to another node. */
export type NodePlace = {
  readonly name: string;
  readonly zone: string | null;
  readonly addresses: readonly Place[];
  readonly hides: readonly Place[];
};

const ALL_NODES = -1;

/**
 * The table's routes as numbers, for lookups by address and port: fronts by where they are entered, backends by where
 * they stand. Made when replay begins, only where the table has routes.
 */
export class Fronts {
  readonly isEmpty: boolean;
  readonly nodes: NodePlace[] = [];
  #names = new Map<string, number>();
  #nodeOf: AddressMap;
  #fronts: Front[] = [];
  #byAddress: AddressMap;
  /** By node number, protocol and port. */
  #byNode = new Map<number, number>();
  #behind: Behind[][] = [];
  #byBackend: AddressMap;

  constructor(table: MatchTable, routes: RouteTable) {
    this.isEmpty = routes.fronts.length === 0;
    this.#nodeOf = this.#readNodes(table, routes);
    const ofRoute = routes.routes.map((): FrontRow[] => []);
    for (const front of routes.fronts) ofRoute[front.route]!.push(front);
    const made = routes.routes.map((row, id) => this.#routeOf(row, id, ofRoute[id]!));
    const addressed = routes.fronts.filter(({ address }) => address !== null);
    this.#byAddress = AddressMap.sized(addressed.length);
    for (const { kind, address, node, protocol, port, route } of routes.fronts) {
      const front = this.#fronts.push({ kind, route: made[route]! }) - 1;
      if (address !== null) putFirst(this.#byAddress, placeOf(address), protocol, port, front);
      else {
        const key = nodeKey(node === null ? ALL_NODES : this.#nodeNamed(node), protocol, port);
        if (!this.#byNode.has(key)) this.#byNode.set(key, front);
      }
    }
    this.#byBackend = AddressMap.sized(made.reduce((sum, { targets }) => sum + targets.length, 0));
    const protocols = new Map(routes.fronts.map(({ route, protocol }) => [route, protocol]));
    for (const route of made)
      for (const target of route.targets) this.#addBehind(route, target, protocols.get(route.id)!);
  }

  /** The front at an address, protocol and port, or null. */
  at(family: number, w0: number, w1: number, w2: number, w3: number, protocol: number, port: number): Front | null {
    const found = this.#byAddress.get(w0, w1, w2, w3, portTag(family, protocol, port));
    if (found >= 0) return this.#fronts[found]!;
    if (this.#byNode.size === 0) return null;
    const node = this.#nodeOf.get(w0, w1, w2, w3, nodeTag(family));
    if (node < 0) return null;
    const front =
      this.#byNode.get(nodeKey(ALL_NODES, protocol, port)) ?? this.#byNode.get(nodeKey(node, protocol, port));
    return front === undefined ? null : this.#fronts[front]!;
  }

  /** Who leads to this backend. */
  behind(
    family: number,
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    protocol: number,
    port: number,
  ): readonly Behind[] {
    const found = this.#byBackend.get(w0, w1, w2, w3, portTag(family, protocol, port));
    return found < 0 ? NOBODY : this.#behind[found]!;
  }

  /** The node that an address is on: a node's own, or that of a pod that it runs. NO_NODE when that is not known. */
  nodeAt(family: number, w0: number, w1: number, w2: number, w3: number): number {
    const node = this.#nodeOf.get(w0, w1, w2, w3, nodeTag(family));
    return node >= 0 ? node : this.#nodeOf.get(w0, w1, w2, w3, podTag(family));
  }

  /** Is this an address of a node, its tunnel's included? Then which node's. */
  nodeOwning(family: number, w0: number, w1: number, w2: number, w3: number): number {
    return this.#nodeOf.get(w0, w1, w2, w3, nodeTag(family));
  }

  #nodeNamed(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const node = this.nodes.push({ name, zone: null, addresses: [], hides: [] }) - 1;
    this.#names.set(name, node);
    return node;
  }

  #readNodes(table: MatchTable, { nodes }: RouteTable): AddressMap {
    const { endpoints } = table;
    const own = nodes.reduce((sum, { addresses }) => sum + addresses.length, 0);
    const map = AddressMap.sized(own + endpoints.byAddress.size);
    for (const { name, addresses, hides, zone } of nodes) {
      const node = this.#nodeNamed(name);
      const places = { addresses: addresses.map(placeOf), hides: hides.map(placeOf) };
      this.nodes[node] = { name, zone, ...places };
      for (const { family, words } of this.nodes[node]!.addresses) map.set(...words, nodeTag(family), node);
    }
    for (const [text, endpoint] of endpoints.byAddress) {
      const { node } = endpoints.list[endpoint]!;
      if (node === null) continue;
      const { family, words } = placeOf(text);
      map.set(...words, podTag(family), this.#nodeNamed(node));
    }
    return map;
  }

  #routeOf(row: RouteRow, id: number, own: readonly FrontRow[]): Route {
    const { backends, sourceRanges, ...rest } = row;
    return {
      ...rest,
      id,
      targets: backends.map(({ address, port, node, fallback, forNodes = [], forZones = [] }) => ({
        ...placeOf(address),
        port,
        node: node === null ? this.#nodeOfBackend(address) : this.#nodeNamed(node),
        fallback,
        forNodes,
        forZones,
      })),
      ranges: sourceRanges.map(rangeOf),
      entrances: own.flatMap(({ address, port }) => (address === null ? [] : [{ ...placeOf(address), port }])),
      isExposed: own.some(({ kind }) => kind !== FRONT_CLUSTER),
      nodePorts: own
        .filter(({ kind, address }) => kind === FRONT_NODE && address === null)
        .map(({ port, node }) => ({ port, node: node === null ? ALL_NODES : this.#nodeNamed(node) })),
    };
  }

  #nodeOfBackend(address: string): number {
    const { family, words } = placeOf(address);
    return this.nodeAt(family, ...words);
  }

  #addBehind(route: Route, target: Target, protocol: number): void {
    const tag = portTag(target.family, protocol, target.port);
    const found = this.#byBackend.get(...target.words, tag);
    if (found >= 0) this.#behind[found]!.push({ route, target });
    else this.#byBackend.set(...target.words, tag, this.#behind.push([{ route, target }]) - 1);
  }
}

const NOBODY: readonly Behind[] = [];

const nodeKey = (node: number, protocol: number, port: number): number =>
  (node + 1) * 2 ** 24 + protocol * 65_536 + port;
const nodeTag = (family: number): number => family;
const podTag = (family: number): number => family + 16;

export function placeOf(text: string): Place {
  const address = parseAddress(text);
  if (address === null) throw new Error(`address \`${text}\` of a route: expected a formatted address`);
  return { family: address.family, words: wordsOf(address) };
}

export function rangeOf(text: string): Range {
  const prefix = parsePrefix(text)!.prefix;
  return {
    family: prefix.family,
    words: wordsOf({ family: prefix.family, value: prefix.first }),
    length: prefix.length,
  };
}

/** Two Services may not have one address and port; where they do, the first has it. */
function putFirst(map: AddressMap, { family, words }: Place, protocol: number, port: number, front: number): void {
  const tag = portTag(family, protocol, port);
  if (map.get(...words, tag) < 0) map.set(...words, tag, front);
}

/** Is an address within one of a route's source ranges? */
export const isAdmitted = ({ ranges }: Route, family: number, words: Words): boolean =>
  ranges.length === 0 || ranges.some((range) => isWithin(range, family, words));

export const isWithin = (range: Range, family: number, words: Words): boolean =>
  range.family === family && range.words.every((word, i) => sameBits(word, words[i]!, range.length - 32 * i));

/** Are the first `bits` of two words equal? */
function sameBits(a: number, b: number, bits: number): boolean {
  if (bits <= 0) return true;
  return bits >= 32 ? (a | 0) === (b | 0) : (a ^ b) >>> (32 - bits) === 0;
}
