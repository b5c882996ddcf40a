import { protocolName } from '../net/protocol.ts';
import { type EndDecision, endDecision } from '../table/end-decision.ts';
import { hostFinding } from '../table/hosts.ts';
import type { MatchTable } from '../table/match-table.ts';
import { REASONS, type ReasonWord } from '../verdict/reasons.ts';
import type { Amount, Conversation, Translation } from '../verdict/tally.ts';
import { type End, endOf, nodeAddressText } from './ends.ts';

/** A conversation as its opener saw it, in words. */
export type ConversationWords = Amount & {
  readonly from: End;
  readonly to: End;
  readonly proto: string | number;
  readonly dport: number | null;
  readonly icmpType: number | null;
  /** Why, in the order in which they were first met: an opener is dropped by policy, what follows it as denied. */
  readonly reasons: readonly ReasonWord[];
  readonly egress: EndDecision;
  readonly ingress: EndDecision;
  /** Of the host endpoints that were asked, the one that stands for the packet; null without any. */
  readonly host: EndDecision | null;
  /** How many of a Service's backends would get its packets; null: it goes to none, or its backend is known. */
  readonly backends: Translation['backends'];
  /**
   * The node's address that ingress policy sees for its source, in words, and owing to what it is there in place of a
   * client's: null of a node's own packets, as far as anybody can tell. Null: the source is no node's.
   */
  readonly arrivesFrom: { readonly address: string; readonly says: string; readonly owingTo: string | null } | null;
};

/**
 * Conversations of one verdict. Rows of the tally that differ in their reason alone become one: the opener and what
 * came after it are one story to a reader.
 */
export function conversationsOf(
  table: MatchTable,
  conversations: readonly Conversation[],
  verdict: number,
): ConversationWords[] {
  const merged = new Map<string, ConversationWords & { reasons: ReasonWord[] }>();
  for (const conversation of conversations) {
    if (conversation.verdict !== verdict) continue;
    const key = keyOf(conversation);
    const reason = REASONS[conversation.reason]!;
    const known = merged.get(key);
    if (known === undefined) {
      merged.set(key, { ...wordsOf(table, conversation), reasons: [reason] });
      continue;
    }
    known.packets += conversation.packets;
    known.bytes += conversation.bytes;
    known.connections += conversation.connections;
    if (!known.reasons.includes(reason)) known.reasons.push(reason);
  }
  return [...merged.values()];
}

const keyOf = (c: Conversation): string =>
  [
    c.family,
    ...c.src,
    ...c.dst,
    c.protocol,
    c.destinationPort,
    c.icmpType,
    c.egress,
    c.ingress,
    c.hostEgress,
    c.hostIngress,
  ].join();

function wordsOf(table: MatchTable, c: Conversation): Omit<ConversationWords, 'reasons'> {
  const host = hostFinding(table, c.hostEgress, c.hostIngress);
  return {
    from: endOf(table, c.family, c.src),
    to: endOf(table, c.family, c.dst),
    proto: protocolName(c.protocol),
    dport: c.destinationPort,
    icmpType: c.icmpType,
    packets: c.packets,
    bytes: c.bytes,
    connections: c.connections,
    egress: endDecision(table, c.egress),
    ingress: endDecision(table, c.ingress),
    host: host < 0 ? null : endDecision(table, host),
    backends: c.translation?.backends ?? null,
    arrivesFrom: arrivesFrom(table, c),
  };
}

function arrivesFrom(table: MatchTable, { family, src, translation }: Conversation): ConversationWords['arrivesFrom'] {
  const hidden = translation?.hidden ?? null;
  const end = endOf(table, family, hidden?.words ?? src);
  const says = nodeAddressText(table, end);
  return says === null ? null : { address: end.address, says, owingTo: hidden?.why ?? null };
}
