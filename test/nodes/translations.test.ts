/** What address translation makes of conversations: how many backends, and whose address they see. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../src/compile/compile.ts';
import { loadCluster } from '../../src/manifest/load.ts';
import { parseAddress } from '../../src/net/address.ts';
import { TCP } from '../../src/net/protocol.ts';
import { Replay } from '../../src/replay/engine.ts';
import { waysOf } from '../../src/replay/ways.ts';
import { summarise } from '../../src/report/summary.ts';
import { whyDropped, whyUndetermined } from '../../src/report/why.ts';
import type { PolicyTable } from '../../src/table/policy-table.ts';
import { rowsOf } from '../rows.ts';

const pod = (i: number, node: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: p${i}, namespace: x, labels: {n: p${i}, app: s}}\nspec: {nodeName: ${node}, containers: [{name: c}]}\nstatus: {podIP: 10.244.1.${10 + i}, phase: Running, conditions: [{type: Ready, status: "True"}]}`;
const node = (i: number): string =>
  `apiVersion: v1\nkind: Node\nmetadata: {name: n${i}, annotations: {projectcalico.org/IPv4VXLANTunnelAddr: 10.244.${i}.1}}\nstatus: {addresses: [{type: InternalIP, address: 192.0.2.${i}}]}`;
const deny = (i: number): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny${i}, namespace: x}\nspec: {podSelector: {matchLabels: {n: p${i}}}, ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]}`;
const WORLD = [
  'apiVersion: v1\nkind: Namespace\nmetadata: {name: x}',
  node(1),
  node(2),
  pod(0, 'n1'),
  pod(1, 'n1'),
  pod(2, 'n2'),
  pod(3, 'n2'),
  'apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: x}\nspec: {type: NodePort, clusterIP: 10.96.0.1, selector: {app: s}, ports: [{port: 80, nodePort: 30080}]}',
  deny(2),
  deny(3),
].join('\n---\n');

async function table(): Promise<PolicyTable> {
  const stdin = (async function* () {
    yield Buffer.from(WORLD);
  })();
  return compile((await loadCluster(['-'], { stdin })).cluster);
}

async function replayed(...rows: string[]) {
  const replay = new Replay(await table(), { maxConnections: 64 });
  replay.process(rowsOf(rows));
  const settings = { track: true, midstream: 'infer', maxConnections: 64, unknownWorkload: 'outside' };
  return summarise(replay.table, replay.tally, [], settings, false);
}

test('a Service whose backends differ is told with their counts', async () => {
  const { undetermined } = await replayed('10.244.1.10:40000 > 10.96.0.1:80 S');
  assert.equal(undetermined[0]!.backends, { forwarded: 2, dropped: 2, undetermined: 0 });
  assert.is(whyUndetermined(undetermined[0]!), 'service-address: of 4 backends 2 forwarded, 2 dropped');
});

test('a nodePort: those of the entering node see the client, the others that node', async () => {
  const { undetermined, dropped } = await replayed(
    '203.0.113.9:1 > 192.0.2.1:30080 S',
    '203.0.113.9:2 > 192.0.2.2:30080 S',
  );
  assert.equal(undetermined[0]!.backends, { forwarded: 2, dropped: 2, undetermined: 0 });
  assert.is(undetermined[0]!.arrivesFrom, null, 'some see the client');
  assert.equal(dropped, []);
});

test('a node that sends to a pod is named, with why it may stand for a client', async () => {
  const { dropped } = await replayed('10.244.1.1:1 > 10.244.1.12:80 S', '192.0.2.1:1 > 10.244.1.13:81 S');
  assert.equal(dropped.map(whyDropped), [
    "ingress: not allowed by x/deny2, as it arrives from node n1's tunnel address 10.244.1.1, owing to externalTrafficPolicy: Cluster",
    "ingress: not allowed by x/deny3, as it arrives from node n1's address 192.0.2.1",
  ]);
});

test('ways: backends that no policy tells apart are one, with what each end sees', async () => {
  const [src, dst] = [parseAddress('198.51.100.1')!, parseAddress('192.0.2.1')!];
  const opener = { src, dst, protocol: TCP, sourcePort: 1, destinationPort: 30080, icmpType: null, icmpCode: null };
  const ways = waysOf(await table(), opener);
  assert.equal(
    ways.map(({ backends, hiddenBy, verdict, arrives }) => [backends.length, hiddenBy, verdict, arrives.src === src]),
    [
      [2, null, 'forwarded', true],
      [1, 'externalTrafficPolicy: Cluster', 'dropped', false],
      [1, 'externalTrafficPolicy: Cluster', 'dropped', false],
    ],
  );
});

test.run();
