/**
 * What the rules can know of an address. Every block, hole, pod, node, Service and network set is a prefix; between
 * two neighbouring edges nothing changes, so one sweep over the sorted prefixes sees every kind of address there is.
 *
 *     10.0.0.0/8            block of rule A                        net group {A}
 *       10.1.0.0/16           hole of A, block of rule B             {B}
 *         10.1.2.3/32           a pod                                  {B}, its labels, its ports
 *       10.2.0.0/16           hole of A                              {}
 *
 * A prefix is entered with what it opens and left again with what it closes, so a hole is a prefix whose group has its
 * own membership: it cuts its own block, and nothing out of a sibling.
 */
import type { Cluster } from '../model/cluster.ts';
import type { Endpoint } from '../model/endpoint.ts';
import { type Governor, governors, type HostEndpoint } from '../model/host-endpoint.ts';
import { newest } from '../model/order.ts';
import { type Address, bitsOf, parseAddress } from '../net/address.ts';
import { comparePrefixes, covers, hostPrefix, type Prefix } from '../net/prefix.ts';
import { ROLE_NODE, ROLE_OUTSIDE, ROLE_SERVICE, ROLE_UNKNOWN_WORKLOAD, ROLE_WORKLOAD } from '../table/match-table.ts';
import type { Bindings } from './bindings.ts';
import { Interner } from './intern.ts';
import type { Block } from './lower.ts';
import type { Selection } from './select.ts';

/** Addresses whose longest known prefix is `prefix`, and what is true of all of them. */
export type AddressGroup = {
  readonly prefix: Prefix;
  readonly nets: number;
  readonly selectors: number;
  readonly bindings: number;
  readonly role: number;
  /** The endpoint whose policies judge there. */
  readonly subject: Endpoint | null;
  /** Whose policies judge what a node itself sends and receives there; null where none does. */
  readonly governor: Governor | null;
};

export type AddressGroups = {
  /** IPv4 before IPv6, parents before children. The first of each family is the whole of it. */
  readonly list: readonly AddressGroup[];
  /** Sorted net atoms by group; group 0 is "no address". */
  readonly nets: Interner<readonly number[]>;
  readonly selectors: Interner<readonly number[]>;
  /** Place in `list` of an endpoint's first address. */
  readonly ofEndpoint: ReadonlyMap<Endpoint, number>;
};

/** What begins at one prefix. */
type Site = {
  readonly prefix: Prefix;
  readonly blocks: number[];
  readonly holesOf: number[];
  readonly networkSets: number[];
  readonly endpoints: Endpoint[];
  /** Host endpoints that expect the address. */
  readonly hosts: HostEndpoint[];
  governor: Governor | null;
  isNode: boolean;
  isService: boolean;
  isPodRange: boolean;
};

export function addressGroups(
  cluster: Cluster,
  netAtoms: readonly (readonly Block[])[],
  selection: Selection,
  bindings: Bindings,
): AddressGroups {
  const blocks = netAtoms.flatMap((list, atom) => list.map((block) => ({ atom, block })));
  const sites = collectSites(cluster, blocks, bindings);
  const sweep = new Sweep(netAtoms.length, blocks);
  const nets = new Interner<readonly number[]>();
  const selectors = new Interner<readonly number[]>();
  nets.id('unknown', () => []);
  selectors.id('', () => []);
  const selectorGroups = new SelectorGroups(selectors, selection);
  const ofEndpoint = new Map<Endpoint, number>();
  const list: AddressGroup[] = [];
  const open: { site: Site; nets: number }[] = [];
  for (const site of sites) {
    while (open.length > 0 && !covers(open.at(-1)!.site.prefix, site.prefix)) sweep.leave(open.pop()!.site);
    const changed = sweep.enter(site);
    const netGroup = changed || open.length === 0 ? internNumbers(nets, sweep.satisfied()) : open.at(-1)!.nets;
    open.push({ site, nets: netGroup });
    for (const endpoint of site.endpoints) if (isFirstOf(endpoint, site.prefix)) ofEndpoint.set(endpoint, list.length);
    list.push({
      prefix: site.prefix,
      nets: netGroup,
      selectors: selectorGroups.at(site, open),
      bindings: isHost(site.prefix)
        ? bindings.groupAt({ family: site.prefix.family, value: site.prefix.first }, holdersAt(site))
        : NO_BINDINGS,
      role: roleOf(site, open),
      subject: newest(site.endpoints) ?? null,
      governor: site.endpoints.length > 0 ? null : site.governor,
    });
  }
  return { list, nets, selectors, ofEndpoint };
}

/** Who has the address, for selectors and for port names. */
const holdersAt = ({ endpoints, hosts }: Site): readonly Endpoint[] =>
  hosts.length === 0 ? endpoints : [...endpoints, ...hosts];

const isFirstOf = ({ addresses: [first] }: Endpoint, { family, first: value }: Prefix): boolean =>
  first !== undefined && first.family === family && first.value === value;

/** The selector atoms that hold at a site: of the endpoints there, and of the network sets around it. */
class SelectorGroups {
  readonly #groups: Interner<readonly number[]>;
  readonly #selection: Selection;
  /** By identity: the group of an address that one endpoint has, and no network set. Nearly all pods are such. */
  readonly #ofIdentity = new Map<number, number>();

  constructor(groups: Interner<readonly number[]>, selection: Selection) {
    this.#groups = groups;
    this.#selection = selection;
  }

  at(here: Site, open: readonly { site: Site }[]): number {
    const sets = open.flatMap(({ site }) => site.networkSets);
    const identities = holdersAt(here).map((endpoint) => this.#selection.identityOf.get(endpoint)!);
    const [alone] = identities;
    if (alone === undefined || identities.length > 1 || sets.length > 0) return this.#group(identities, sets);
    const known = this.#ofIdentity.get(alone);
    if (known !== undefined) return known;
    const group = this.#group(identities, sets);
    this.#ofIdentity.set(alone, group);
    return group;
  }

  #group(identities: readonly number[], networkSets: readonly number[]): number {
    const { identityAtoms, networkSetAtoms } = this.#selection;
    const atoms = new Set<number>();
    for (const identity of identities) for (const atom of identityAtoms[identity]!) atoms.add(atom);
    for (const set of networkSets) for (const atom of networkSetAtoms[set]!) atoms.add(atom);
    return internNumbers(this.#groups, atoms);
  }
}

/** The group of addresses that no name stands for. */
const NO_BINDINGS = 0;

const isHost = (prefix: Prefix): boolean => prefix.length === bitsOf(prefix.family);

const internNumbers = (into: Interner<readonly number[]>, numbers: Iterable<number>): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return into.id(sorted.join(' '), () => sorted);
};

function roleOf(site: Site, open: readonly { site: Site }[]): number {
  if (site.endpoints.length > 0) return ROLE_WORKLOAD;
  if (site.isNode) return ROLE_NODE;
  if (site.isService) return ROLE_SERVICE;
  return open.some(({ site: holder }) => holder.isPodRange) ? ROLE_UNKNOWN_WORKLOAD : ROLE_OUTSIDE;
}

const emptySite = (prefix: Prefix): Site => ({
  prefix,
  blocks: [],
  holesOf: [],
  networkSets: [],
  endpoints: [],
  hosts: [],
  governor: null,
  isNode: false,
  isService: false,
  isPodRange: false,
});

function collectSites(
  cluster: Cluster,
  blocks: readonly { readonly block: Block }[],
  bindings: Bindings,
): readonly Site[] {
  // By text: a Map hashes no more of a bigint than its lowest 64 bits, which many IPv6 pods have in common.
  const sites = new Map<string, Site>();
  const at = (prefix: Prefix): Site => {
    const key = `${prefix.family}:${prefix.first.toString(16)}/${prefix.length}`;
    let site = sites.get(key);
    if (site === undefined) {
      site = emptySite(prefix);
      sites.set(key, site);
    }
    return site;
  };
  const host = (address: Address): Site => at(hostPrefix(address));
  at({ family: 4, first: 0n, length: 0 });
  at({ family: 6, first: 0n, length: 0 });
  blocks.forEach(({ block }, id) => {
    at(block.net).blocks.push(id);
    for (const hole of block.holes) at(hole).holesOf.push(id);
  });
  cluster.networkSets.forEach((set, id) => {
    for (const net of set.nets) at(net).networkSets.push(id);
  });
  for (const endpoint of cluster.endpoints) {
    for (const address of endpoint.addresses) host(address).endpoints.push(endpoint);
  }
  for (const node of cluster.nodes) {
    for (const address of node.addresses) host(address).isNode = true;
    for (const net of node.podNets) at(net).isPodRange = true;
  }
  for (const one of cluster.hostEndpoints ?? []) for (const address of one.addresses) host(address).hosts.push(one);
  for (const [text, governor] of governors(cluster)) host(parseAddress(text)!).governor = governor;
  for (const service of cluster.services) for (const address of service.addresses) host(address).isService = true;
  for (const address of bindings.backendAddresses(cluster.services)) host(address);
  return [...sites.values()].sort((a, b) => comparePrefixes(a.prefix, b.prefix));
}

/** Counts, while prefixes are entered and left, which atoms hold. */
class Sweep {
  readonly #atomOf: Int32Array;
  readonly #inBlock: Uint8Array;
  readonly #holes: Int32Array;
  readonly #count: Int32Array;
  readonly #satisfied = new Set<number>();

  constructor(atoms: number, blocks: readonly { readonly atom: number }[]) {
    this.#atomOf = Int32Array.from(blocks, ({ atom }) => atom);
    this.#inBlock = new Uint8Array(blocks.length);
    this.#holes = new Int32Array(blocks.length);
    this.#count = new Int32Array(atoms);
  }

  /** Whether anything may have changed. */
  enter(site: Site): boolean {
    for (const block of site.blocks) this.#change(block, 1, 0);
    for (const block of site.holesOf) this.#change(block, 0, 1);
    return site.blocks.length + site.holesOf.length > 0;
  }

  leave(site: Site): void {
    for (const block of site.blocks) this.#change(block, -1, 0);
    for (const block of site.holesOf) this.#change(block, 0, -1);
  }

  satisfied(): ReadonlySet<number> {
    return this.#satisfied;
  }

  #change(block: number, inBlock: number, holes: number): void {
    const before = this.#holds(block);
    this.#inBlock[block]! += inBlock;
    this.#holes[block]! += holes;
    const after = this.#holds(block);
    if (before === after) return;
    const atom = this.#atomOf[block]!;
    this.#count[atom]! += after ? 1 : -1;
    if (this.#count[atom] === 0) this.#satisfied.delete(atom);
    else this.#satisfied.add(atom);
  }

  #holds(block: number): boolean {
    return this.#inBlock[block]! > 0 && this.#holes[block] === 0;
  }
}
