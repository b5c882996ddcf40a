/**
 * A cluster to measure on, from a seed: namespaces of some fifty pods with twenty kinds of labels each, in both
 * families, and NetworkPolicies like those that people write: default denials, applications that talk to each other,
 * blocks with holes, ranges and names of ports. The pods do not depend on how many policies there are, so that
 * the same traffic can be judged by few rules and by many.
 */
import type { Cluster } from '../src/model/cluster.ts';
import { CALICO_IPTABLES } from '../src/model/dataplane.ts';
import type { Endpoint, NamedPort, Node, Service } from '../src/model/endpoint.ts';
import { LABEL_NAMESPACE, LABEL_ORCHESTRATOR, type Labels, NAMESPACE_LABEL_PREFIX } from '../src/model/labels.ts';
import { DEFAULT_TIER } from '../src/model/policy.ts';
import type { Address } from '../src/net/address.ts';
import { SCTP, TCP, UDP } from '../src/net/protocol.ts';
import { type Random, seeded } from '../test/random.ts';
import { worldPolicies } from './world-policies.ts';

export type WorldOptions = {
  readonly pods: number;
  readonly namespaces: number;
  readonly policies: number;
  readonly seed?: number;
};

/** The workload that the measured numbers of the documents speak of. */
export const STANDARD: WorldOptions = { pods: 5_000, namespaces: 100, policies: 1_000 };

const KINDS = 20;
const ROLES = ['frontend', 'backend', 'cache', 'db', 'worker'];
const TEAMS = 10;
const ENVS = ['prod', 'staging', 'dev'];
const PODS_PER_NODE = 100;
const POD_NET4 = 0x0a80_0000; // 10.128.0.0/9, a /24 for each node
const POD_NET6 = 0xfd00_0010_0244_0000n << 64n; // a /64 for each node
const AT = { file: 'world.yaml', line: 1, column: 1 };

export const namespaceName = (i: number): string => `ns-${String(i).padStart(4, '0')}`;
export const appName = (kind: number): string => `app-${kind}`;
export const teamOf = (namespace: number): string => `team-${namespace % TEAMS}`;
export const envOf = (namespace: number): string => ENVS[namespace % ENVS.length]!;

export function world(options: WorldOptions): Cluster {
  const seed = options.seed ?? 1;
  const endpoints = worldPods(options, seeded(seed));
  return {
    dataplane: CALICO_IPTABLES,
    tiers: [DEFAULT_TIER],
    policies: worldPolicies(options, seeded(seed + 1)),
    endpoints,
    networkSets: [],
    nodes: worldNodes(options),
    services: worldServices(endpoints, options, seeded(seed + 2)),
  };
}

function worldPods({ pods, namespaces }: WorldOptions, random: Random): Endpoint[] {
  const kinds = Array.from({ length: namespaces }, (_, namespace) =>
    Array.from({ length: KINDS }, (_, kind) => ({
      labels: kindLabels(namespace, kind, random),
      namedPorts: kindPorts(random),
    })),
  );
  return Array.from({ length: pods }, (_, i) => {
    const namespace = i % namespaces;
    // Every kind is there once before any is there twice.
    const { labels, namedPorts } = kinds[namespace]![Math.floor(i / namespaces) % KINDS]!;
    return {
      namespace: namespaceName(namespace),
      name: `pod-${i}`,
      labels,
      addresses: podAddresses(i),
      namedPorts,
      containerPorts: namedPorts,
      node: nodeName(nodeOf(i)),
      created: null,
      profile: 'allow',
      at: AT,
    };
  });
}

function kindLabels(namespace: number, kind: number, random: Random): Labels {
  return new Map([
    ['app', appName(kind)],
    ['role', random.pick(ROLES)],
    ['version', `v${random.below(3)}`],
    [`${NAMESPACE_LABEL_PREFIX}kubernetes.io/metadata.name`, namespaceName(namespace)],
    [`${NAMESPACE_LABEL_PREFIX}team`, teamOf(namespace)],
    [`${NAMESPACE_LABEL_PREFIX}env`, envOf(namespace)],
    [LABEL_NAMESPACE, namespaceName(namespace)],
    [LABEL_ORCHESTRATOR, 'k8s'],
  ]);
}

function kindPorts(random: Random): NamedPort[] {
  const ports: NamedPort[] = [{ name: 'http', protocol: TCP, port: random.pick([8080, 8080, 8080, 8000, 3000]) }];
  if (random.chance(0.6)) ports.push({ name: 'metrics', protocol: TCP, port: random.pick([9090, 9100]) });
  if (random.chance(0.2)) ports.push({ name: 'grpc', protocol: TCP, port: 50051 });
  if (random.chance(0.1)) ports.push({ name: 'dns', protocol: UDP, port: 53 });
  if (random.chance(0.02)) ports.push({ name: 'sig', protocol: SCTP, port: 3868 });
  return ports;
}

/** IPv4 addresses of the pods, as a batch holds them. */
export const podWords = ({ endpoints }: Cluster): Int32Array =>
  Int32Array.from(endpoints, ({ addresses }) => Number(addresses.find(({ family }) => family === 4)!.value) | 0);

const nodeOf = (pod: number): number => Math.floor(pod / PODS_PER_NODE);
const nodeName = (node: number): string => `node-${node}`;

function podAddresses(pod: number): Address[] {
  const node = nodeOf(pod);
  const host = 2 + (pod % PODS_PER_NODE);
  return [
    { family: 4, value: BigInt(POD_NET4 + node * 256 + host) },
    { family: 6, value: POD_NET6 + (BigInt(node) << 64n) + BigInt(host) },
  ];
}

const worldNodes = ({ pods }: WorldOptions): Node[] =>
  Array.from({ length: Math.ceil(pods / PODS_PER_NODE) }, (_, node) => ({
    name: nodeName(node),
    addresses: [{ family: 4, value: BigInt(0xac10_0000 + 10 + node) }],
    podNets: [
      { family: 4, first: BigInt(POD_NET4 + node * 256), length: 24 },
      { family: 6, first: POD_NET6 + (BigInt(node) << 64n), length: 64 },
    ],
    at: AT,
  }));

function worldServices(endpoints: readonly Endpoint[], { namespaces }: WorldOptions, random: Random): Service[] {
  return Array.from({ length: namespaces * 2 }, (_, i) => ({
    namespace: namespaceName(i % namespaces),
    name: `svc-${i}`,
    addresses: [{ family: 4, value: BigInt(0x0a60_0000 + 10 + i) }],
    ports: [{ name: 'http', protocol: TCP, port: 80, nodePort: null }],
    backends: Array.from({ length: 3 }, () => ({
      address: random.pick(endpoints).addresses[0]!,
      protocol: TCP,
      port: 8080,
    })),
    at: AT,
  }));
}
