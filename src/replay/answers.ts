import { ICMPV6, SCTP, TCP, UDP } from '../net/protocol.ts';
import { HAS_ICMP, HAS_PORTS, type PacketBatch, SOURCE_PORT_UNTOLD } from '../packet/batch.ts';
import { NO_POLICY, NOT_AN_ENDPOINT, NOT_JUDGED, UNDETERMINED_DECISION } from '../table/decisions.ts';
import { ACTION_UNDETERMINED, type MatchTable } from '../table/match-table.ts';
import { requestType } from './icmp.ts';
import { hidesProtocol } from './kinds.ts';
import type { Questions } from './questions.ts';

export const isPoliced = (decision: number): boolean =>
  decision !== NOT_AN_ENDPOINT && decision !== NO_POLICY && decision !== NOT_JUDGED;

export const isOpen = (action: number, decision: number): boolean =>
  action === ACTION_UNDETERMINED || decision === UNDETERMINED_DECISION;

export const sourceClassOf = (questions: Questions, b: PacketBatch, row: number): number =>
  b.family[row] === 6
    ? questions.class6(b.src0[row]!, b.src1[row]!, b.src2[row]!, b.src3[row]!)
    : questions.class4(b.src0[row]!);

export const destinationClassOf = (questions: Questions, b: PacketBatch, row: number): number =>
  b.family[row] === 6
    ? questions.class6(b.dst0[row]!, b.dst1[row]!, b.dst2[row]!, b.dst3[row]!)
    : questions.class4(b.dst0[row]!);

/** L4 class of the opener that a row is (or, reversed, answers). */
export function l4Of(questions: Questions, batch: PacketBatch, row: number, reversed: boolean): number {
  const protocol = batch.protocol[row]!;
  const flags = batch.flags[row]!;
  if ((flags & (HAS_PORTS | SOURCE_PORT_UNTOLD)) === HAS_PORTS)
    return reversed
      ? questions.l4(protocol, batch.sourcePort[row]!, batch.destinationPort[row]!)
      : questions.l4(protocol, batch.destinationPort[row]!, batch.sourcePort[row]!);
  if ((flags & SOURCE_PORT_UNTOLD) !== 0) return questions.l4AnySource(protocol, batch.destinationPort[row]!);
  if ((flags & HAS_ICMP) === 0) return questions.l4Unknown(protocol);
  const type = batch.icmpType[row]!;
  return questions.l4(protocol, (reversed ? requestType(protocol, type) : type) * 256 + batch.icmpCode[row]!, 0);
}

/** In place of an L4 class: the packet hides its protocol. */
const HIDDEN = -1;

/** What a row, or (reversed) the opener that it answers, asks of a profile: for `decisionOn`. */
export const questionOf = (questions: Questions, batch: PacketBatch, row: number, reversed: boolean): number =>
  hidesProtocol(batch, row) ? HIDDEN : l4Of(questions, batch, row, reversed);

/** A packet of an unknown protocol gets what all protocols that are worth asking for come to. */
export function decisionOn(
  questions: Questions,
  { decisions }: MatchTable,
  question: number,
  profile: number,
  peer: number,
): number {
  if (question !== HIDDEN) return questions.decide(profile, peer, question);
  const found = HIDDEN_PROTOCOLS.map((protocol) => questions.decide(profile, peer, questions.l4Unknown(protocol)));
  const actions = new Set(found.map((decision) => decisions.action[decision]));
  return actions.size === 1 ? Math.min(...found) : UNDETERMINED_DECISION;
}

/** What may stand behind a cut chain of IPv6 extension headers, as far as policies ask. */
export const HIDDEN_PROTOCOLS = [TCP, UDP, SCTP, ICMPV6];
