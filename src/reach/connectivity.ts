import type { MatchTable } from '../table/match-table.ts';
import type { Connectivity, OpenFlows } from '../verdict/reach.ts';
import { DROPPED, VERDICTS } from '../verdict/reasons.ts';
import { EndWords } from './ends.ts';
import { type EndFilter, filterKinds } from './filter.ts';
import { kindsOf } from './kinds.ts';
import { MOST_PAIRS, reach } from './reach.ts';
import { byEnds, POLICY_ALONE } from './said.ts';
import { trafficOf } from './traffic.ts';

export type ConnectivityOptions = {
  /** From whom, as it was written and as it is meant. */
  readonly from?: { readonly text: string; readonly filter: EndFilter } | null;
  readonly to?: { readonly text: string; readonly filter: EndFilter } | null;
  /** More pairs of ends than this are refused. */
  readonly most?: number;
};

/** What is open by the policies of a table, between workloads and everybody. @throws LimitError */
export function connectivity(table: MatchTable, options: ConnectivityOptions = {}): Connectivity {
  const kinds = kindsOf([table]);
  const words = new EndWords(kinds);
  const lines = reach([table], {
    sources: filterKinds(kinds, options.from?.filter ?? null),
    destinations: filterKinds(kinds, options.to?.filter ?? null),
    wanted: ([verdict]) => verdict !== DROPPED,
    most: options.most ?? MOST_PAIRS,
  });
  const open = lines.map(
    ({ sources, destinations, verdicts, pieces }): OpenFlows => ({
      verdict: VERDICTS[verdicts[0]!]!,
      from: words.of(sources),
      to: words.of(destinations),
      traffic: trafficOf(pieces),
    }),
  );
  return {
    apiVersion: 'netpol-replay/v1',
    kind: 'Connectivity',
    from: options.from?.text ?? null,
    to: options.to?.text ?? null,
    workloads: words.all,
    policies: table.decisions.policies.length,
    rules: table.decisions.rules.length,
    open: open.sort(byEnds),
    notes: POLICY_ALONE,
  };
}
