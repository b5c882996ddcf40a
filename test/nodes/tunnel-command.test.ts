/** What `replay` says of duplicates, of tunnels at other ports, and of those that cannot be read. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from '../../src/cli/run.ts';
import { bytes, ethernet, hex, ipv4, pcap, sll2, tcp, udp } from '../pcap-writer.ts';

const [CLIENT, SERVER, N1, N2] = ['10.244.1.2', '10.244.2.2', '192.0.2.11', '192.0.2.12'] as const;
const pod = (name: string, address: string, node: string): string =>
  `apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: x}
spec: {nodeName: ${node}, containers: [{name: c}]}
status: {phase: Running, podIP: ${address}}`;
const node = (name: string, address: string): string =>
  `apiVersion: v1
kind: Node
metadata: {name: ${name}}
status: {addresses: [{type: InternalIP, address: ${address}}]}`;
const POLICY = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: x}
spec: {podSelector: {}, policyTypes: [Ingress]}`;
const MANIFESTS = [pod('client', CLIENT, 'n1'), pod('server', SERVER, 'n2'), node('n1', N1), node('n2', N2), POLICY];

const syn = tcp(CLIENT, SERVER, 40_000, 80);
const inVxlan = (packet: Uint8Array, port: number): Buffer =>
  udp(N1, N2, 5000, port, bytes(hex('08000000 00100000'), ethernet(packet)));
const wireguard = udp(N1, N2, 51820, 51820, bytes(hex('04000000'), Buffer.alloc(92, 7)));
const esp = ipv4(N1, N2, 50, Buffer.alloc(40, 1));

type Outcome = { readonly code: number; readonly out: string; readonly err: string };

/** `replay` of records, 1 ms apart. */
async function replayed(frames: readonly Uint8Array[], args: readonly string[], felix = ''): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'tunnels-'));
  try {
    const manifests = join(folder, 'cluster.yaml');
    writeFileSync(manifests, [...MANIFESTS, felix].filter(Boolean).join('\n---\n'));
    const capture = join(folder, 'any.pcap');
    const records = frames.map((frame, i) => ({ frame, seconds: 1_785_542_400, fraction: i * 1000 }));
    writeFileSync(capture, pcap(records, { linkType: 276 }));
    const said = { out: '', err: '' };
    const code = await run(['replay', '-f', manifests, ...args, capture], {
      out: async (text) => {
        said.out += text;
      },
      err: (text) => {
        said.err += text;
      },
      stdin: (async function* () {})(),
      signal: new AbortController().signal,
      outIsTerminal: false,
      errIsTerminal: false,
      env: {},
    });
    return { code, ...said };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const SIGHTINGS = [sll2(syn, 5), sll2(syn, 6), sll2(inVxlan(syn, 4789), 2, 4), sll2(inVxlan(syn, 4000), 3)];

test('a packet on its way is one of the totals, and the lines tell the others', async () => {
  const text = await replayed(SIGHTINGS, []);
  assert.match(text.out, /\ntotal +2 /);
  assert.match(text.out, 'note: 2 packets that were captured before, on another device or in another tunnel');
  const lines = await replayed(SIGHTINGS, ['-o', 'ndjson']);
  const flags = lines.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).flags.join());
  assert.equal(flags, ['', 'duplicate', 'duplicate', '']);
  assert.match(lines.err, '1 forwarded, 1 dropped, 0 undetermined, 2 duplicates left out');
  const json = JSON.parse((await replayed(SIGHTINGS, ['-o', 'json'])).out);
  assert.equal([json.rows, json.total.packets, json.duplicates.packets], [4, 2, 2]);
});

test('--duplicates count takes each for a packet of its own', async () => {
  const { out } = await replayed(SIGHTINGS, ['--duplicates', 'count', '-o', 'json']);
  const json = JSON.parse(out);
  assert.equal([json.total.packets, json.duplicates.packets], [4, 0]);
});

test('VXLAN is read at the port that --vxlan-port or FelixConfiguration names', async () => {
  const felix = `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata: {name: default}
spec: {vxlanPort: 4000}`;
  for (const said of [
    await replayed(SIGHTINGS, ['--vxlan-port', '4001', '--vxlan-port', '4000', '-o', 'json']),
    await replayed(SIGHTINGS, ['-o', 'json'], felix),
  ])
    assert.equal(JSON.parse(said.out).duplicates.packets, 3, said.err);
  const { code, err } = await replayed(SIGHTINGS, ['--vxlan-port', '70000']);
  assert.is(code, 2);
  assert.match(err, 'option `--vxlan-port`: `70000` is more than 65535');
});

test('what is encrypted is named, with the place to capture it instead, and judged as what nodes say', async () => {
  const { out } = await replayed([sll2(wireguard, 2), sll2(wireguard, 2), sll2(esp, 2)], []);
  assert.match(out, '2 packets of WireGuard cannot be read, and were judged as what nodes say to each other');
  assert.match(out, 'wireguard.cali');
  assert.match(out, '1 packet of IPsec (ESP) cannot be read, and was judged');
  assert.match(out, /forwarded +3 /);
});

test('--fragment-wait is a number of rows with an end', async () => {
  const { code, err } = await replayed(SIGHTINGS, ['--fragment-wait', '5000']);
  assert.is(code, 2);
  assert.match(err, 'option `--fragment-wait`: `5000` is more than 4096');
});

test.run();
