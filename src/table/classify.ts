import { wordsOf } from '../net/address.ts';
import type { FiveTuple } from '../net/five-tuple.ts';
import { hasIcmpType, hasPorts } from '../net/protocol.ts';
import { decisionOf, describeFinding, type FindingWords } from './decisions.ts';
import { ACTION_DENY, ACTION_UNDETERMINED } from './match-table.ts';
import type { Matcher } from './matcher.ts';

export type Classification = {
  readonly verdict: 'forwarded' | 'dropped' | 'undetermined';
  readonly egress: FindingWords;
  readonly ingress: FindingWords;
};

/**
 * The verdict on one packet, judged alone, in words. Convenient and allocating: for packets by the million see
 * `classifyBatch`. Policy alone: connections, Services and nodes are replay's.
 */
export function classify(matcher: Matcher, tuple: FiveTuple): Classification {
  return classifyClasses(matcher, classOf(matcher, tuple.src), classOf(matcher, tuple.dst), tuple);
}

/** The same of address classes: an endpoint without an address has one too. */
export function classifyClasses(matcher: Matcher, src: number, dst: number, tuple: FiveTuple): Classification {
  const { table } = matcher;
  const l4 = l4Of(matcher, tuple);
  const egress = matcher.finding(table.classes.egressProfile[src]!, dst, l4);
  const ingress = matcher.finding(table.classes.ingressProfile[dst]!, src, l4);
  const { general, count, action } = table.decisions;
  const actions = [egress, ingress].map((finding) => action[decisionOf(general, count, finding)]);
  return {
    verdict: actions.includes(ACTION_DENY)
      ? 'dropped'
      : actions.includes(ACTION_UNDETERMINED)
        ? 'undetermined'
        : 'forwarded',
    egress: describeFinding(table, egress),
    ingress: describeFinding(table, ingress),
  };
}

export function classOf(matcher: Matcher, address: FiveTuple['src']): number {
  const words = wordsOf(address);
  return address.family === 4 ? matcher.class4(words[0]) : matcher.class6(...words);
}

function l4Of(matcher: Matcher, { protocol, sourcePort, destinationPort, icmpType, icmpCode }: FiveTuple): number {
  if (hasPorts(protocol)) {
    if (sourcePort === null || destinationPort === null) return matcher.l4Unknown(protocol);
    return matcher.l4(protocol, destinationPort, sourcePort);
  }
  if (!hasIcmpType(protocol)) return matcher.l4(protocol, 0, 0);
  if (icmpType === null || icmpCode === null) return matcher.l4Unknown(protocol);
  return matcher.l4(protocol, icmpType * 256 + icmpCode, 0);
}
