/** Host endpoints for a random cluster: on two nodes, of all interfaces and of named ones, with and without addresses. */
import type { Cluster } from '../src/model/cluster.ts';
import type { AddressPool, Node } from '../src/model/endpoint.ts';
import type { Failsafe, Failsafes } from '../src/model/failsafe.ts';
import { ALL_INTERFACES, type HostEndpoint } from '../src/model/host-endpoint.ts';
import { parseAddress } from '../src/net/address.ts';
import { type Prefix, parsePrefix } from '../src/net/prefix.ts';
import { TCP, UDP } from '../src/net/protocol.ts';
import type { Random } from './random.ts';

const AT = { file: 'random.yaml', line: 2, column: 1 };
const NODE_2: Node = {
  name: 'n2',
  addresses: ['192.0.2.12', '10.244.2.62', '2001:db8::12'].map((text) => parseAddress(text)!),
  tunnelAddresses: [parseAddress('10.244.2.62')!],
  podNets: [],
  at: AT,
};
const PORTS = [22, 53, 80, 443];
const BLOCKS = ['203.0.113.0/24', '10.244.0.0/16', '0.0.0.0/1', '2001:db8::/32'];

const prefix = (text: string): Prefix => parsePrefix(text)!.prefix;

export function withHosts(random: Random, cluster: Cluster): Cluster {
  const nodes = [...cluster.nodes, NODE_2];
  const hostEndpoints = nodes.flatMap((node) =>
    Array.from({ length: random.below(3) }, (_, i) => randomHost(random, node, `${node.name}-${i}`)),
  );
  const failsafes: Failsafes = { ingress: randomFailsafes(random), egress: randomFailsafes(random) };
  const dataplane = random.chance(0.5) ? cluster.dataplane : { ...cluster.dataplane, failsafes };
  return { ...cluster, dataplane, nodes, hostEndpoints, pools: randomPools(random) };
}

const randomHost = (random: Random, node: Node, name: string): HostEndpoint => ({
  namespace: null,
  name,
  labels: new Map(random.some(['app', 'role', 'tier'], 0, 2).map((key) => [key, random.pick(['web', 'db', 'x'])])),
  addresses: random.some(node.addresses, 0, 2),
  namedPorts: random
    .some(['http', 'dns'], 0, 2)
    .map((port) => ({ name: port, protocol: TCP, port: random.pick(PORTS) })),
  containerPorts: [],
  node: node.name,
  interfaceName: random.pick([ALL_INTERFACES, 'eth0', null]),
  created: null,
  profile: random.pick(['allow', 'deny']),
  at: AT,
});

const randomFailsafes = (random: Random): Failsafe[] =>
  Array.from({ length: random.below(4) }, () => ({
    protocol: random.pick([TCP, UDP]),
    port: random.pick(PORTS),
    net: random.chance(0.5) ? null : prefix(random.pick(BLOCKS)),
  }));

/** Pods are in 10.244.0.0/16 and fd00:10:244::/48. */
const randomPools = (random: Random): AddressPool[] =>
  random
    .some(['10.244.1.0/24', '10.244.2.0/24', 'fd00:10:244::/48'], 0, 3)
    .map((net) => ({ net: prefix(net), natOutgoing: random.chance(0.5) }));
