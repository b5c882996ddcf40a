import { protocolName } from '../net/protocol.ts';
import { formatPosition } from '../source/position.ts';
import {
  decisionOf,
  describeFinding,
  FIRST_TIER_END,
  type FindingWords,
  policyName,
  profileOf,
} from '../table/decisions.ts';
import type { MatchTable } from '../table/match-table.ts';
import { REASONS, type ReasonWord } from '../verdict/reasons.ts';
import type { Amount, Conversation } from '../verdict/tally.ts';
import { type End, endOf } from './ends.ts';

/** A policy and the place where it is written. */
export type PolicyPlace = { readonly policy: string; readonly at: string };

/** What one end decided, with the places of the policies that isolate it. */
export type EndDecision = FindingWords & { readonly isolatedAt: readonly PolicyPlace[] | null };

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
  [c.family, ...c.src, ...c.dst, c.protocol, c.destinationPort, c.icmpType, c.egress, c.ingress].join();

function wordsOf(table: MatchTable, c: Conversation): Omit<ConversationWords, 'reasons'> {
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
  };
}

function endDecision(table: MatchTable, finding: number): EndDecision {
  const words = describeFinding(table, finding);
  return { ...words, isolatedAt: words.isolatedBy && isolatingPlaces(table, finding, words.isolatedBy.length) };
}

/** The first policies that isolate the end of a finding that is a tier's end, with their places. */
function isolatingPlaces(table: MatchTable, finding: number, most: number): PolicyPlace[] {
  const { general, count, policies } = table.decisions;
  const { policyStart, policyList } = table.profiles;
  const profile = profileOf(general, count, finding);
  const tier = decisionOf(general, count, finding) - FIRST_TIER_END;
  return Array.from(policyList.subarray(policyStart[profile], policyStart[profile + 1]))
    .filter((policy) => policies[policy]!.tier === tier)
    .slice(0, most)
    .map((policy) => ({ policy: policyName(table, policy), at: formatPosition(policies[policy]!.at) }));
}
