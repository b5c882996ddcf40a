import type { MatchTable } from '../table/match-table.ts';
import type { ChangedFlows, StaticDiff } from '../verdict/reach.ts';
import { VERDICTS } from '../verdict/reasons.ts';
import { EndWords } from './ends.ts';
import { type Kind, kindsOf, unmatched } from './kinds.ts';
import { MOST_PAIRS, type ReachLine, reach } from './reach.ts';
import { byEnds, POLICY_ALONE } from './said.ts';
import { trafficOf } from './traffic.ts';

/** One side of a comparison. */
export type StaticSide = { readonly name: string; readonly table: MatchTable };

/** The exact set of packets whose verdict differs between two tables. @throws LimitError */
export function staticDiff(old: StaticSide, next: StaticSide, most: number = MOST_PAIRS): StaticDiff {
  const tables = [old.table, next.table];
  const kinds = kindsOf(tables);
  const words = new EndWords(kinds);
  const lines = reach(tables, {
    sources: kinds,
    destinations: kinds,
    wanted: ([before, after]) => before !== after,
    most,
  });
  const changes = joined(lines).map(
    ({ sources, destinations, verdicts, pieces }): ChangedFlows => ({
      old: VERDICTS[verdicts[0]!]!,
      new: VERDICTS[verdicts[1]!]!,
      from: words.of(sources),
      to: words.of(destinations),
      traffic: trafficOf(pieces),
    }),
  );
  const lonely = unmatched(tables);
  return {
    apiVersion: 'netpol-replay/v1',
    kind: 'StaticDiff',
    old: old.name,
    new: next.name,
    differs: changes.length > 0,
    workloads: words.all,
    changes: changes.sort(byEnds),
    notes: lonely.length === 0 ? POLICY_ALONE : [...POLICY_ALONE, notCompared(lonely)],
  };
}

const NAMED = 5;

const notCompared = (names: readonly string[]): string =>
  `not compared, as they have no address and are on one side alone: ${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ''}`;

/** The same change of the same sources at several destinations is one. */
function joined(lines: readonly ReachLine[]): ReachLine[] {
  const numbers = new Map<unknown, number>();
  const number = (of: unknown): number => {
    const known = numbers.get(of) ?? numbers.size;
    numbers.set(of, known);
    return known;
  };
  const byKey = new Map<string, ReachLine & { destinations: Kind[] }>();
  for (const line of lines) {
    const key = [line.sources.map(number).sort(), line.pieces.map(number), line.verdicts].join(' | ');
    const known = byKey.get(key);
    if (known !== undefined) known.destinations.push(...line.destinations);
    else byKey.set(key, { ...line, destinations: [...line.destinations] });
  }
  return [...byKey.values()];
}
