/** Packets, bytes and connections of one kind. */
export type Amount = { packets: number; bytes: number; connections: number };

export const noAmount = (): Amount => ({ packets: 0, bytes: 0, connections: 0 });

/**
 * Who talked to whom, as the opener saw it: rows of one conversation differ in source port and time alone. Addresses
 * are four words (see net/address.ts); `egress` and `ingress` are findings.
 */
export type Conversation = Amount & {
  readonly family: number;
  readonly src: readonly [number, number, number, number];
  readonly dst: readonly [number, number, number, number];
  readonly protocol: number;
  /** Null where the protocol has none, or the packet did not tell. */
  readonly destinationPort: number | null;
  readonly icmpType: number | null;
  readonly verdict: number;
  readonly reason: number;
  readonly egress: number;
  readonly ingress: number;
  /** Findings and 1 more, of host endpoints; 0 where none judged. */
  readonly hostEgress: number;
  readonly hostIngress: number;
  /** What address translation makes of it; absent: nothing. */
  readonly translation?: Translation;
};

/** What becomes of a conversation with a Service, or of one behind it. */
export type Translation = {
  /**
   * Of a Service's backends those that would get its packets, those that would not, and those for which it depends on
   * the node that translates. Null: it is seen behind the translation, and has its backend.
   */
  readonly backends: { readonly forwarded: number; readonly dropped: number; readonly undetermined: number } | null;
  /** The node's address that backends see in place of the client's, and owing to what; null: they see the client's. */
  readonly hidden: { readonly words: readonly [number, number, number, number]; readonly why: string } | null;
};

/**
 * What a replay found, in numbers.
 * INVARIANT: the packets of the three verdicts and of the duplicates add up to the rows that went in, weighted by what
 * each stands for. Duplicates are in no other sum.
 */
export type Tally = {
  /** Rows judged: the IP packets of captures, the records of logs. */
  rows: number;
  /** By verdict: UNDETERMINED, FORWARDED, DROPPED. */
  readonly verdicts: readonly [Amount, Amount, Amount];
  /** By reason, index into REASONS. */
  readonly reasons: readonly Amount[];
  /** Packets by flag, index into FLAGS. */
  readonly flags: number[];
  /** Hits by finding: egress and ingress decisions, of openers and of what follows them. */
  readonly findings: Map<number, Amount>;
  /** Dropped and undetermined conversations, in the order in which they were first seen. */
  readonly conversations: Conversation[];
  /** Amounts of conversations that found no room in `conversations`. */
  readonly crowdedOut: Amount;
  /** Connections that were forgotten to make room. */
  evictions: number;
  /** Datagrams whose first fragment was forgotten to make room, before their time was over. */
  datagramsForgotten: number;
  /** Packets that were captured before: at another place, or in another tunnel. They open no connections. */
  readonly duplicates: Amount;
  /** Packets whose payload is encrypted: judged as what those who carry it say to each other. */
  readonly encrypted: { readonly wireguard: number; readonly esp: number };
  /** Rows whose time lies before an earlier row's: the clock is not turned back. */
  backwards: number;
  /** First and last time seen, seconds since 1970; null without any. */
  firstSeconds: number | null;
  lastSeconds: number | null;
};

/** How many conversations a tally keeps apart. */
export const MAX_CONVERSATIONS = 65_536;
