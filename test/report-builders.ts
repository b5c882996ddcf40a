/** Hand-made values for the tests of reports: a small table, inputs, batches and tallies, without any engine. */
import { parseAddress, wordsOf } from '../src/net/address.ts';
import { protocolNumber } from '../src/net/protocol.ts';
import { createBatch, HAS_ICMP, HAS_PORTS, IS_TUNNELLED, NO_TIME, type PacketBatch } from '../src/packet/batch.ts';
import type { Traffic, TrafficCounts } from '../src/packet/traffic.ts';
import type { CaptureError } from '../src/source/errors.ts';
import { FIRST_TIER_END, findingOf } from '../src/table/decisions.ts';
import type { MatchTable, PolicyEntry, RuleEntry } from '../src/table/match-table.ts';
import { createVerdicts, type VerdictBatch } from '../src/verdict/batch.ts';
import { FLAGS, REASONS, type ReasonWord, reasonNumber, VERDICTS, type VerdictWord } from '../src/verdict/reasons.ts';
import { type Conversation, noAmount, type Tally } from '../src/verdict/tally.ts';

const GENERAL = FIRST_TIER_END + 2; // two tiers: default, and one before it
const POLICIES: readonly PolicyEntry[] = [
  policy('NetworkPolicy', 'db', 'postgres', 0, 'k8s/db.yaml', 3),
  policy('NetworkPolicy', 'db', 'lockdown', 0, 'k8s/db.yaml', 21),
  policy('AdminNetworkPolicy', null, 'quarantine', 1, 'k8s/admin.yaml', 2),
];
const RULES: readonly RuleEntry[] = [
  { policy: 0, direction: 'ingress', index: 0, action: 'allow', at: { file: 'k8s/db.yaml', line: 11, column: 5 } },
  { policy: 2, direction: 'egress', index: 1, action: 'deny', at: { file: 'k8s/admin.yaml', line: 9, column: 7 } },
];
/** Profile 2 is an ingress profile that postgres and lockdown make; 3 an egress one of quarantine. */
export const INGRESS_PROFILE = 2;
export const EGRESS_PROFILE = 3;

const COUNT = GENERAL + RULES.length;

/** Findings of the table below. */
export const found = {
  undetermined: 0,
  notAnEndpoint: general(0, 1),
  noPolicy: general(1, 2),
  notJudged: general(0, 5),
  allowRule: GENERAL,
  denyRule: GENERAL + 1,
  endOfDefault: general(INGRESS_PROFILE, FIRST_TIER_END),
  profileAllow: general(INGRESS_PROFILE, 3),
};

function general(profile: number, decision: number): number {
  return findingOf(GENERAL, COUNT, profile, decision);
}

function policy(
  kind: string,
  namespace: string | null,
  name: string,
  tier: number,
  file: string,
  line: number,
): PolicyEntry {
  return { kind, namespace, name, tier, at: { file, line, column: 1 } };
}

/** A table as far as reports read it: dictionaries, profiles and statistics. */
export function table(): MatchTable {
  const part = {
    classes: { egressProfile: Uint32Array.of(0, 1, 3), ingressProfile: Uint32Array.of(0, 1, INGRESS_PROFILE) },
    profiles: { count: 4, policyStart: Uint32Array.of(0, 0, 0, 2, 3), policyList: Uint32Array.of(0, 1, 2) },
    decisions: {
      general: GENERAL,
      count: COUNT,
      action: Uint8Array.of(4, 0, 0, 1, 2, 0, 1, 2, 2, 1, 2),
      tiers: ['default', 'admin'],
      policies: POLICIES,
      rules: RULES,
    },
    endpoints: {
      list: ['postgres-0', 'web-1'].map((name) => ({ namespace: 'db', name, node: null, containerPorts: [] })),
      byAddress: new Map([
        ['10.244.1.10', 0],
        ['10.244.1.21', 1],
      ]),
    },
    nodes: { names: ['worker-1'], byAddress: new Map([['192.0.2.10', 0]]), own: [[]], pools: [] },
    services: {
      list: [{ namespace: 'db', name: 'postgres', ports: [] }],
      byAddress: new Map([['10.96.0.7', 0]]),
      nodePorts: new Set(),
    },
    switches: { dataplane: 'calico-iptables', dropInvalid: true, nodeToOwnPod: true },
    stats: {
      endpoints: 2,
      addresses: 4,
      policies: 3,
      rules: 2,
      prefixes: 6,
      addressClasses: 4,
      l4Classes: 260,
      profiles: 4,
      programs: 3,
      cellsFilled: 12,
      cellsPossible: 16,
      bytes: 1_572_864,
      buildMilliseconds: 4.26,
    },
  };
  return part as unknown as MatchTable;
}

type RowFields = {
  readonly src: string;
  readonly dst: string;
  readonly proto?: string | number;
  readonly ports?: readonly [number, number];
  readonly icmp?: readonly [type: number, code: number];
  readonly time?: readonly [seconds: number, nanos: number, digits: number];
  readonly timeText?: string;
  readonly outer?: { readonly src: string; readonly dst: string; readonly ports?: readonly [number, number] };
  readonly verdict: VerdictWord;
  readonly reason: ReasonWord;
  readonly egress: number;
  readonly ingress: number;
  readonly hostEgress?: number;
  readonly hostIngress?: number;
  readonly opener?: number;
  readonly flags?: number;
};

/** A batch of rows numbered from 1, and the verdicts of them. */
export function judged(rows: readonly RowFields[]): { batch: PacketBatch; verdicts: VerdictBatch } {
  const batch = createBatch(rows.length);
  const verdicts = createVerdicts(rows.length);
  batch.count = rows.length;
  rows.forEach((fields, row) => {
    batch.n[row] = row + 1;
    batch.timeDigits[row] = NO_TIME;
    if (fields.time) [batch.seconds[row], batch.nanos[row], batch.timeDigits[row]] = fields.time;
    batch.timeText[row] = fields.timeText ?? null;
    fillEnds(batch, row, fields.src, fields.dst, fields.proto ?? 'TCP', fields.ports);
    if (fields.icmp) {
      [batch.icmpType[row], batch.icmpCode[row]] = fields.icmp;
      batch.flags[row]! |= HAS_ICMP;
    }
    if (fields.outer) {
      fillEnds(batch.outer as PacketBatch, row, fields.outer.src, fields.outer.dst, 'UDP', fields.outer.ports);
      batch.flags[row]! |= IS_TUNNELLED;
    }
    verdicts.verdict[row] = VERDICTS.indexOf(fields.verdict);
    verdicts.reason[row] = reasonNumber(fields.reason);
    verdicts.egress[row] = fields.egress;
    verdicts.ingress[row] = fields.ingress;
    verdicts.hostEgress[row] = fields.hostEgress ?? 0;
    verdicts.hostIngress[row] = fields.hostIngress ?? 0;
    verdicts.opener[row] = fields.opener ?? 0;
    verdicts.flags[row] = fields.flags ?? 0;
  });
  return { batch, verdicts };
}

function fillEnds(
  at: PacketBatch,
  row: number,
  src: string,
  dst: string,
  proto: string | number,
  ports?: readonly [number, number],
): void {
  const from = parseAddress(src)!;
  at.family[row] = from.family;
  [at.src0[row], at.src1[row], at.src2[row], at.src3[row]] = wordsOf(from);
  [at.dst0[row], at.dst1[row], at.dst2[row], at.dst3[row]] = wordsOf(parseAddress(dst)!);
  at.protocol[row] = protocolNumber(proto)!;
  if (ports) {
    [at.sourcePort[row], at.destinationPort[row]] = ports;
    at.flags[row]! |= HAS_PORTS;
  }
}

export function traffic(file: string, counts: Partial<TrafficCounts> = {}, fault: CaptureError | null = null): Traffic {
  const none = { records: 0, rows: 0, notIp: 0, undecodable: 0, rejected: 0, skipped: 0, unreadLink: 0, samples: [] };
  const batches = async function* () {};
  return { file, format: 'pcap', isCapture: true, counts: { ...none, ...counts }, fault, batches };
}

type ConversationFields = {
  readonly src: string;
  readonly dst: string;
  readonly proto?: string;
  readonly port?: number;
  readonly icmpType?: number;
  readonly verdict: VerdictWord;
  readonly reason: ReasonWord;
  readonly egress: number;
  readonly ingress: number;
  readonly packets: number;
  readonly connections?: number;
};

export function conversation(fields: ConversationFields): Conversation {
  const src = parseAddress(fields.src)!;
  return {
    family: src.family,
    src: wordsOf(src),
    dst: wordsOf(parseAddress(fields.dst)!),
    protocol: protocolNumber(fields.proto ?? 'TCP')!,
    destinationPort: fields.port ?? null,
    icmpType: fields.icmpType ?? null,
    verdict: VERDICTS.indexOf(fields.verdict),
    reason: reasonNumber(fields.reason),
    egress: fields.egress,
    ingress: fields.ingress,
    hostEgress: 0,
    hostIngress: 0,
    packets: fields.packets,
    bytes: fields.packets * 60,
    connections: fields.connections ?? 0,
  };
}

/** A tally of conversations: those that were forwarded count in the totals and are not kept apart, as in a replay. */
export function tally(conversations: readonly Conversation[], more: Partial<Tally> = {}): Tally {
  const result = {
    rows: 0,
    verdicts: [noAmount(), noAmount(), noAmount()] as const,
    reasons: REASONS.map(noAmount),
    flags: FLAGS.map(() => 0),
    findings: new Map(),
    conversations: conversations.filter((c) => VERDICTS[c.verdict] !== 'forwarded'),
    crowdedOut: noAmount(),
    evictions: 0,
    datagramsForgotten: 0,
    duplicates: noAmount(),
    encrypted: { wireguard: 0, esp: 0 },
    backwards: 0,
    firstSeconds: null,
    lastSeconds: null,
  };
  for (const c of conversations) {
    result.rows += c.packets;
    const amounts = [result.verdicts[c.verdict]!, result.reasons[c.reason]!];
    for (const finding of new Set([c.egress, c.ingress])) {
      const amount = result.findings.get(finding) ?? noAmount();
      result.findings.set(finding, amount);
      amounts.push(amount);
    }
    for (const amount of amounts) {
      amount.packets += c.packets;
      amount.bytes += c.bytes;
      amount.connections += c.connections;
    }
  }
  return { ...result, ...more };
}
