/** Ledger 99: what a pod sends from an address that it does not have, in captures at the pods' own devices. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deviceOfPod } from '../../src/replay/spoofed.ts';
import { cli } from '../command-line.ts';
import { bytes, ethernet, icmp, ip, tcp, udp } from '../pcap-writer.ts';
import { pcapngWriter } from '../pcapng-writer.ts';

const [A, A6, B, NODE, OTHER] = ['10.244.1.2', 'fd00:1::2', '10.244.1.3', '192.0.2.11', '203.0.113.9'] as const;
const pod = (name: string, ...addresses: readonly string[]): string =>
  `apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: x}
spec: {nodeName: n1, containers: [{name: c}]}
status: {phase: Running, podIP: ${addresses[0]}, podIPs: [${addresses.map((a) => `{ip: "${a}"}`).join(', ')}]}`;
const CLUSTER = [
  pod('a', A, A6),
  pod('b', B),
  `apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: ${NODE}}]}`,
].join('\n---\n');

const IF_NAME = 2;
const device = (name: string) => ({ options: [[IF_NAME, Buffer.from(name)]] as const });
const AT_A = deviceOfPod('x', 'a');

/** Verdict and reason of each packet, captured on the devices of these numbers. */
async function judged(
  devices: readonly string[],
  packets: readonly (readonly [on: number, packet: Uint8Array])[],
  ...args: readonly string[]
): Promise<string[]> {
  const { section, interface: described, packet } = pcapngWriter();
  const capture = bytes(
    section(),
    ...devices.map((name) => described(device(name))),
    ...packets.map(([on, data], i) => packet(ethernet(data), { on, time: BigInt(i) * 1_000_000n })),
  );
  const folder = mkdtempSync(join(tmpdir(), 'spoofed-'));
  try {
    writeFileSync(join(folder, 'cluster.yaml'), CLUSTER);
    writeFileSync(join(folder, 'at.pcapng'), capture);
    const files = ['-f', join(folder, 'cluster.yaml'), join(folder, 'at.pcapng')];
    const { out } = await cli('replay', ...files, '-o', 'ndjson', ...args);
    return out
      .trimEnd()
      .split('\n')
      .map((line) => {
        const { verdict, reason } = JSON.parse(line);
        return `${verdict} ${reason}`;
      });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const OPEN = 'forwarded not-policed';
const DROPPED = 'dropped spoofed-source';

test('the device of a pod is named as Calico names it', () => {
  // From the tests of libcalico-go: pod podA of namespace default.
  assert.is(deviceOfPod('default', 'podA'), 'cali7f94ce7c295');
});

test('what crosses a pod’s device and is neither from it nor to it is dropped', async () => {
  assert.equal(
    await judged(
      [AT_A, 'eth0'],
      [
        [0, tcp(A, OTHER, 40_000, 443)],
        [0, tcp('10.244.1.99', OTHER, 40_000, 443)],
        [0, tcp(B, OTHER, 40_001, 443)],
        [0, tcp(OTHER, A, 40_002, 80)],
        [0, ip('fd00:1::99', 'fd00:2::1', 6, tcp(A, B, 40_003, 80).subarray(20))],
        [0, ip(A6, 'fd00:2::1', 6, tcp(A, B, 40_003, 80).subarray(20))],
        [1, tcp('10.244.1.99', OTHER, 40_004, 443)],
      ],
    ),
    [OPEN, DROPPED, DROPPED, OPEN, DROPPED, OPEN, OPEN],
  );
});

test('what a node sends to many, and who has no address yet, is nobody’s disguise', async () => {
  assert.equal(
    await judged(
      [AT_A],
      [
        [0, udp(NODE, '224.0.0.251', 5353, 5353)],
        [0, udp('0.0.0.0', '255.255.255.255', 68, 67)],
        [0, icmp(NODE, A, 8)],
      ],
      '--no-track',
    ),
    [OPEN, OPEN, 'forwarded own-node'],
  );
});

test('other devices, and names that nobody has, tell nothing', async () => {
  const spoofed = [[0, tcp('10.244.1.99', OTHER, 40_000, 443)]] as const;
  assert.equal(await judged(['cali00000000000'], spoofed), [OPEN]);
  assert.equal(await judged(['eth0'], spoofed), [OPEN]);
});

test('a switch lets them be, as the dataplane that enforces nothing does', async () => {
  const spoofed = [[0, tcp('10.244.1.99', OTHER, 40_000, 443)]] as const;
  assert.equal(await judged([AT_A], spoofed, '--switch', 'spoofed-sources=allow'), [OPEN]);
  assert.equal(await judged([AT_A], spoofed, '--dataplane', 'none'), [OPEN]);
});

test('each section has devices of its own', async () => {
  const writer = pcapngWriter();
  const part = (name: string): Buffer =>
    bytes(writer.section(), writer.interface(device(name)), writer.packet(ethernet(tcp(B, OTHER, 1, 443)), { on: 0 }));
  const folder = mkdtempSync(join(tmpdir(), 'spoofed-'));
  try {
    writeFileSync(join(folder, 'cluster.yaml'), CLUSTER);
    writeFileSync(join(folder, 'at.pcapng'), bytes(part(deviceOfPod('x', 'b')), part(AT_A)));
    const files = ['-f', join(folder, 'cluster.yaml'), join(folder, 'at.pcapng')];
    const { out } = await cli('replay', ...files, '-o', 'ndjson', '--duplicates', 'count');
    assert.equal(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).reason),
      ['not-policed', 'spoofed-source'],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
