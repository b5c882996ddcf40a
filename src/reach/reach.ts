/**
 * What goes from whom to whom, for all packets there are: read off the classes of one table, or of two that are laid
 * over one another. Nothing is sampled and nothing is left out.
 *
 *     prefixes --> kinds of ends --+                        by table
 *                                  +--> groups --> pairs --> outcome (a verdict for each piece of L4) --> lines
 *     L4 classes --> pieces -------+
 *
 * Kinds that no profile tells apart as a peer, and that have one profile, are one group: so pairs are few.
 */
import { LimitError } from '../source/errors.ts';
import type { MatchTable } from '../table/match-table.ts';
import { canMeet, type Kind, kindsOf } from './kinds.ts';
import { type L4Piece, l4Pieces } from './l4-pieces.ts';
import { type Outcome, Outcomes, TableOutcomes } from './outcomes.ts';

/** All packets of some pieces between some kinds: they have one verdict in each table. */
export type ReachLine = {
  readonly sources: readonly Kind[];
  readonly destinations: readonly Kind[];
  /** By table: UNDETERMINED, FORWARDED, DROPPED. */
  readonly verdicts: readonly number[];
  readonly pieces: readonly L4Piece[];
};

export type ReachQuestion = {
  /** Kinds as a filter leaves them; all of them when absent. */
  readonly sources?: readonly Kind[];
  readonly destinations?: readonly Kind[];
  /** Which lines are wanted, by the verdicts of the tables. */
  readonly wanted: (verdicts: readonly number[]) => boolean;
  /** More cells, or pairs of groups, than this are refused. */
  readonly most?: number;
};

export const MOST_PAIRS = 1 << 24;

/** @throws LimitError for a question that is too large, with its numbers */
export function reach(tables: readonly MatchTable[], question: ReachQuestion): ReachLine[] {
  const kinds = question.sources !== undefined && question.destinations !== undefined ? [] : kindsOf(tables);
  const asked = new Asked(
    tables,
    question.sources ?? kinds,
    question.destinations ?? kinds,
    question.most ?? MOST_PAIRS,
  );
  return asked.lines(question.wanted);
}

/** Kinds that are alike as a source, or as a destination. */
type Group = readonly Kind[];

class Asked {
  readonly #tables: readonly MatchTable[];
  readonly #pieces: readonly L4Piece[];
  readonly #outcomes = new Outcomes();
  readonly #of: readonly TableOutcomes[];
  readonly #sources: readonly Group[];
  readonly #destinations: readonly Group[];
  /** Outcomes of all tables together, numbered. */
  readonly #joint: number[][] = [];
  readonly #jointNumbers = new Map<string, number>();

  constructor(tables: readonly MatchTable[], sources: readonly Kind[], destinations: readonly Kind[], most: number) {
    this.#tables = tables;
    const cells = tables.reduce((sum, { classes }, t) => {
      const asked = profilesOf(classes.ingressProfile, destinations, t).length * sources.length;
      return sum + asked + profilesOf(classes.egressProfile, sources, t).length * destinations.length;
    }, 0);
    if (cells > most) throw tooMany(cells, most, 'cells of profiles and kinds of ends');
    this.#pieces = l4Pieces(tables.map((table) => table.l4));
    this.#of = tables.map((table, place) => new TableOutcomes(table, place, this.#pieces, this.#outcomes));
    this.#sources = this.#grouped(sources, 'egressProfile', destinations, 'ingressProfile');
    this.#destinations = this.#grouped(destinations, 'ingressProfile', sources, 'egressProfile');
    const pairs = this.#sources.length * this.#destinations.length;
    if (pairs > most) throw tooMany(pairs, most, 'pairs of ends');
  }

  /** Kinds by family, own profiles, and what every profile of the other side says of them. */
  #grouped(kinds: readonly Kind[], own: ProfileOf, others: readonly Kind[], theirs: ProfileOf): Group[] {
    const askers = this.#tables.map(({ classes }, t) => profilesOf(classes[theirs], others, t));
    const signatures = new Signatures();
    const groups = new Map<number, Kind[]>();
    for (const kind of kinds) {
      let signature = signatures.next(kind.isEndpoint ? 1 : 0, kind.family ?? 0);
      this.#tables.forEach(({ classes }, t) => {
        const id = kind.classes[t]!;
        signature = signatures.next(signature, classes[own][id]!);
        for (const profile of askers[t]!) signature = signatures.next(signature, this.#of[t]!.ofCell(profile, id));
      });
      const known = groups.get(signature);
      if (known !== undefined) known.push(kind);
      else groups.set(signature, [kind]);
    }
    return [...groups.values()];
  }

  lines(wanted: ReachQuestion['wanted']): ReachLine[] {
    const interesting: boolean[] = [];
    const alike = new Map<string, { destinations: Kind[]; byOutcome: ReadonlyMap<number, readonly Group[]> }>();
    for (const destination of this.#destinations) {
      const byOutcome = new Map<number, Group[]>();
      let key = '';
      this.#sources.forEach((source, place) => {
        if (!canMeet(source[0]!, destination[0]!)) return;
        const outcome = this.#between(source[0]!, destination[0]!);
        interesting[outcome] ??= this.#parts(outcome).some(({ verdicts }) => wanted(verdicts));
        if (!interesting[outcome]) return;
        key += `${place}:${outcome} `;
        byOutcome.set(outcome, [...(byOutcome.get(outcome) ?? []), source]);
      });
      if (key === '') continue;
      const known = alike.get(key);
      if (known !== undefined) known.destinations.push(...destination);
      else alike.set(key, { destinations: [...destination], byOutcome });
    }
    return [...alike.values()].flatMap(({ destinations, byOutcome }) =>
      [...byOutcome].flatMap(([outcome, sources]) =>
        this.#parts(outcome)
          .filter(({ verdicts }) => wanted(verdicts))
          .map((part) => ({ sources: sources.flat(), destinations, ...part })),
      ),
    );
  }

  #between(source: Kind, destination: Kind): number {
    const outcomes = this.#of.map((one, t) => one.between(source.classes[t]!, destination.classes[t]!));
    const key = outcomes.join(' ');
    const known = this.#jointNumbers.get(key);
    if (known !== undefined) return known;
    this.#jointNumbers.set(key, this.#joint.length);
    return this.#joint.push(outcomes) - 1;
  }

  /** The pieces of a joint outcome by the verdicts that they have. */
  #parts(joint: number): { readonly verdicts: readonly number[]; readonly pieces: readonly L4Piece[] }[] {
    const outcomes: Outcome[] = this.#joint[joint]!.map((number) => this.#outcomes.at(number));
    const parts = new Map<string, { verdicts: number[]; pieces: L4Piece[] }>();
    this.#pieces.forEach((piece, p) => {
      const verdicts = outcomes.map((outcome) => outcome[p]!);
      const known = parts.get(verdicts.join(' '));
      if (known !== undefined) known.pieces.push(piece);
      else parts.set(verdicts.join(' '), { verdicts, pieces: [piece] });
    });
    return [...parts.values()];
  }
}

/** The profiles that kinds have in table `t`. */
const profilesOf = (ofClass: Uint32Array, kinds: readonly Kind[], t: number): number[] => [
  ...new Set(kinds.map((kind) => ofClass[kind.classes[t]!]!)),
];

type ProfileOf = 'egressProfile' | 'ingressProfile';

/** Numbers for sequences: one for each distinct sequence of numbers that went in. */
class Signatures {
  readonly #numbers = new Map<number, number>();

  next(signature: number, value: number): number {
    const key = signature * 2 ** 26 + value;
    const known = this.#numbers.get(key) ?? this.#numbers.size + 8;
    this.#numbers.set(key, known);
    return known;
  }
}

const tooMany = (found: number, most: number, what: string): LimitError =>
  new LimitError(
    `${found} ${what} are more than the ${most} that are compared at once: ask of a part of the cluster, with \`--from\` and \`--to\``,
  );
