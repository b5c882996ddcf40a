import type { Cluster } from '../model/cluster.ts';
import { type Endpoint, qualifiedName } from '../model/endpoint.ts';
import { DEFAULT_FAILSAFES, failsafeRules } from '../model/failsafe.ts';
import type { Direction } from '../model/policy.ts';
import { hostPrefix, type Prefix } from '../net/prefix.ts';
import { LimitError } from '../source/errors.ts';
import type { CellSource } from '../table/cell.ts';
import type { HostTable } from '../table/hosts.ts';
import { PLANE_PORTS } from '../table/l4.ts';
import { ENTRY_WORDS, type Ids, ROLE_WORKLOAD, type TableStats, UNKNOWN_NETS } from '../table/match-table.ts';
import { PolicyTable } from '../table/policy-table.ts';
import { buildPrefixes, type ClassedPrefix, prefixTableBytes } from '../table/prefixes.ts';
import { ProgramStore } from '../table/programs.ts';
import { sharedIds, sharedWords, shareWords } from '../table/shared.ts';
import { addressGroups } from './address-groups.ts';
import { Bindings } from './bindings.ts';
import { type AddressClass, classAddresses, packClasses, packHosts } from './classes.ts';
import { contentsOf, decisionTable, namesOfEndpoints, namesOfNodes, namesOfServices } from './dictionary.ts';
import { type L4Classes, l4Classes } from './l4-classes.ts';
import { packL4, packTerms } from './l4-pack.ts';
import { type LoweredRule, Terms } from './lower.ts';
import { packLists, packPeers } from './pack.ts';
import { withPlainNames } from './port-names.ts';
import { Profiles } from './profiles.ts';
import { orderRules, select } from './select.ts';
import { switchesOf } from './switches.ts';

export type CompileOptions = {
  /** Refuse to build a table larger than this many bytes. Default 1 GiB. */
  readonly maxTableBytes?: number;
  /** Fill all cells of tables that have at most so many; 0 leaves every cell to its first touch. Default 2^20. */
  readonly denseCells?: number;
  /** Keep fingerprints of policies and rules, for comparing with another table. Default false. */
  readonly contents?: boolean;
};

export const DEFAULT_MAX_TABLE_BYTES = 1 << 30;
/** Tables with at most so many cells have all of them filled; larger ones are filled on first touch, by each replay. */
export const DENSE_CELLS = 1 << 20;
/** And their programs may not take more than this. */
const DENSE_PROGRAM_BYTES = 64 << 20;

/**
 * Compiles a cluster's policies into one match table.
 *
 *      Cluster (policies, endpoints, network sets, nodes, services)
 *         |
 *      order      tiers, policies and rules get their numbers
 *         |
 *      lower      each rule becomes three questions: own end, peer, transport; equal ones are kept once
 *         |  terms
 *      select     which policies govern which endpoint; which selector atoms each has
 *         |
 *      groups     one sweep over all prefixes: what is true of which addresses
 *         |
 *      profiles   for each kind of end: what its rules leave to ask
 *         |
 *      classes    addresses that no rule tells apart
 *         |
 *      L4         ports that no rule tells apart
 *         |
 *      pack       numbers into typed arrays; small tables get all of their cells
 *         |
 *      PolicyTable
 *
 * Same input, same bytes: everything is numbered in the order of the input or of sorted keys.
 * @throws LimitError before the large arrays are allocated, with the numbers that drove their size
 */
export function compile(given: Cluster, options: CompileOptions = {}): PolicyTable {
  const started = performance.now();
  const cluster = withPlainNames(given);
  const order = orderRules(cluster);
  const terms = new Terms(backendNets(cluster));
  const lowered = order.rules.map(({ rule, direction }) => terms.lower(rule, direction));
  const failsafes = { ingress: failsafesOf(cluster, 'ingress', terms), egress: failsafesOf(cluster, 'egress', terms) };
  const selection = select(cluster, order, terms);
  const bindings = new Bindings(terms, cluster.services);
  const groups = addressGroups(cluster, terms.nets.values, selection, bindings);
  const profiles = new Profiles({
    selection,
    lowered,
    terms,
    netAtoms: groups.nets.values,
    selectorAtoms: groups.selectors.values,
    failsafes,
  });
  const classes = classAddresses(groups, profiles);
  const ofEndpoint = cluster.endpoints.map((endpoint) => endpointClass(endpoint));
  const l4 = l4Classes(terms.l4.values, bindings.groups.values.flat());
  const prefixes: ClassedPrefix[] = groups.list.map((group, i) => ({ prefix: group.prefix, class: classes.of[i]! }));
  const sizes = estimate();
  refuseBeyond(options.maxTableBytes ?? DEFAULT_MAX_TABLE_BYTES, sizes);

  const decisions = decisionTable(selection, options.contents ? contentsOf(orderRules(given)) : null);
  const packedNets = packLists(groups.nets.values);
  const packedSelectors = packLists(groups.selectors.values);
  const peers = packPeers(terms.peers.values);
  const entries = packLists(
    profiles.list.values.map((profile) =>
      profile.entries.flatMap((e) => [e.decision, e.term, e.peer, e.nextTier, e.maybe ? 1 : 0]),
    ),
  );
  const policies = packLists(profiles.list.values.map((profile) => profile.policies));
  const source = {
    l4: packL4(l4),
    classes: packClasses(classes.list.values, ofEndpoint),
    profiles: {
      count: profiles.list.size,
      start: shareWords(entries.start.map((word) => word / ENTRY_WORDS)),
      entries: entries.flat,
      policyStart: policies.start,
      policyList: policies.flat,
    },
    cells: {
      peerStart: peers.start,
      peers: peers.words,
      netStart: packedNets.start,
      netAtoms: packedNets.flat,
      selectorStart: packedSelectors.start,
      selectorAtoms: packedSelectors.flat,
      ...packTerms(profiles.terms.values, terms.l4.values, l4, bindings.groups.values),
    },
    decisions,
  };
  const dense = denseCells(source, options.denseCells ?? DENSE_CELLS);
  const table = {
    ...source,
    cells: { ...source.cells, dense: dense?.cells ?? null, programs: dense?.programs ?? sharedWords(0) },
    prefixes: buildPrefixes(prefixes),
    endpoints: namesOfEndpoints(cluster),
    nodes: namesOfNodes(cluster),
    services: namesOfServices(cluster),
    hosts: hostTable(cluster, classes.list.values),
    switches: switchesOf(cluster.dataplane),
  };
  const cells = classes.list.size * profiles.list.size;
  const stats: TableStats = {
    endpoints: cluster.endpoints.length,
    addresses: cluster.endpoints.reduce((sum, endpoint) => sum + endpoint.addresses.length, 0),
    policies: selection.policies.length,
    rules: selection.rules.length,
    prefixes: prefixes.length,
    addressClasses: classes.list.size,
    l4Classes: l4.count,
    profiles: profiles.list.size,
    programs: dense?.count ?? 0,
    cellsFilled: dense === null ? 0 : cells,
    cellsPossible: cells,
    bytes: bytesOf(table),
    buildMilliseconds: performance.now() - started,
  };
  return new PolicyTable({ ...table, stats });

  /** The class of an endpoint: of its first address, or of what is known of it without one. */
  function endpointClass(endpoint: Endpoint): number {
    const place = groups.ofEndpoint.get(endpoint);
    if (place !== undefined) return classes.of[place]!;
    const selectorAtoms = selection.identityAtoms[selection.identityOf.get(endpoint)!]!;
    return classes.add({
      nets: UNKNOWN_NETS,
      selectors: groups.selectors.id(selectorAtoms.join(' '), () => selectorAtoms),
      bindings: bindings.groupOf(endpoint),
      role: ROLE_WORKLOAD,
      subject: endpoint,
      governor: null,
    });
  }

  function estimate(): Record<string, number> {
    const words = Uint32Array.BYTES_PER_ELEMENT;
    const count = (lists: readonly (readonly unknown[])[]): number => lists.reduce((sum, list) => sum + list.length, 0);
    const peerTerms = profiles.terms.values.filter((one) => one !== null && terms.l4.values[one.term]!.asksPeerPorts);
    return {
      'prefix tables': prefixTableBytes(prefixes),
      'net groups': count(groups.nets.values) * words,
      'selector groups': count(groups.selectors.values) * words,
      'profile entries': count(profiles.list.values.map((profile) => profile.entries)) * ENTRY_WORDS * words,
      'named port terms': peerTerms.length * bindings.groups.size * words,
      'profile policies': count(profiles.list.values.map((profile) => profile.policies)) * words,
      'port planes': planeCount(l4) * PLANE_PORTS * Uint16Array.BYTES_PER_ELEMENT,
      'one program': l4.count * words,
      'L4 sets': profiles.terms.size * Math.ceil(l4.count / 32) * words,
    };
  }
}

/** What host endpoints let through before any policy; nothing where there are none. */
const failsafesOf = (cluster: Cluster, direction: Direction, terms: Terms): LoweredRule[] =>
  (cluster.hostEndpoints ?? []).length === 0
    ? []
    : failsafeRules(cluster.dataplane.failsafes ?? DEFAULT_FAILSAFES, direction).flatMap((rule) =>
        terms.lower(rule, direction),
      );

const hostTable = (
  { hostEndpoints = [], unsimulated = [] }: Cluster,
  classes: readonly AddressClass[],
): HostTable | null =>
  hostEndpoints.length === 0
    ? null
    : {
        ...packHosts(classes),
        count: hostEndpoints.length,
        unsimulated,
      };

/** The addresses behind each Service, by its qualified name. */
function backendNets(cluster: Cluster): (service: string) => readonly Prefix[] {
  const nets = new Map<string, Prefix[]>();
  for (const service of cluster.services) {
    const list = nets.get(qualifiedName(service)) ?? [];
    nets.set(qualifiedName(service), list);
    for (const { address } of service.backends) list.push(hostPrefix(address));
  }
  return (service) => nets.get(service) ?? [];
}

const planeCount = ({ protocols }: L4Classes): number =>
  protocols.flatMap(({ destination, source }) => [destination.plane, source.plane]).filter((plane) => plane !== null)
    .length;

function refuseBeyond(most: number, sizes: Readonly<Record<string, number>>): void {
  const total = Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0);
  if (total <= most) return;
  const drivers = Object.entries(sizes)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3)
    .map(([what, bytes]) => `${what} ${bytes}`);
  throw new LimitError(
    `the match table would take ${total} bytes, more than the limit of ${most} (--max-table-bytes): ${drivers.join(', ')}`,
  );
}

function denseCells(source: CellSource, most: number): { cells: Ids; programs: Ids; count: number } | null {
  const classCount = source.classes.count;
  const profileCount = source.profiles.count;
  if (classCount * profileCount > most) return null;
  const store = new ProgramStore(source, Math.max(1, Math.floor(DENSE_PROGRAM_BYTES / (4 * source.l4.count))));
  const cells = new Uint32Array(classCount * profileCount);
  for (let profile = 0; profile < profileCount; profile++) {
    for (let peer = 0; peer < classCount; peer++) {
      const program = store.derive(profile, peer);
      if (program < 0) return null;
      cells[profile * classCount + peer] = program;
    }
  }
  const narrow = sharedIds(cells.length, store.count);
  narrow.set(cells);
  const programs = sharedIds(store.count * store.width, source.decisions.action.length);
  programs.set(store.store.subarray(0, programs.length));
  return { cells: narrow, programs, count: store.count };
}

/** Bytes of every typed array of a table. */
function bytesOf(value: object): number {
  let sum = 0;
  for (const part of Object.values(value)) {
    if (ArrayBuffer.isView(part)) sum += part.byteLength;
    else if (typeof part === 'object' && part !== null && !(part instanceof Map) && !Array.isArray(part)) {
      sum += bytesOf(part);
    }
  }
  return sum;
}
