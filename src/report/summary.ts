import type { Traffic } from '../packet/traffic.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { Agreement } from '../verdict/agreement.ts';
import {
  DROPPED,
  FLAGS,
  type FlagWord,
  FORWARDED,
  REASONS,
  type ReasonWord,
  UNDETERMINED,
} from '../verdict/reasons.ts';
import { type Amount, type Conversation, noAmount, type Tally } from '../verdict/tally.ts';
import { type ConversationWords, conversationsOf } from './conversations.ts';
import { type Hit, hitsOf } from './hits.ts';

/** Whose behaviour was followed: what a reader must know to trust or doubt the numbers. */
export type Settings = {
  /** Of a comparison: when the new policies came into force, in seconds since 1970. */
  readonly rolloutAt?: number;
  /** False: every packet was judged alone; `midstream` says nothing then. */
  readonly track: boolean;
  readonly midstream: string;
  readonly maxConnections: number;
  readonly unknownWorkload: string;
  /** Which pods a control let exist; absent when none was asked. */
  readonly admission?: AdmissionWords;
};

export type AdmissionWords = {
  readonly control: string;
  /** All pods of the manifests. */
  readonly pods: number;
  /** Those of them that are no endpoints. */
  readonly refused: readonly string[];
  /** Admitted, and not started by their node. */
  readonly notRunning: readonly string[];
  /** Admitted, on their node's network: judged as their node. */
  readonly hostNetwork: readonly string[];
};

export type InputWords = {
  readonly file: string;
  readonly format: string;
  /** What it is compressed with, outermost first. */
  readonly compressions: readonly string[];
  readonly capture: boolean;
  readonly records: number;
  readonly rows: number;
  readonly notIp: number;
  readonly undecodable: number;
  readonly rejected: number;
  readonly skipped: number;
  readonly unreadLink: number;
  /** The first few records that gave no row, and why. */
  readonly samples: readonly { readonly n: number; readonly offset: number; readonly why: string }[];
  /** Where and why the input was not read to its end. */
  readonly fault: { readonly code: string; readonly offset: number; readonly message: string } | null;
};

export type ReasonAmount = Amount & { readonly reason: ReasonWord };

/**
 * A replay's tally in words: what `-o json` prints as it is, and what the text summary is a rendering of. Keys are a
 * contract: adding one is an extension, renaming one a break. Amounts are packets, bytes and connections.
 */
export type Summary = {
  readonly apiVersion: 'netpol-replay/v1';
  readonly kind: 'ReplaySummary';
  /** False when the run was interrupted, or an input was not read to its end. */
  readonly complete: boolean;
  readonly interrupted: boolean;
  readonly enforcement: Settings & {
    readonly dataplane: string;
    readonly dataplaneVersion: string | null;
    /** Every switch of the dataplane by its name; those that are not as it usually has them. */
    readonly switches: Readonly<Record<string, string>>;
    readonly changed: readonly string[];
  };
  readonly policies: number;
  readonly rules: number;
  readonly endpoints: number;
  readonly hostEndpoints: number;
  readonly inputs: readonly InputWords[];
  /** First and last time seen, in seconds since 1970. */
  readonly time: { readonly first: number | null; readonly last: number | null };
  readonly rows: number;
  readonly total: Amount;
  readonly verdicts: { readonly forwarded: Amount; readonly dropped: Amount; readonly undetermined: Amount };
  /** Only those that occurred, most packets first. */
  readonly reasons: readonly ReasonAmount[];
  /** Packets by flag, only those that occurred. */
  readonly flags: readonly { readonly flag: FlagWord; readonly packets: number }[];
  /** What decided, most packets first: rules, ends of tiers, profiles. */
  readonly hits: readonly Hit[];
  /** Most packets first. */
  readonly dropped: readonly ConversationWords[];
  /** Why packets could not be judged, most packets first. */
  readonly undeterminedBy: readonly ReasonAmount[];
  readonly undetermined: readonly ConversationWords[];
  /** What found no room among the conversations that are kept apart. */
  readonly crowdedOut: Amount;
  readonly evictions: number;
  readonly datagramsForgotten: number;
  /** Packets that were captured before: in no other sum but `rows`. */
  readonly duplicates: Amount;
  /** Packets whose payload cannot be read. */
  readonly encrypted: { readonly wireguard: number; readonly esp: number };
  readonly backwards: number;
  /** What policies say at host endpoints and is not simulated. */
  readonly unsimulated: readonly { readonly policy: string; readonly field: string }[];
  /** How the verdicts stand to those that the inputs recorded; null when they recorded none. */
  readonly recorded: Agreement | null;
  /** What a filter lets through: then reasons, hits and conversations are of that alone. Null without one. */
  readonly filter: Filtered | null;
};

export type Filtered = {
  /** As the command line has them. */
  readonly conditions: readonly string[];
  readonly rows: number;
  readonly total: Amount;
  readonly verdicts: Summary['verdicts'];
};

export function summarise(
  table: MatchTable,
  tally: Tally,
  inputs: readonly Traffic[],
  settings: Settings,
  interrupted: boolean,
  recorded: Agreement | null = null,
): Summary {
  const { verdicts } = tally;
  const { dataplane, settings: switches = {}, changed = [] } = table.switches;
  return {
    apiVersion: 'netpol-replay/v1',
    kind: 'ReplaySummary',
    complete: !interrupted && inputs.every((input) => input.fault === null),
    interrupted,
    enforcement: {
      dataplane,
      dataplaneVersion: table.switches.dataplaneVersion ?? null,
      ...settings,
      switches,
      changed,
    },
    policies: table.decisions.policies.length,
    rules: table.decisions.rules.length,
    endpoints: table.endpoints.list.length,
    hostEndpoints: table.hosts?.count ?? 0,
    inputs: inputs.map(inputWords),
    time: { first: tally.firstSeconds, last: tally.lastSeconds },
    rows: tally.rows,
    total: verdicts.reduce(sum),
    verdicts: { forwarded: verdicts[FORWARDED], dropped: verdicts[DROPPED], undetermined: verdicts[UNDETERMINED] },
    reasons: reasonAmounts(tally.reasons),
    flags: FLAGS.map((flag, i) => ({ flag, packets: tally.flags[i] ?? 0 })).filter((entry) => entry.packets > 0),
    hits: hitsOf(table, tally.findings).sort(byPackets),
    dropped: conversationsOf(table, tally.conversations, DROPPED).sort(byPackets),
    undeterminedBy: reasonAmounts(undeterminedByReason(tally.conversations)),
    undetermined: conversationsOf(table, tally.conversations, UNDETERMINED).sort(byPackets),
    crowdedOut: tally.crowdedOut,
    evictions: tally.evictions,
    datagramsForgotten: tally.datagramsForgotten,
    duplicates: tally.duplicates,
    encrypted: tally.encrypted,
    backwards: tally.backwards,
    unsimulated: table.hosts?.unsimulated ?? [],
    recorded,
    filter: null,
  };
}

/** A summary whose lists are of what a filter lets through, and whose totals are of all. */
export const withFilter = (all: Summary, shown: Summary, conditions: readonly string[]): Summary => ({
  ...all,
  reasons: shown.reasons,
  hits: shown.hits,
  dropped: shown.dropped,
  undeterminedBy: shown.undeterminedBy,
  undetermined: shown.undetermined,
  crowdedOut: shown.crowdedOut,
  filter: { conditions, rows: shown.rows, total: shown.total, verdicts: shown.verdicts },
});

/** Most packets first; what is equal stays in the order in which it was seen. */
export const byPackets = (a: { readonly packets: number }, b: { readonly packets: number }): number =>
  b.packets - a.packets;

export const sum = (a: Amount, b: Amount): Amount => ({
  packets: a.packets + b.packets,
  bytes: a.bytes + b.bytes,
  connections: a.connections + b.connections,
});

/** The port of a conversation as it is written beside its ends: `5432/TCP`, `ICMP type 8`, `47`. */
export function serviceOf(conversation: Pick<ConversationWords, 'proto' | 'dport' | 'icmpType'>): string {
  const { proto, dport, icmpType } = conversation;
  if (dport !== null) return `${dport}/${proto}`;
  if (icmpType !== null) return `${proto} type ${icmpType}`;
  return typeof proto === 'number' ? `protocol ${proto}` : proto;
}

/** Amounts by place in REASONS, in words: only those that occurred, most packets first. */
const reasonAmounts = (amounts: readonly Amount[]): ReasonAmount[] =>
  amounts
    .map((amount, i) => ({ reason: REASONS[i]!, ...amount }))
    .filter((entry) => entry.packets > 0)
    .sort(byPackets);

const undeterminedByReason = (conversations: readonly Conversation[]): Amount[] =>
  REASONS.map((_, reason) =>
    conversations.filter((c) => c.verdict === UNDETERMINED && c.reason === reason).reduce(sum, noAmount()),
  );

function inputWords(input: Traffic): InputWords {
  const { records, rows, notIp, undecodable, rejected, skipped, unreadLink, samples } = input.counts;
  return {
    file: input.file,
    format: input.format,
    compressions: input.compressions ?? [],
    capture: input.isCapture,
    records,
    rows,
    notIp,
    undecodable,
    rejected,
    skipped,
    unreadLink,
    samples,
    fault: input.fault && { code: input.fault.code, offset: input.fault.offset, message: input.fault.message },
  };
}
