/**
 * Policies of mixed kinds for world.ts: half are Kubernetes', the rest Calico's and those of the network-policy API, with
 * what only these can say: tiers, order, deny, pass and log, negated selectors, blocks and ports, source ports, network
 * sets, policies of the whole cluster.
 */
import type { Cluster } from '../src/model/cluster.ts';
import type { NetworkSet } from '../src/model/endpoint.ts';
import { LABEL_NAMESPACE, NAMESPACE_LABEL_PREFIX } from '../src/model/labels.ts';
import {
  type Action,
  ANY_L4,
  ANY_PEER,
  DEFAULT_TIER,
  type Direction,
  KUBE_ADMIN_TIER,
  KUBE_BASELINE_TIER,
  type L4Match,
  type PeerMatch,
  type Policy,
  type PortSet,
  type Rule,
  type Tier,
} from '../src/model/policy.ts';
import { and, equals, has, type Selector } from '../src/model/selector.ts';
import type { Prefix } from '../src/net/prefix.ts';
import { TCP, UDP } from '../src/net/protocol.ts';
import { type Random, seeded } from '../test/random.ts';
import { appName, namespaceName, teamOf, type WorldOptions, world } from './world.ts';
import { COMMON_PORTS, OUTSIDE4, OUTSIDE4_BITS } from './world-policies.ts';

const SECURITY: Tier = { name: 'security', order: 10, defaultAction: 'pass' };
const PLATFORM: Tier = { name: 'platform', order: 20, defaultAction: 'pass' };
const TIERS = [SECURITY, PLATFORM, KUBE_ADMIN_TIER, DEFAULT_TIER, KUBE_BASELINE_TIER];

const APPS = 20;
const TEAMS = 10;
const SETS = 50;
const SETS_NETS = 40;
/** Of the policies, how many are for many namespaces; the others are for pods of one. */
const GLOBAL = 0.02;
const MAX_PRIORITY = 1000;

/** The world with `options.policies` policies: as many of Kubernetes as of all other kinds together. */
export function mixedWorld(options: WorldOptions): Cluster {
  const random = seeded((options.seed ?? 1) + 10);
  const kubernetes = Math.ceil(options.policies / 2);
  const base = world({ ...options, policies: kubernetes });
  const others = Array.from({ length: options.policies - kubernetes }, (_, i) => other(i, options, random));
  return { ...base, tiers: TIERS, policies: [...base.policies, ...others], networkSets: networkSets(random) };
}

const networkSets = (random: Random): NetworkSet[] =>
  Array.from({ length: SETS }, (_, i) => ({
    namespace: null,
    name: `set-${i}`,
    labels: new Map([['list', `list-${i}`]]),
    nets: Array.from({ length: SETS_NETS }, () => outside(random, 16 + random.below(17))),
    at: { file: 'sets.yaml', line: 1 + i * 50, column: 1 },
  }));

function other(i: number, { namespaces }: WorldOptions, random: Random): Policy {
  const namespace = random.below(namespaces);
  const isGlobal = random.chance(GLOBAL);
  const isOfApi = isGlobal && random.chance(0.5);
  const tier = isOfApi
    ? random.pick([KUBE_ADMIN_TIER, KUBE_BASELINE_TIER])
    : random.pick([SECURITY, PLATFORM, PLATFORM, DEFAULT_TIER]);
  const name = `mixed-${i}`;
  const directions = random.some<Direction>(['ingress', 'egress'], 1, 2);
  const rules = (direction: Direction): Rule[] =>
    directions.includes(direction)
      ? Array.from({ length: 1 + random.below(3) }, (_, index) => rule(i, index, direction, namespace, random))
      : [];
  return {
    kind: isOfApi ? 'ClusterNetworkPolicy' : isGlobal ? 'GlobalNetworkPolicy' : 'NetworkPolicy',
    namespace: isGlobal ? null : namespaceName(namespace),
    name,
    tier: tier.name,
    order: isOfApi ? i % MAX_PRIORITY : random.pick([null, 10, 100, 500, 2000]),
    tieBreak: `${name}/${isGlobal ? '' : namespaceName(namespace)}/mixed`,
    ...(isOfApi ? { isOrderOpen: true } : {}),
    selector: isGlobal
      ? and(equals(`${NAMESPACE_LABEL_PREFIX}team`, teamOf(namespace)), has('app'))
      : and(equals(LABEL_NAMESPACE, namespaceName(namespace)), equals('app', appName(random.below(APPS)))),
    directions,
    ingress: rules('ingress'),
    egress: rules('egress'),
    staged: false,
    at: { file: 'mixed.yaml', line: 1 + i * 40, column: 1 },
  };
}

function rule(policy: number, index: number, direction: Direction, namespace: number, random: Random): Rule {
  const peer = peerOf(namespace, random);
  return {
    action: random.pick<Action>(['allow', 'allow', 'deny', 'pass', 'log']),
    index,
    family: null,
    l4: transport(random),
    source: direction === 'ingress' ? [peer] : null,
    destination: direction === 'egress' ? [peer] : null,
    at: { file: 'mixed.yaml', line: 1 + policy * 40 + 10 + index * 8, column: 5 },
  };
}

function peerOf(namespace: number, random: Random): PeerMatch {
  const app: Selector = equals('app', appName(random.below(APPS)));
  const team = equals(`${NAMESPACE_LABEL_PREFIX}team`, teamOf(random.below(TEAMS)));
  const own = equals(LABEL_NAMESPACE, namespaceName(namespace));
  return random.pick<() => PeerMatch>([
    () => ({ ...ANY_PEER, selector: and(own, app) }),
    () => ({ ...ANY_PEER, selector: team, notSelector: app }),
    () => ({ ...ANY_PEER, notSelector: team }),
    () => ({ ...ANY_PEER, notNets: [outside(random, 8 + random.below(17))] }),
    () => ({ ...ANY_PEER, selector: equals('list', `list-${random.below(SETS)}`) }),
    () => ({ ...ANY_PEER, nets: [outside(random, 8 + random.below(9))], notNets: [outside(random, 24)] }),
  ])();
}

const only = (...ports: readonly number[]): PortSet => ({ ranges: ports.map((port) => [port, port]), names: [] });

function transport(random: Random): L4Match[] | null {
  const protocol = random.chance(0.85) ? TCP : UDP;
  const port = random.pick(COMMON_PORTS);
  return random.pick<() => L4Match[] | null>([
    () => null,
    () => [{ ...ANY_L4, protocol, destinationPorts: only(port) }],
    () => [{ ...ANY_L4, protocol, notDestinationPorts: only(port, random.pick(COMMON_PORTS)) }],
    () => [{ ...ANY_L4, protocol, sourcePorts: { ranges: [[1024, 65_535]], names: [] }, destinationPorts: only(port) }],
    () => [{ ...ANY_L4, protocol, notSourcePorts: { ranges: [[1, 1023]], names: [] } }],
    () => [{ ...ANY_L4, notProtocol: UDP }],
    () => [{ ...ANY_L4, protocol, destinationPorts: { ranges: [], names: [random.pick(['http', 'metrics'])] } }],
  ])();
}

/** A block of the world outside, where bench/flows.ts finds its strangers. */
function outside(random: Random, length: number): Prefix {
  const shift = BigInt(32 - length);
  return { family: 4, first: (BigInt(OUTSIDE4 + random.below(2 ** OUTSIDE4_BITS)) >> shift) << shift, length };
}
