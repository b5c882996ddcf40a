import { protocolName } from '../../net/protocol.ts';
import { type EndDecision, endDecision } from '../../table/end-decision.ts';
import type { MatchTable } from '../../table/match-table.ts';
import { CHANGES, type Difference, type Outcome } from '../../verdict/differences.ts';
import { DECIDERS, type Decider, NOBODY } from '../../verdict/pair-batch.ts';
import { REASONS, VERDICTS } from '../../verdict/reasons.ts';
import { type End, endOf } from '../ends.ts';
import { byPackets, sum } from '../summary.ts';
import type { DifferenceWords, SideOutcome } from './words.ts';

/** The two tables: findings are told in the words of their own side, ends in those of the new one if it knows them. */
export type Tables = { readonly old: MatchTable; readonly next: MatchTable };

/**
 * Conversations that differ, in the order of CHANGES, then most packets first. What differs in its reasons alone becomes
 * one: the opener and what came after it are one story to a reader.
 */
export function differencesOf(tables: Tables, conversations: readonly Difference[]): DifferenceWords[] {
  const merged = new Map<string, Difference[]>();
  for (const one of conversations) {
    const key = keyOf(one);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, [one]);
    else known.push(one);
  }
  const words = [...merged.values()].map((parts) => wordsOf(tables, parts));
  return CHANGES.flatMap((change) => words.filter((one) => one.change === change).sort(byPackets));
}

const keyOf = ({ change, old, next, ...ends }: Difference): string =>
  JSON.stringify([
    [change, old.verdict, next.verdict, ...old.findings, ...next.findings],
    [ends.family, ...ends.src, ...ends.dst, ends.protocol, ends.destinationPort, ends.icmpType],
  ]);

function wordsOf(tables: Tables, parts: readonly Difference[]): DifferenceWords {
  const first = parts[0]!;
  return {
    change: CHANGES[first.change]!,
    from: nameOf(tables, first.family, first.src),
    to: nameOf(tables, first.family, first.dst),
    proto: protocolName(first.protocol),
    dport: first.destinationPort,
    icmpType: first.icmpType,
    ...parts.map(({ packets, bytes, connections }) => ({ packets, bytes, connections })).reduce(sum),
    old: outcomeOf(tables.old, first.old, new Set(parts.map(({ old }) => old.reason))),
    new: outcomeOf(tables.next, first.next, new Set(parts.map(({ next }) => next.reason))),
    allowedBy: null,
  };
}

export function nameOf({ old, next }: Tables, family: number, words: readonly [number, number, number, number]): End {
  const end = endOf(next, family, words);
  return end.name === null ? endOf(old, family, words) : end;
}

function outcomeOf(table: MatchTable, { verdict, findings }: Outcome, reasons: ReadonlySet<number>): SideOutcome {
  const decisions = DECIDERS.map((decider, k): [Decider, EndDecision | null] => [
    decider,
    findings[k] === NOBODY ? null : endDecision(table, findings[k]!),
  ]);
  return {
    verdict: VERDICTS[verdict]!,
    reasons: [...reasons].map((reason) => REASONS[reason]!),
    ...(Object.fromEntries(decisions) as Pick<SideOutcome, Decider>),
  };
}
