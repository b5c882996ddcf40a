/**
 * Random clusters and policies on the level of the rule model: everything that the model can say, in small worlds
 * where labels, blocks and ports meet often. And the packets that lie on their edges.
 */
import type { Cluster } from '../src/model/cluster.ts';
import { CALICO_IPTABLES } from '../src/model/dataplane.ts';
import type { Endpoint, NetworkSet, Service } from '../src/model/endpoint.ts';
import { LABEL_NAMESPACE, LABEL_ORCHESTRATOR } from '../src/model/labels.ts';
import {
  type Action,
  ANY_L4,
  ANY_PEER,
  DEFAULT_TIER,
  type Direction,
  KUBERNETES_POLICY_ORDER,
  type L4Match,
  type PeerMatch,
  type Policy,
  type PortRange,
  type PortSet,
  type Rule,
  type Tier,
} from '../src/model/policy.ts';
import { ALL, and, equals, has, isIn, not, or, type Selector } from '../src/model/selector.ts';
import { type Address, parseAddress } from '../src/net/address.ts';
import { lastOf, type Prefix, parsePrefix } from '../src/net/prefix.ts';
import { hasIcmpType, hasPorts, ICMP, ICMPV6, SCTP, TCP, UDP, UDPLITE } from '../src/net/protocol.ts';
import type { Random } from './random.ts';

/** `kubernetes`: what networking.k8s.io/v1 can say. `general`: the whole model. */
export type Dialect = 'kubernetes' | 'general';

const AT = { file: 'random.yaml', line: 1, column: 1 };
const NAMESPACES = ['a', 'b', 'c'];
const KEYS = ['app', 'role', 'tier'];
const VALUES = ['web', 'db', 'x'];
const PORT_NAMES = ['http', 'dns', 'metrics'];
const PORT_NUMBERS = [53, 80, 81, 443, 8080, 9090, 65535, 1, 0];
const BLOCKS4 = [
  '10.0.0.0/8',
  '10.244.0.0/16',
  '10.244.1.0/24',
  '10.244.1.0/30',
  '10.244.1.2/32',
  '10.244.2.0/23',
  '192.168.0.0/16',
  '203.0.113.0/24',
  '203.0.113.128/25',
  '0.0.0.0/0',
  '0.0.0.0/1',
  '255.255.255.255/32',
  '10.244.1.5/32',
];
const BLOCKS6 = [
  'fd00::/8',
  'fd00:10:244::/48',
  'fd00:10:244:1::/64',
  'fd00:10:244:1::2/128',
  '2001:db8::/32',
  '2001:db8:8000::/33',
  '::/0',
  '8000::/1',
  'fd00:10:244:1::/126',
  'fd00:10:244::/47',
];

const prefix = (text: string): Prefix => parsePrefix(text)!.prefix;
const address = (text: string): Address => parseAddress(text)!;

export function randomCluster(random: Random, dialect: Dialect): Cluster {
  const endpoints = Array.from({ length: 4 + random.below(8) }, (_, i) => randomEndpoint(random, i));
  const services = Array.from({ length: 2 }, (_, i) => randomService(random, endpoints, i));
  const general = dialect === 'general';
  const tiers: Tier[] = general
    ? [
        { name: 'security', order: 10, defaultAction: random.pick(['deny', 'pass']) },
        { name: 'platform', order: random.pick([10, 20, null]), defaultAction: random.pick(['deny', 'pass']) },
        DEFAULT_TIER,
      ]
    : [DEFAULT_TIER];
  const policies = Array.from({ length: 2 + random.below(7) }, (_, i) =>
    general ? generalPolicy(random, i, tiers, services) : kubernetesPolicy(random, i),
  );
  return {
    dataplane: CALICO_IPTABLES,
    tiers,
    policies,
    endpoints,
    networkSets: general ? Array.from({ length: random.below(3) }, (_, i) => randomNetworkSet(random, i)) : [],
    nodes: [
      {
        name: 'n1',
        addresses: [address('192.0.2.11'), address('2001:db8::11')],
        podNets: [prefix('10.244.1.0/24')],
        at: AT,
      },
    ],
    services,
  };
}

function randomEndpoint(random: Random, i: number): Endpoint {
  const namespace = random.pick(NAMESPACES);
  const labels = new Map(random.some(KEYS, 0, 3).map((key) => [key, random.pick(VALUES)]));
  labels.set(LABEL_NAMESPACE, namespace).set(LABEL_ORCHESTRATOR, 'k8s');
  labels.set('pcns.kubernetes.io/metadata.name', namespace);
  if (namespace !== 'c') labels.set('pcns.team', namespace === 'a' ? 'red' : 'blue');
  // Now and then two live endpoints share an address.
  const host = 2 + (random.chance(0.1) ? 0 : i);
  return {
    namespace,
    name: `pod-${i}`,
    labels,
    addresses: [address(`10.244.${1 + (i % 2)}.${host}`), address(`fd00:10:244:${1 + (i % 2)}::${host.toString(16)}`)],
    namedPorts: random.some(PORT_NAMES, 1, 3).map((name) => ({
      name,
      protocol: random.pick([TCP, TCP, UDP, SCTP]),
      port: random.pick(PORT_NUMBERS),
    })),
    containerPorts: [],
    node: 'n1',
    created: random.pick([null, '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z']),
    profile: random.chance(0.95) ? 'allow' : 'deny',
    at: AT,
  };
}

const randomNetworkSet = (random: Random, i: number): NetworkSet => ({
  namespace: random.pick([null, 'a', 'b']),
  name: `set-${i}`,
  labels: new Map(random.some(KEYS, 1, 2).map((key) => [key, random.pick(VALUES)])),
  nets: random.some([...BLOCKS4, ...BLOCKS6].map(prefix), 1, 4),
  at: AT,
});

const randomService = (random: Random, endpoints: readonly Endpoint[], i: number): Service => ({
  namespace: 'a',
  name: `svc-${i}`,
  addresses: [address(`10.96.0.${10 + i}`), address(`fd00:96::${10 + i}`)],
  ports: [],
  backends: random
    .some(endpoints, 1, 3)
    .flatMap((endpoint) =>
      endpoint.addresses.map((one) => ({ address: one, protocol: TCP, port: random.pick(PORT_NUMBERS) })),
    ),
  at: AT,
});

function randomSelector(random: Random, depth = 2): Selector {
  if (depth > 0 && random.chance(0.3)) {
    const parts = [randomSelector(random, depth - 1), randomSelector(random, depth - 1)];
    return random.chance(0.5) ? and(...parts) : or(...parts);
  }
  const key = random.pick([...KEYS, 'pcns.team', LABEL_NAMESPACE]);
  const value = key === LABEL_NAMESPACE ? random.pick(NAMESPACES) : key === 'pcns.team' ? 'red' : random.pick(VALUES);
  const part = random.pick(['contains', 'starts-with', 'ends-with'] as const);
  const cut = part === 'starts-with' ? value.slice(0, 1) : value.slice(-1);
  const simple = random.pick<Selector>([
    ALL,
    has(key),
    equals(key, value),
    equals(key, value),
    isIn(key, [value, 'web']),
    ...(random.chance(0.5) ? [{ op: part, key, value: cut }] : []),
  ]);
  return random.chance(0.25) ? not(simple) : simple;
}

const randomBlocks = (random: Random, least: number, most: number): Prefix[] =>
  random.some((random.chance(0.5) ? BLOCKS4 : BLOCKS6).map(prefix), least, most);

const inside = (outer: Prefix, all: readonly string[]): Prefix[] =>
  all
    .map(prefix)
    .filter(
      (p) => p.family === outer.family && p.length > outer.length && p.first >= outer.first && p.first <= lastOf(outer),
    );

function randomRange(random: Random): PortRange {
  const first = random.pick(PORT_NUMBERS);
  return random.chance(0.6) ? [first, first] : [first, Math.min(65535, first + random.pick([1, 2, 100, 10000]))];
}

const randomPorts = (random: Random, named: boolean): PortSet => ({
  ranges: Array.from({ length: random.below(2) + (named ? 0 : 1) }, () => randomRange(random)),
  names: named ? random.some(PORT_NAMES, 1, 2) : [],
  // A rule may ask its names of some endpoints alone, as Calico does beside a selector.
  ...(named && random.chance(0.3) ? { namesOf: randomSelector(random) } : {}),
});

function kubernetesPolicy(random: Random, i: number): Policy {
  const namespace = random.pick(NAMESPACES);
  const directions = random.some<Direction>(['ingress', 'egress'], 1, 2);
  const rules = (direction: Direction): Rule[] =>
    directions.includes(direction)
      ? Array.from({ length: random.below(4) }, (_, index) => kubernetesRule(random, index, namespace, direction))
      : [];
  return {
    kind: 'NetworkPolicy',
    namespace,
    name: `np-${i}`,
    tier: 'default',
    order: KUBERNETES_POLICY_ORDER,
    tieBreak: `np-${i}/${namespace}/NetworkPolicy`,
    selector: and(equals(LABEL_NAMESPACE, namespace), random.chance(0.4) ? ALL : randomSelector(random, 1)),
    directions,
    ingress: rules('ingress'),
    egress: rules('egress'),
    staged: false,
    at: AT,
  };
}

function kubernetesRule(random: Random, index: number, namespace: string, direction: Direction): Rule {
  const peers = random.chance(0.2)
    ? null
    : Array.from({ length: 1 + random.below(3) }, () => kubernetesPeer(random, namespace));
  const ports = random.chance(0.35)
    ? null
    : Array.from(
        { length: 1 + random.below(3) },
        (): L4Match => ({
          ...ANY_L4,
          protocol: random.pick([TCP, TCP, UDP, SCTP]),
          destinationPorts: random.chance(0.15) ? null : randomPorts(random, random.chance(0.3)),
        }),
      );
  return {
    action: 'allow',
    index,
    family: null,
    l4: ports,
    source: direction === 'ingress' ? peers : null,
    destination: direction === 'egress' ? peers : null,
    at: { ...AT, line: 10 + index },
  };
}

function kubernetesPeer(random: Random, namespace: string): PeerMatch {
  if (random.chance(0.5)) {
    const all = random.chance(0.6) ? BLOCKS4 : BLOCKS6;
    const net = prefix(random.pick(all));
    return { ...ANY_PEER, nets: [net], notNets: random.some(inside(net, all), 0, 3) };
  }
  const pods = random.chance(0.3) ? ALL : randomSelector(random, 1);
  const inNamespace = random.pick([
    equals(LABEL_NAMESPACE, namespace),
    has(LABEL_NAMESPACE),
    equals('pcns.team', 'red'),
  ]);
  return { ...ANY_PEER, selector: and(inNamespace, pods) };
}

function generalPolicy(random: Random, i: number, tiers: readonly Tier[], services: readonly Service[]): Policy {
  const namespace = random.pick([null, ...NAMESPACES]);
  const directions = random.some<Direction>(['ingress', 'egress'], 1, 2);
  const rules = (direction: Direction): Rule[] =>
    directions.includes(direction)
      ? Array.from({ length: random.below(5) }, (_, index) => generalRule(random, index, services))
      : [];
  return {
    kind: namespace === null ? 'GlobalNetworkPolicy' : 'NetworkPolicy',
    namespace,
    name: `p-${i}`,
    tier: random.chance(0.05) ? 'undefined-tier' : random.pick(tiers).name,
    order: random.pick([null, 1, 10, 10, 1000]),
    tieBreak: `p-${i}/${namespace}/x`,
    selector: random.chance(0.4) ? ALL : randomSelector(random, 1),
    directions,
    ingress: rules('ingress'),
    egress: rules('egress'),
    staged: random.chance(0.1),
    at: AT,
  };
}

function generalRule(random: Random, index: number, services: readonly Service[]): Rule {
  const end = (): readonly PeerMatch[] | null =>
    random.chance(0.5) ? null : Array.from({ length: 1 + random.below(2) }, () => generalPeer(random, services));
  const destination = end();
  const l4 = random.chance(0.3) ? null : Array.from({ length: 1 + random.below(2) }, () => generalL4(random));
  // As Calico's rules do: names of ports are asked of whom the rule's own selector finds.
  const namesOf = destination?.length === 1 ? (destination[0]!.selector ?? undefined) : undefined;
  const asked = (ports: PortSet | null): PortSet | null => (ports && namesOf ? { ...ports, namesOf } : ports);
  return {
    action: random.pick<Action>(['allow', 'allow', 'deny', 'pass', 'log']),
    index,
    family: random.pick([null, null, null, 4, 6]),
    l4:
      l4?.map((match) => ({
        ...match,
        destinationPorts: asked(match.destinationPorts),
        notDestinationPorts: asked(match.notDestinationPorts),
      })) ?? null,
    source: end(),
    destination,
    at: { ...AT, line: 10 + index },
  };
}

function generalPeer(random: Random, services: readonly Service[]): PeerMatch {
  const service = random.chance(0.12) ? `a/${random.pick(services).name}` : null;
  if (service !== null && random.chance(0.7)) return { ...ANY_PEER, service };
  return {
    nets: random.chance(0.4) ? randomBlocks(random, 1, 3) : null,
    notNets: random.chance(0.2) ? randomBlocks(random, 1, 2) : null,
    selector: random.chance(0.4) ? randomSelector(random) : null,
    notSelector: random.chance(0.2) ? randomSelector(random) : null,
    service,
  };
}

function generalL4(random: Random): L4Match {
  const ports = (): PortSet | null => (random.chance(0.35) ? randomPorts(random, random.chance(0.5)) : null);
  const protocol = random.pick([null, TCP, TCP, UDP, SCTP, UDPLITE, ICMP, ICMPV6, 47, 253]);
  const icmp = (): L4Match['icmp'] =>
    protocol !== null && hasIcmpType(protocol) && random.chance(0.5)
      ? { type: random.pick([0, 8, 3, 128, 254]), code: random.pick([null, 0, 3]) }
      : null;
  const withPorts = protocol === null || hasPorts(protocol);
  return {
    protocol,
    notProtocol: random.chance(0.1) ? random.pick([TCP, UDP, ICMP, 253]) : null,
    sourcePorts: withPorts && random.chance(0.5) ? ports() : null,
    notSourcePorts: withPorts && random.chance(0.5) ? ports() : null,
    destinationPorts: withPorts ? ports() : null,
    notDestinationPorts: withPorts ? ports() : null,
    icmp: icmp(),
    notIcmp: icmp(),
  };
}
