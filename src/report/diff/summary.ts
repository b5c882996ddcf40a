import { formatWords } from '../../net/address.ts';
import type { Traffic } from '../../packet/traffic.ts';
import { formatPosition } from '../../source/position.ts';
import { policyName } from '../../table/decisions.ts';
import type { MatchTable } from '../../table/match-table.ts';
import { podAt } from '../../table/pods.ts';
import { CHANGES, type Differences, type Ends, type PolicyChange } from '../../verdict/differences.ts';
import { MAX_CONVERSATIONS, noAmount, type Tally } from '../../verdict/tally.ts';
import { notesOf } from '../notes.ts';
import { count, counted } from '../numbers.ts';
import { type Settings, type Summary, sum, summarise } from '../summary.ts';
import { differencesOf, type Tables } from './conversations.ts';
import type { ChangeAmount, DiffSummary, PolicyChangeWords, SideSummary } from './words.ts';

/** One side of a comparison as the run left it. */
export type ComparedSide = { readonly name: string; readonly table: MatchTable; readonly tally: Tally };

export type Compared = {
  readonly old: ComparedSide;
  readonly next: ComparedSide;
  readonly differences: Differences;
  readonly policyChanges: readonly PolicyChange[];
  readonly inputs: readonly Traffic[];
  readonly settings: Settings;
  readonly interrupted: boolean;
};

/** The comparison in words, without a budget. */
export function summariseDiff({ old, next, differences, settings, ...run }: Compared): DiffSummary {
  const [before, after] = [old, next].map(({ table, tally }) =>
    summarise(table, tally, run.inputs, settings, run.interrupted),
  ) as [Summary, Summary];
  const tables = { old: old.table, next: next.table };
  const conversations = differencesOf(tables, differences.conversations);
  return {
    apiVersion: 'netpol-replay/v1',
    kind: 'DiffSummary',
    complete: after.complete,
    interrupted: run.interrupted,
    differs: differences.differing.packets > 0,
    old: sideOf(old.name, before),
    new: sideOf(next.name, after),
    enforcement: settings,
    inputs: after.inputs,
    time: after.time,
    rows: differences.rows,
    total: differences.changes.reduce(sum),
    changes: changeAmounts(tables, differences),
    conversations,
    policyChanges: run.policyChanges.map((change) => policyChangeWords(tables, change)),
    crowdedOut: { conversations: differences.crowdedOut.conversations, steady: differences.crowdedOut.steady },
    budget: null,
    notes: diffNotes(after, differences),
  };
}

const sideOf = (name: string, { enforcement, policies, rules, endpoints, verdicts }: Summary): SideSummary => ({
  name,
  dataplane: enforcement.dataplane,
  policies,
  rules,
  endpoints,
  verdicts,
});

function changeAmounts({ old, next }: Tables, { changes, conversations, steady }: Differences): ChangeAmount[] {
  return CHANGES.map((change, i) => {
    const all: Ends[] = [...conversations, ...steady].filter((one) => one.change === i);
    const pods = new Set(all.flatMap(({ family, src, dst }) => [podOf(family, src), podOf(family, dst)]));
    pods.delete(null);
    return { change, conversations: new Set(all.map(endsKey)).size, ...changes[i]!, workloads: pods.size };
  });

  /** By name: the addresses of one pod are one. */
  function podOf(family: number, words: Ends['src']): string | null {
    const address = formatWords(family, ...words);
    return podAt(next, address) ?? podAt(old, address);
  }
}

const endsKey = ({ family, src, dst, protocol, destinationPort, icmpType }: Ends): string =>
  [family, ...src, ...dst, protocol, destinationPort, icmpType].join();

function policyChangeWords({ old, next }: Tables, change: PolicyChange): PolicyChangeWords {
  const placeOf = (table: MatchTable, policy: number | null): string | null =>
    policy === null ? null : formatPosition(table.decisions.policies[policy]!.at);
  const [table, policy] = change.next === null ? [old, change.old!] : [next, change.next];
  return {
    change: change.old === null ? 'added' : change.next === null ? 'removed' : 'changed',
    kind: table.decisions.policies[policy]!.kind,
    policy: policyName(table, policy),
    old: placeOf(old, change.old),
    new: placeOf(next, change.next),
    packets: change.packets,
  };
}

/** What a reader must know beside the numbers: of the traffic as of any replay, and of what found no room here. */
function diffNotes(after: Summary, { crowdedOut: { conversations, differing, steady } }: Differences): string[] {
  const notes = notesOf({ ...after, crowdedOut: noAmount() });
  if (conversations.packets > 0)
    notes.push(
      `${counted(conversations.packets, 'packet')} of conversations that differ, beyond the first ${count(MAX_CONVERSATIONS)}, are in the totals and not in the lists; the verdicts of ${count(differing.packets)} of them differ`,
    );
  if (steady)
    notes.push(
      `conversations that do not differ are counted up to ${count(MAX_CONVERSATIONS)}: there are more, and may be more workloads`,
    );
  return notes;
}
