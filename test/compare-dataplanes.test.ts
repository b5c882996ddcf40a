/** `compare --dataplane A --against B`: what they judge otherwise, and the switch that makes the difference. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DataplaneComparison } from '../src/report/dataplanes/summary.ts';
import { cli } from './command-line.ts';
import { sample } from './paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'netpol-replay-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const NODE_PORT = ['world.yaml', 'policy.yaml', 'cluster'].flatMap((file) => ['-f', sample(`nodeport/${file}`)]);
const CAPTURE = sample('nodeport/nodeport.pcap');

async function compared(...args: readonly string[]): Promise<DataplaneComparison & { code: number }> {
  const { code, out, err } = await cli('compare', ...args, '-o', 'json');
  assert.is(out === '', false, err);
  return { code, ...(JSON.parse(out) as DataplaneComparison) };
}

/** The verdicts of a replay under a dataplane, a packet each. */
async function verdicts(...args: readonly string[]): Promise<string[]> {
  const { out } = await cli('replay', ...args, '-o', 'ndjson');
  return out
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { verdict: string }).verdict);
}

test('a nodePort: eBPF keeps the client, and one switch is named', async () => {
  const {
    code,
    differs,
    conversations,
    verdicts: counts,
  } = await compared(...NODE_PORT, '--against', 'calico-ebpf', CAPTURE);
  assert.equal([code, differs], [1, true]);
  assert.equal(
    conversations.map((one) => [
      one.from.address,
      one.packets,
      one.dataplane.verdict,
      one.against.verdict,
      one.switches,
      one.together,
    ]),
    [['10.10.7.7', 2, 'dropped', 'forwarded', ['node-port-source'], false]],
  );
  const alone = await verdicts(...NODE_PORT, CAPTURE, '--dataplane', 'calico-iptables');
  const against = await verdicts(...NODE_PORT, CAPTURE, '--dataplane', 'calico-ebpf');
  const set = await verdicts(...NODE_PORT, CAPTURE, '--switch', 'node-port-source=client');
  assert.equal(set, against, 'the switch by itself makes the difference');
  const count = (all: readonly string[]): number => all.filter((verdict) => verdict === 'dropped').length;
  assert.equal([counts.dataplane.dropped.packets, counts.against.dropped.packets], [count(alone), count(against)]);
});

test('dataplanes that do nothing differently', async () => {
  const { code, differs, switches } = await compared(...NODE_PORT, '--against', 'calico-nftables', CAPTURE);
  assert.equal([code, differs, switches], [0, false, []]);
});

test('a switch that is set holds for both', async () => {
  const set = ['--switch', 'node-port-source=client'];
  const { code, switches } = await compared(...NODE_PORT, ...set, '--against', 'calico-ebpf', CAPTURE);
  assert.is(code, 0);
  assert.not.ok(switches.some(({ name }) => name === 'node-port-source'));
});

const WORLD = `
apiVersion: v1
kind: Namespace
metadata: { name: x }
---
apiVersion: v1
kind: Pod
metadata: { name: a, namespace: x }
spec: { nodeName: n1, containers: [{ name: c }] }
status: { podIP: 10.244.1.2 }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny, namespace: x }
spec: { podSelector: {}, policyTypes: [Egress] }
`;

test('what it takes several switches for is told as several', async () => {
  const world = join(folder, 'world.yaml');
  writeFileSync(world, WORLD);
  const traffic = join(folder, 'traffic.ndjson');
  const tuple = { src: '10.244.1.2', dst: '203.0.113.9', proto: 'UDP', sport: 40000 };
  writeFileSync(traffic, [4789, 53].map((dport) => `${JSON.stringify({ ...tuple, dport })}\n`).join(''));
  const { conversations } = await compared('-f', world, '--against', 'none', traffic);
  assert.equal(
    conversations.map(({ dport, switches, together }) => [dport, switches, together]),
    [
      [4789, ['policies', 'vxlan-from-pods'], true],
      [53, ['policies'], false],
    ],
  );
  const { out } = await cli('compare', '-f', world, '--against', 'none', traffic);
  assert.match(out, 'policies=ignore with vxlan-from-pods=allow');
});

test('FelixConfiguration tells the first dataplane', async () => {
  const felix = join(folder, 'felix.yaml');
  writeFileSync(
    felix,
    'apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\nspec: {bpfEnabled: true}\n',
  );
  const { dataplane } = await compared(...NODE_PORT, '-f', felix, '--against', 'calico-iptables', CAPTURE);
  assert.is(dataplane, 'calico-ebpf');
});

test.run();
