/** The policies of world.ts: a few shapes that real clusters are full of, in shares that real clusters have. */
import { LABEL_NAMESPACE, NAMESPACE_LABEL_PREFIX } from '../src/model/labels.ts';
import {
  ANY_L4,
  ANY_PEER,
  type Direction,
  KUBERNETES_POLICY_ORDER,
  type L4Match,
  type PeerMatch,
  type Policy,
  type PortSet,
  type Rule,
} from '../src/model/policy.ts';
import { ALL, and, equals, isIn, type Selector } from '../src/model/selector.ts';
import type { Family } from '../src/net/address.ts';
import type { Prefix } from '../src/net/prefix.ts';
import { SCTP, TCP, UDP } from '../src/net/protocol.ts';
import type { Random } from '../test/random.ts';
import { appName, namespaceName, teamOf, type WorldOptions } from './world.ts';

/** Ports that most rules and most traffic are about. */
export const COMMON_PORTS = [80, 443, 8080, 5432, 6379, 3306, 9092, 9200, 27017, 8443, 2379, 4222, 3000, 8000, 9100];
const APPS = 20;
/** One policy of so many isolates a namespace. */
const DENIES_EACH = 12;

export function worldPolicies({ policies, namespaces }: WorldOptions, random: Random): Policy[] {
  return Array.from({ length: policies }, (_, i) => {
    const namespace = random.below(namespaces);
    return i % DENIES_EACH === 0 ? defaultDeny(i, namespace, random) : application(i, namespace, random);
  });
}

/** Isolates all pods of a namespace: ingress, or both with an exception for names and for its own pods. */
function defaultDeny(i: number, namespace: number, random: Random): Policy {
  const both = random.chance(0.4);
  const dns: L4Match[] = [UDP, TCP].map((protocol) => ({ ...ANY_L4, protocol, destinationPorts: only(53) }));
  return {
    ...policy(i, namespace, ALL, both ? ['ingress', 'egress'] : ['ingress']),
    ingress: random.chance(0.5) ? [rule(i, 0, 'ingress', [within(namespace)], null)] : [],
    egress: both ? [rule(i, 0, 'egress', null, dns), rule(i, 1, 'egress', [within(namespace)], null)] : [],
  };
}

/** What an application lets in, and often what it may reach. */
function application(i: number, namespace: number, random: Random): Policy {
  const egress = random.chance(0.4);
  const rules = (direction: Direction, most: number): Rule[] =>
    Array.from({ length: 1 + random.below(most) }, (_, index) =>
      rule(i, index, direction, peers(namespace, direction, random), ports(random)),
    );
  const chosen = random.chance(0.85)
    ? equals('app', appName(random.below(APPS)))
    : equals('role', random.pick(['frontend', 'backend', 'cache', 'db', 'worker']));
  return {
    ...policy(i, namespace, chosen, egress ? ['ingress', 'egress'] : ['ingress']),
    ingress: rules('ingress', 2),
    egress: egress ? rules('egress', 2) : [],
  };
}

function policy(i: number, namespace: number, chosen: Selector, directions: readonly Direction[]) {
  const name = `policy-${i}`;
  return {
    kind: 'NetworkPolicy',
    namespace: namespaceName(namespace),
    name,
    tier: 'default',
    order: KUBERNETES_POLICY_ORDER,
    tieBreak: `${name}/${namespaceName(namespace)}/NetworkPolicy`,
    selector: and(equals(LABEL_NAMESPACE, namespaceName(namespace)), chosen),
    directions,
    staged: false,
    at: { file: 'policies.yaml', line: 1 + i * 30, column: 1 },
  };
}

const rule = (
  policyNumber: number,
  index: number,
  direction: Direction,
  peersOfRule: readonly PeerMatch[] | null,
  l4: readonly L4Match[] | null,
): Rule => ({
  action: 'allow',
  index,
  family: null,
  l4,
  source: direction === 'ingress' ? peersOfRule : null,
  destination: direction === 'egress' ? peersOfRule : null,
  at: { file: 'policies.yaml', line: 1 + policyNumber * 30 + 10 + index * 5, column: 5 },
});

const within = (namespace: number, pods: Selector = ALL): PeerMatch => ({
  ...ANY_PEER,
  selector: and(equals(LABEL_NAMESPACE, namespaceName(namespace)), pods),
});

function peers(namespace: number, direction: Direction, random: Random): PeerMatch[] | null {
  if (random.chance(0.1)) return null;
  return Array.from({ length: 1 + random.below(2) }, () => {
    const kind = random.below(10);
    const apps = isIn('app', random.chance(0.5) ? [appName(random.below(APPS))] : threeApps(random));
    if (kind < 3) return within(namespace, apps);
    if (kind < 5) {
      return { ...ANY_PEER, selector: and(equals(`${NAMESPACE_LABEL_PREFIX}team`, teamOf(random.below(10))), apps) };
    }
    if (kind < 7) {
      return { ...ANY_PEER, selector: equals(`${NAMESPACE_LABEL_PREFIX}team`, teamOf(random.below(10))) };
    }
    return block(random, direction === 'egress');
  });
}

const threeApps = (random: Random): string[] => Array.from({ length: 3 }, () => appName(random.below(APPS)));

/** An ipBlock: mostly a net of the world outside, now and then all of it, with up to three holes. */
function block(random: Random, wide: boolean): PeerMatch {
  const family: Family = random.chance(0.9) ? 4 : 6;
  const length = wide && random.chance(0.15) ? 0 : family === 4 ? 8 + random.below(17) : 24 + random.below(33);
  const net = outside(family, length, random);
  const holes = Array.from({ length: random.below(4) }, () => {
    const inner = length + 1 + random.below(8);
    const bits = BigInt((family === 4 ? 32 : 128) - inner);
    const room = BigInt(inner - length);
    return { family, first: net.first | (BigInt(random.below(2 ** Number(room))) << bits), length: inner };
  });
  return { ...ANY_PEER, nets: [net], notNets: holes.length === 0 ? null : holes };
}

/** Of 20.0.0.0/6 and 2600::/12, where bench/flows.ts finds its strangers. */
export const OUTSIDE4 = 0x1400_0000;
export const OUTSIDE4_BITS = 26;
export const OUTSIDE6_TOP = 0x2600_0000;

function outside(family: Family, length: number, random: Random): Prefix {
  if (length === 0) return { family, first: 0n, length };
  const top = family === 4 ? OUTSIDE4 + random.below(2 ** OUTSIDE4_BITS) : OUTSIDE6_TOP + random.below(2 ** 12);
  const shift = BigInt((family === 4 ? 32 : 128) - length);
  const value = family === 4 ? BigInt(top) : (BigInt(top) << 96n) | (BigInt(random.below(2 ** 24)) << 72n);
  return { family, first: (value >> shift) << shift, length };
}

const only = (port: number): PortSet => ({ ranges: [[port, port]], names: [] });

function ports(random: Random): L4Match[] | null {
  if (random.chance(0.25)) return null;
  return Array.from({ length: 1 + random.below(2) }, () => {
    const protocol = random.chance(0.8) ? TCP : random.chance(0.9) ? UDP : SCTP;
    return { ...ANY_L4, protocol, destinationPorts: portSet(random) };
  });
}

function portSet(random: Random): PortSet | null {
  const kind = random.below(100);
  if (kind < 6) return null;
  if (kind < 20) return { ranges: [], names: [random.pick(['http', 'http', 'metrics', 'grpc'])] };
  if (kind < 28) return { ranges: [range(random)], names: [] };
  if (kind < 92) return only(random.pick(COMMON_PORTS));
  return only(1024 + random.below(60_000));
}

function range(random: Random): readonly [number, number] {
  const first = random.pick([1024, 8000, 9000, 30000, 30000 + random.below(64) * 16]);
  return [first, Math.min(65535, first + random.pick([9, 99, 999, 2767]))];
}
