/**
 * Flow logs: how fast rows come out of a log, against reading every line as most programs do: `JSON.parse` of each
 * line, `split` of each line, and the same fields taken from what they give.
 */
import { createReadStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openTraffic } from '../src/capture/open.ts';
import { parseAddress } from '../src/net/address.ts';
import { interleaved, show } from './measure.ts';

const LINES = 100_000;
const ROUNDS = 5;
const address = (net: number, i: number): string => `10.${net}.${(i >> 8) & 255}.${i & 255}`;

/** As Cilium's exporter writes them, some 900 bytes each. */
function hubbleLine(i: number): string {
  const end = (name: string, n: number): object => ({
    ID: 100 + (n % 900),
    identity: 20_000 + (n % 5_000),
    cluster_name: 'default',
    namespace: `team-${n % 40}`,
    labels: [`k8s:app=${name}`, `k8s:tier=t${n % 3}`, `k8s:io.kubernetes.pod.namespace=team-${n % 40}`],
    pod_name: `${name}-6d4b75cb6d-${n % 1000}`,
    workloads: [{ name, kind: 'Deployment' }],
  });
  const flow = {
    time: `2026-08-01T10:00:${String(i % 60).padStart(2, '0')}.120345678Z`,
    uuid: `5a0e-${i}`,
    verdict: i % 9 === 0 ? 'DROPPED' : 'FORWARDED',
    ethernet: { source: '0a:58:0a:00:01:07', destination: '0a:58:0a:00:02:09' },
    IP: { source: address(1, i), destination: address(2, i * 7), ipVersion: 'IPv4' },
    l4: { TCP: { source_port: 32_768 + (i % 20_000), destination_port: 5432, flags: { SYN: true } } },
    source: end('web', i),
    destination: end('db', i * 7),
    Type: 'L3_L4',
    node_name: `node-${i % 12}`,
    event_type: { type: 5 },
    traffic_direction: 'INGRESS',
    policy_match_type: 1,
    is_reply: false,
    Summary: 'TCP Flags: SYN',
  };
  return JSON.stringify({ flow, node_name: flow.node_name, time: flow.time });
}

const awsLine = (i: number): string =>
  `2 123456789010 eni-0a1b2c3d4e5f60718 ${address(1, i)} ${address(2, i * 7)} ${32_768 + (i % 20_000)} 5432 6 ${1 + (i % 30)} ${60 * (1 + (i % 900))} 1785578400 1785578459 ${i % 9 === 0 ? 'REJECT' : 'ACCEPT'} OK`;

type Log = { readonly name: string; readonly line: (i: number) => string; readonly naive: (line: string) => number };

/** What the rows need, taken from the parsed line; the sum keeps it from being optimised away. */
const LOGS: readonly Log[] = [
  {
    name: 'hubble',
    line: hubbleLine,
    naive: (line) => {
      const { flow } = JSON.parse(line);
      const tcp = flow.l4.TCP;
      const ends = Number(parseAddress(flow.IP.source)!.value) + Number(parseAddress(flow.IP.destination)!.value);
      return ends + tcp.source_port + tcp.destination_port + Date.parse(flow.time) + flow.verdict.length;
    },
  },
  {
    name: 'aws-vpc',
    line: awsLine,
    naive: (line) => {
      const [, , , src, dst, sport, dport, protocol, packets, bytes, start, , action] = line.split(' ');
      const ends = Number(parseAddress(src!)!.value) + Number(parseAddress(dst!)!.value);
      return (
        ends +
        Number(sport) +
        Number(dport) +
        Number(protocol) +
        Number(packets) +
        Number(bytes) +
        Number(start) +
        action!.length
      );
    },
  },
];

async function ours(path: string): Promise<number> {
  let rows = 0;
  for await (const batch of (await openTraffic(path)).batches()) rows += batch.count;
  return rows;
}

async function lineByLine(path: string, naive: (line: string) => number): Promise<number> {
  let rows = 0;
  let sum = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    sum += naive(line);
    rows++;
  }
  if (Number.isNaN(sum)) throw new Error('a line was read wrongly');
  return rows;
}

export async function flowLogs(): Promise<void> {
  const folder = join(import.meta.dirname, '.work');
  mkdirSync(folder, { recursive: true });
  for (const { name, line, naive } of LOGS) {
    const path = join(folder, `${name}-${LINES}.log`);
    if (!existsSync(path)) writeFileSync(path, `${Array.from({ length: LINES }, (_, i) => line(i)).join('\n')}\n`);
    const text = Array.from({ length: LINES }, (_, i) => line(i));
    const measured = await interleaved(ROUNDS, [
      { name: 'ours, from file to rows', run: () => ours(path) },
      {
        name: name === 'hubble' ? 'JSON.parse, lines in memory already' : 'split, lines in memory already',
        run: () => (text.reduce((sum, one) => sum + naive(one), 0) > 0 ? LINES : 0),
      },
      { name: 'the same, from file by readline', run: () => lineByLine(path, naive) },
    ]);
    show(`${name}: ${LINES} lines of ${line(1).length} bytes`, 'row', measured);
  }
}
