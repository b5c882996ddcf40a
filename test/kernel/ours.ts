import { Readable } from 'node:stream';
import { openTraffic } from '../../src/capture/open.ts';
import { compile } from '../../src/compile/compile.ts';
import { loadCluster } from '../../src/manifest/load.ts';
import { LATER_FRAGMENT, type PacketBatch } from '../../src/packet/batch.ts';
import { ICMP_ERROR, icmpRole } from '../../src/replay/icmp.ts';
import type { Midstream } from '../../src/replay/options.ts';
import { replay } from '../../src/replay/replay.ts';
import type { Timeouts } from '../../src/replay/timeouts.ts';
import type { PolicyTable } from '../../src/table/policy-table.ts';
import type { VerdictBatch } from '../../src/verdict/batch.ts';
import { DROPPED, REASONS, type ReasonWord } from '../../src/verdict/reasons.ts';
import { pcap } from '../pcap-writer.ts';
import { BACKEND, BACKEND_PORT, DENIED_POD, POD, PORT, SERVICE } from './packets.ts';
import type { Letter } from './sequences.ts';

/** What we are given: a packet, and when it was seen, in milliseconds. */
export type Seen = { readonly at: number; readonly bytes: Uint8Array };

const both = (of: { readonly 4: string; readonly 6: string }): string => `podIPs: [{ip: '${of[4]}'}, {ip: '${of[6]}'}]`;
const pod = (name: string, of: { readonly 4: string; readonly 6: string }): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: x, labels: {pod: ${name}}}
spec: {nodeName: n1, containers: [{name: c}]}
status: {phase: Running, podIP: '${of[4]}', ${both(of)}}`;
const slice = (family: 4 | 6): string => `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: backend-${family}, namespace: x, labels: {kubernetes.io/service-name: front}}
addressType: IPv${family}
endpoints: [{addresses: ['${BACKEND[family]}'], nodeName: n1}]
ports: [${['TCP', 'UDP', 'SCTP'].map((p) => `{name: ${p.toLowerCase()}, port: ${BACKEND_PORT}, protocol: ${p}}`).join(', ')}]`;

/** The cluster that the rules in kernel.ts stand for. */
const CLUSTER = [
  'apiVersion: v1\nkind: Namespace\nmetadata: {name: x}',
  pod('pod', POD),
  pod('denied', DENIED_POD),
  pod('backend', BACKEND),
  `
apiVersion: v1
kind: Service
metadata: {name: front, namespace: x}
spec:
  clusterIP: ${SERVICE[4]}
  clusterIPs: ['${SERVICE[4]}', '${SERVICE[6]}']
  ipFamilies: [IPv4, IPv6]
  selector: {pod: backend}
  ports: [${['TCP', 'UDP', 'SCTP'].map((p) => `{name: ${p.toLowerCase()}, port: ${PORT}, targetPort: ${BACKEND_PORT}, protocol: ${p}}`).join(', ')}]`,
  slice(4),
  slice(6),
  `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: only-web, namespace: x}
spec: {podSelector: {matchLabels: {pod: denied}}, ingress: [{ports: [{port: ${PORT}}]}]}`,
].join('\n---\n');

export async function tableOfCluster(): Promise<PolicyTable> {
  const { cluster } = await loadCluster(['-'], { stdin: Readable.from([Buffer.from(CLUSTER)]) });
  return compile(cluster);
}

/**
 * What our connection tracking takes each packet for: read from a capture, as users do. NEW and ESTABLISHED are
 * told apart by whether the other end was seen to answer the packet's opener.
 */
export async function lettersOfOurs(
  table: PolicyTable,
  seen: readonly Seen[],
  midstream: Midstream,
  timeouts: Timeouts,
): Promise<Letter[]> {
  const records = seen.map(({ at, bytes: frame }) => ({
    ...{ frame, seconds: Math.floor(at / 1000), fraction: Math.floor((at % 1000) * 1000) },
  }));
  const traffic = await openTraffic('-', { stdin: Readable.from([pcap(records, { linkType: 101 })]) });
  const letters: Letter[] = [];
  const answered = new Set<number>();
  await replay(table, [traffic], { midstream, timeouts, duplicates: 'count' }, (batch, verdicts) => {
    for (let row = 0; row < batch.count; row++) letters[batch.n[row]! - 1] = letterOf(batch, verdicts, row, answered);
  });
  return letters;
}

function letterOf(batch: PacketBatch, verdicts: VerdictBatch, row: number, answered: Set<number>): Letter {
  const reason: ReasonWord = REASONS[verdicts.reason[row]!]!;
  if (reason === 'ct-invalid') return 'I';
  if (reason === 'neighbour-discovery') return 'U';
  if (reason === 'tracked' || reason === 'connection-denied') {
    const isError = icmpRole(batch.protocol[row]!, batch.icmpType[row]!) === ICMP_ERROR;
    if (isError && (batch.flags[row]! & LATER_FRAGMENT) === 0) return 'R';
    const opener = verdicts.opener[row]!;
    if (verdicts.reversed[row] === 1) answered.add(opener);
    return reason === 'connection-denied' ? 'D' : answered.has(opener) ? 'E' : 'N';
  }
  if (verdicts.verdict[row] === DROPPED) return 'D';
  if (verdicts.opened[row] === 1) return 'N';
  // INVALID, and not at a workload: nobody drops it for that (it goes to a Service's address untranslated).
  return reason === 'not-policed' && (batch.flags[row]! & LATER_FRAGMENT) === 0 ? 'I' : '?';
}
