/** What a table says of all packets between two ends at once: a verdict for each piece of L4 (l4-pieces.ts). */
import { PROFILE_UNPOLICED } from '../table/decisions.ts';
import { ACTION_DENY, ACTION_UNDETERMINED, type Ids, type MatchTable } from '../table/match-table.ts';
import { ProgramStore } from '../table/programs.ts';
import { DROPPED, FORWARDED, UNDETERMINED } from '../verdict/reasons.ts';
import type { L4Piece } from './l4-pieces.ts';

/** By piece: UNDETERMINED, FORWARDED or DROPPED. Equal ones are kept once, so that numbers can be compared. */
export type Outcome = Uint8Array;

export class Outcomes {
  readonly #list: Outcome[] = [];
  readonly #numbers = new Map<string, number>();

  number(outcome: Outcome): number {
    const key = outcome.join('');
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#list.length);
    return this.#list.push(outcome) - 1;
  }

  at(number: number): Outcome {
    return this.#list[number]!;
  }
}

/** Programs kept at once where cells are not filled already. */
const MOST_PROGRAMS = 4096;
const UNASKED = -1;

export class TableOutcomes {
  readonly #table: MatchTable;
  /** This table's L4 class of each piece. */
  readonly #classes: Int32Array;
  readonly #outcomes: Outcomes;
  readonly #store: ProgramStore | null;
  readonly #ofProgram: number[] = [];
  /** By profile and class: the outcome; empty where the table has all cells. */
  readonly #ofCell: Int32Array;
  readonly #both = new Map<number, number>();
  readonly #open: number;

  /** @param place of the table among those whose pieces they are */
  constructor(table: MatchTable, place: number, pieces: readonly L4Piece[], outcomes: Outcomes) {
    this.#table = table;
    this.#classes = Int32Array.from(pieces, (piece) => piece.classes[place]!);
    this.#outcomes = outcomes;
    const isDense = table.cells.dense !== null;
    this.#store = isDense ? null : new ProgramStore(table, MOST_PROGRAMS);
    this.#ofCell = new Int32Array(isDense ? 0 : table.profiles.count * table.classes.count).fill(UNASKED);
    this.#open = outcomes.number(new Uint8Array(pieces.length).fill(FORWARDED));
  }

  /** Of a packet from one class to another: both ends are asked. */
  between(source: number, destination: number): number {
    const { egressProfile, ingressProfile } = this.#table.classes;
    const egress = this.ofCell(egressProfile[source]!, destination);
    const ingress = this.ofCell(ingressProfile[destination]!, source);
    return egress === this.#open ? ingress : ingress === this.#open ? egress : this.#join(egress, ingress);
  }

  /** What one end says, by its profile and the class of the other. */
  ofCell(profile: number, peer: number): number {
    if (profile <= PROFILE_UNPOLICED) return this.#open;
    const { dense, programs } = this.#table.cells;
    const cell = profile * this.#table.classes.count + peer;
    if (dense !== null) return this.#ofPrograms(programs, dense[cell]!);
    const known = this.#ofCell[cell]!;
    if (known !== UNASKED) return known;
    const store = this.#store!;
    let program = store.derive(profile, peer);
    if (program < 0) {
      store.clear();
      this.#ofProgram.length = 0;
      program = store.derive(profile, peer);
    }
    const outcome = this.#ofPrograms(store.store, program);
    this.#ofCell[cell] = outcome;
    return outcome;
  }

  #ofPrograms(programs: Ids, program: number): number {
    const known = this.#ofProgram[program];
    if (known !== undefined) return known;
    const { action } = this.#table.decisions;
    const start = program * this.#table.l4.count;
    const outcome = Uint8Array.from(this.#classes, (id) => {
      const says = action[programs[start + id]!]!;
      return says === ACTION_DENY ? DROPPED : says === ACTION_UNDETERMINED ? UNDETERMINED : FORWARDED;
    });
    this.#ofProgram[program] = this.#outcomes.number(outcome);
    return this.#ofProgram[program]!;
  }

  /** Either end denies: dropped; else either cannot tell: undetermined. */
  #join(egress: number, ingress: number): number {
    const key = egress * 2 ** 26 + ingress;
    const known = this.#both.get(key);
    if (known !== undefined) return known;
    const other = this.#outcomes.at(ingress);
    const joined = this.#outcomes.at(egress).map((one, piece) => {
      if (one === DROPPED || other[piece] === DROPPED) return DROPPED;
      return one === UNDETERMINED || other[piece] === UNDETERMINED ? UNDETERMINED : FORWARDED;
    });
    this.#both.set(key, this.#outcomes.number(joined));
    return this.#both.get(key)!;
  }
}
