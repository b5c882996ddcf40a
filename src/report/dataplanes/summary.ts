import type { Traffic } from '../../packet/traffic.ts';
import type { MatchTable } from '../../table/match-table.ts';
import type { Difference } from '../../verdict/differences.ts';
import { DROPPED, FORWARDED, UNDETERMINED } from '../../verdict/reasons.ts';
import { type Amount, noAmount, type Tally } from '../../verdict/tally.ts';
import { differencesOf } from '../diff/conversations.ts';
import type { DifferenceWords, SideOutcome } from '../diff/words.ts';
import { notesOf } from '../notes.ts';
import { byPackets, type InputWords, type Settings, type Summary, sum, summarise } from '../summary.ts';

/** A switch that two dataplanes have otherwise. */
export type SwitchWords = {
  readonly name: string;
  readonly dataplane: string;
  readonly against: string;
  /** Lines of the ledger. */
  readonly ledger: readonly number[];
};

/** A conversation that two dataplanes judge otherwise, and what of them made the difference. */
export type DisputeWords = Omit<DifferenceWords, 'change' | 'old' | 'new' | 'allowedBy'> & {
  readonly dataplane: SideOutcome;
  readonly against: SideOutcome;
  /** Names of switches. */
  readonly switches: readonly string[];
  /** False: each of `switches` makes the difference alone. True: it takes all of them. */
  readonly together: boolean;
};

/**
 * What two dataplanes make of the same traffic: what `compare -o json` prints as it is. Keys are a contract: adding one
 * is an extension, renaming one a break.
 */
export type DataplaneComparison = {
  readonly apiVersion: 'netpol-replay/v1';
  readonly kind: 'DataplaneComparison';
  readonly complete: boolean;
  readonly interrupted: boolean;
  /** Whether any packet has two verdicts. */
  readonly differs: boolean;
  readonly dataplane: string;
  readonly against: string;
  readonly switches: readonly SwitchWords[];
  readonly enforcement: Settings;
  readonly inputs: readonly InputWords[];
  readonly time: Summary['time'];
  readonly policies: number;
  readonly rows: number;
  readonly total: Amount;
  readonly differing: Amount;
  readonly verdicts: { readonly dataplane: Summary['verdicts']; readonly against: Summary['verdicts'] };
  /** Most packets first. */
  readonly conversations: readonly DisputeWords[];
  /** Those that found no room among the conversations. */
  readonly crowdedOut: Amount;
  readonly notes: readonly string[];
};

/** One of the two as the run left it. */
export type ComparedDataplane = { readonly name: string; readonly table: MatchTable; readonly tally: Tally };

export type ComparedDataplanes = {
  readonly dataplane: ComparedDataplane;
  readonly against: ComparedDataplane;
  readonly switches: readonly SwitchWords[];
  /** By what made the difference; places are of `switches`. */
  readonly blamed: readonly {
    readonly either: readonly number[];
    readonly together: readonly number[];
    readonly differences: readonly Difference[];
  }[];
  /** Packets by the verdicts of the two. */
  readonly amount: (before: number, after: number) => Amount;
  readonly crowdedOut: Amount;
  readonly inputs: readonly Traffic[];
  readonly settings: Settings;
  readonly interrupted: boolean;
};

export function summariseDataplanes(compared: ComparedDataplanes): DataplaneComparison {
  const { dataplane, against, switches, amount, crowdedOut, inputs, settings, interrupted } = compared;
  const [one, other] = [dataplane, against].map(({ table, tally }) =>
    summarise(table, tally, inputs, settings, interrupted),
  ) as [Summary, Summary];
  const verdicts = [UNDETERMINED, FORWARDED, DROPPED];
  const differing = verdicts
    .flatMap((before) => verdicts.filter((after) => after !== before).map((after) => amount(before, after)))
    .reduce(sum, noAmount());
  return {
    apiVersion: 'netpol-replay/v1',
    kind: 'DataplaneComparison',
    complete: one.complete,
    interrupted,
    differs: differing.packets > 0,
    dataplane: dataplane.name,
    against: against.name,
    switches,
    enforcement: settings,
    inputs: one.inputs,
    time: one.time,
    policies: Math.max(one.policies, other.policies),
    rows: one.rows,
    total: one.total,
    differing,
    verdicts: { dataplane: one.verdicts, against: other.verdicts },
    conversations: disputes(compared).sort(byPackets),
    crowdedOut,
    notes: notesOf({ ...one, crowdedOut }),
  };
}

const disputes = ({ dataplane, against, switches, blamed }: ComparedDataplanes): DisputeWords[] =>
  blamed.flatMap(({ either, together, differences }) => {
    // Parts that only work with each other, and none of which can be left out alone: all of them are named.
    const places = either.length > 0 ? either : together.length > 0 ? together : switches.map((_, place) => place);
    const names = places.map((place) => switches[place]!.name);
    return differencesOf({ old: dataplane.table, next: against.table }, differences).map(
      ({ change: _, allowedBy: __, old, new: next, ...words }): DisputeWords => ({
        ...words,
        dataplane: old,
        against: next,
        switches: names,
        together: either.length === 0,
      }),
    );
  });
