/**
 * Flow logs: how fast rows come out of a file, against reading the same file as most programs do: `JSON.parse` of each
 * line, csv-parse, `split` of each line, and the same fields taken from what they give.
 */
import { createReadStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';
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

/** The columns of a row, as every side fills them: addresses as numbers, so that no text is kept. */
type Sum = { rows: number; sum: number };

/** What the rows need, taken from what a parser gave; the sum keeps it from being optimised away. */
const addressOf = (text: string): number => Number(parseAddress(text)!.value);

function addHubble(to: Sum, line: string): void {
  const { flow } = JSON.parse(line);
  const tcp = flow.l4.TCP;
  to.sum += addressOf(flow.IP.source) + addressOf(flow.IP.destination) + tcp.source_port + tcp.destination_port;
  to.sum += Date.parse(flow.time) + flow.verdict.length;
  to.rows++;
}

function addAws(to: Sum, fields: readonly string[]): void {
  const [, , , src, dst, sport, dport, protocol, packets, bytes, start, , action] = fields;
  to.sum += addressOf(src!) + addressOf(dst!) + Number(sport) + Number(dport) + Number(protocol);
  to.sum += Number(packets) + Number(bytes) + Number(start) + action!.length;
  to.rows++;
}

type Peer = { readonly name: string; readonly run: (path: string) => Promise<Sum> };
type Log = { readonly name: string; readonly line: (i: number) => string; readonly peers: readonly Peer[] };

/** From file on every side, as a program reads a log that is larger than memory. */
const byLines =
  (add: (to: Sum, line: string) => void) =>
  async (path: string): Promise<Sum> => {
    const to = { rows: 0, sum: 0 };
    for await (const line of createInterface({ input: createReadStream(path) })) add(to, line);
    return to;
  };

async function byCsvParse(path: string): Promise<Sum> {
  const to = { rows: 0, sum: 0 };
  for await (const fields of createReadStream(path).pipe(parse({ delimiter: ' ' }))) addAws(to, fields);
  return to;
}

const LOGS: readonly Log[] = [
  {
    name: 'hubble',
    line: hubbleLine,
    peers: [{ name: 'readline and JSON.parse, from file', run: byLines(addHubble) }],
  },
  {
    name: 'aws-vpc',
    line: awsLine,
    peers: [
      { name: 'csv-parse, from file', run: byCsvParse },
      { name: 'readline and split, from file', run: byLines((to, line) => addAws(to, line.split(' '))) },
    ],
  },
];

async function ours(path: string): Promise<number> {
  let rows = 0;
  for await (const batch of (await openTraffic(path)).batches()) rows += batch.count;
  return rows;
}

async function rowsOf({ run }: Peer, path: string): Promise<number> {
  const { rows, sum } = await run(path);
  if (Number.isNaN(sum)) throw new Error('a line was read wrongly');
  return rows;
}

export async function flowLogs(): Promise<void> {
  const folder = join(import.meta.dirname, '.work');
  mkdirSync(folder, { recursive: true });
  for (const { name, line, peers } of LOGS) {
    const path = join(folder, `${name}-${LINES}.log`);
    if (!existsSync(path)) writeFileSync(path, `${Array.from({ length: LINES }, (_, i) => line(i)).join('\n')}\n`);
    const measured = await interleaved(ROUNDS, [
      { name: 'ours, from file to rows', run: () => ours(path) },
      ...peers.map((peer) => ({ name: peer.name, run: () => rowsOf(peer, path) })),
    ]);
    show(`${name}: ${LINES} lines of ${line(1).length} bytes`, 'row', measured);
  }
}
