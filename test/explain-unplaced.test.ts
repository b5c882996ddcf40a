/**
 * `explain` of ends that have no address, on random clusters: it never says other than the table (else it throws), and
 * what it is sure of holds for whatever address the end then gets.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { saidOfUnplaced } from '../src/cli/explain-unplaced.ts';
import { compile } from '../src/compile/compile.ts';
import { explain } from '../src/explain/explain.ts';
import { Judge, type Unplaced } from '../src/explain/judge.ts';
import { trace } from '../src/explain/trace.ts';
import type { Cluster } from '../src/model/cluster.ts';
import { type Endpoint, qualifiedName } from '../src/model/endpoint.ts';
import type { Address } from '../src/net/address.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import { contains } from '../src/net/prefix.ts';
import { ICMP, TCP, UDP } from '../src/net/protocol.ts';
import { seeded } from './random.ts';
import { randomCluster } from './random-cluster.ts';
import { withoutAddresses } from './unplaced.ts';

type Transport = Omit<FiveTuple, 'src' | 'dst'>;
const ports = (protocol: number, destinationPort: number): Transport => ({
  ...{ protocol, sourcePort: 40_000, destinationPort, icmpType: null, icmpCode: null },
});
const PACKETS: readonly Transport[] = [
  ...[53, 80, 443, 8080, 9090].flatMap((port) => [ports(TCP, port), ports(UDP, port)]),
  { protocol: ICMP, sourcePort: null, destinationPort: null, icmpType: 8, icmpCode: 0 },
];
const V4: Address = { family: 4, value: 0n };

/** The question with a stand-in for each end without an address; null for ends of IPv6 alone. */
function asked(
  source: Endpoint,
  destination: Endpoint,
  transport: Transport,
): { tuple: FiveTuple; unplaced: Unplaced } | null {
  const [src, dst] = [source, destination].map((end) =>
    end.addresses.length === 0 ? { ...V4 } : end.addresses.find(({ family }) => family === 4),
  );
  if (src === undefined || dst === undefined) return null;
  const ends = [
    [src, source],
    [dst, destination],
  ] as const;
  const unplaced = new Map(ends.flatMap(([at, end]) => (end.addresses.length === 0 ? [[at, qualifiedName(end)]] : [])));
  return unplaced.size === 0 ? null : { tuple: { src, dst, ...transport }, unplaced };
}

test('explain says what the table says of ends without an address, and both ways of asking agree', () => {
  const seen = { forwarded: 0, dropped: 0, undetermined: 0, open: 0, changes: 0 };
  for (let seed = 1; seed <= 10; seed++) {
    const cluster = withoutAddresses(randomCluster(seeded(seed), seed % 2 === 0 ? 'general' : 'kubernetes'));
    const table = compile(cluster);
    for (const source of cluster.endpoints.slice(0, 4))
      for (const destination of cluster.endpoints.slice(0, 4))
        for (const transport of PACKETS) {
          const question = asked(source, destination, transport);
          if (question === null) continue;
          const { tuple, unplaced } = question;
          const said = saidOfUnplaced(cluster, table, question);
          const told = explain({ cluster, tuple, unplaced, said, meaning: '' });
          seen[told.verdict]++;
          seen.changes += told.changes.length;
          for (const direction of ['egress', 'ingress'] as const) {
            const { end } = trace(cluster, new Judge(cluster, unplaced), direction, tuple);
            if (end === null) seen.open++;
            else if (said[direction].action !== null) assert.is(end.action, said[direction].action);
          }
        }
  }
  for (const [what, times] of Object.entries(seen)) assert.ok(times > 20, `${what}: ${times}`);
});

/** An address that its own labels alone are known by, and no Service: as a pod's is. */
const isOwn = ({ networkSets, endpoints, services, nodes }: Cluster, address: Address): boolean =>
  !networkSets.some(({ nets }) => nets.some((net) => contains(net, address))) &&
  ![...services, ...nodes].some((one) => one.addresses.some(({ value }) => value === address.value)) &&
  endpoints.filter((one) => one.addresses.some(({ value }) => value === address.value)).length === 1;

test('what is sure without an address is so with the one that it gets', () => {
  const seen = { forwarded: 0, dropped: 0, undetermined: 0 };
  for (let seed = 1; seed <= 16; seed++) {
    const cluster = randomCluster(seeded(seed), seed % 2 === 0 ? 'general' : 'kubernetes');
    const judge = new Judge(cluster);
    const placed = cluster.endpoints.filter(
      ({ addresses }) => addresses[0]?.family === 4 && isOwn(cluster, addresses[0]),
    );
    for (const pod of placed.slice(0, 4)) {
      const bare: Cluster = {
        ...cluster,
        endpoints: cluster.endpoints.map((one) => (one === pod ? { ...one, addresses: [] } : one)),
      };
      const table = compile(bare);
      for (const other of placed.slice(0, 4))
        for (const transport of PACKETS) {
          if (other === pod) continue;
          const [own, peer] = [pod.addresses[0]!, other.addresses[0]!];
          const standIn = { ...V4 };
          const unplaced = new Map([[standIn, qualifiedName(pod)]]);
          const ways = [
            [
              { src: standIn, dst: peer },
              { src: own, dst: peer },
            ],
            [
              { src: peer, dst: standIn },
              { src: peer, dst: own },
            ],
          ] as const;
          for (const [without, real] of ways) {
            const { verdict } = saidOfUnplaced(bare, table, { tuple: { ...without, ...transport }, unplaced });
            seen[verdict]++;
            if (verdict !== 'undetermined') assert.is(judge.judge({ ...real, ...transport }).verdict, verdict);
          }
        }
    }
  }
  for (const [what, times] of Object.entries(seen)) assert.ok(times > 20, `${what}: ${times}`);
});

test.run();
