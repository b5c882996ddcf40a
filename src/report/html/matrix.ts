import type { PacketBatch } from '../../packet/batch.ts';
import type { MatchTable } from '../../table/match-table.ts';
import type { VerdictBatch } from '../../verdict/batch.ts';
import { flagBit, VERDICTS } from '../../verdict/reasons.ts';
import { AddressTexts } from '../address-texts.ts';
import { namespaceText, type Workload, workloadAt, workloadText } from './workload.ts';

/** Rows and columns of the matrix at most; what remains is one more. */
export const MOST_NAMES = 20;
/** Pairs that are kept apart at most. */
const MOST_PAIRS = 65_536;
const OTHERS = 'others';

/** Packets by verdict, a place in VERDICTS. */
export type Packets = readonly number[];
export type MatrixWords = {
  readonly level: 'workload' | 'namespace';
  /** Rows and columns, by name. */
  readonly names: readonly string[];
  /** By row (who opened), then by column (to whom); null where nobody spoke. */
  readonly cells: readonly (readonly (Packets | null)[])[];
};

/** Whether a row's destination is who opened its connection; `reversed` as of VerdictBatch. */
export type IsTurned = (batch: PacketBatch, row: number, reversed: number) => boolean;

const DUPLICATE = flagBit('duplicate');

/** Who talks to whom, by workload, as openers of connections see it; duplicates count nowhere, as in the totals. */
export class WorkloadMatrix {
  readonly #table: MatchTable;
  readonly #isTurned: IsTurned;
  readonly #texts = new AddressTexts();
  readonly #numbers = new Map<string, number>();
  readonly #workloads: Workload[] = [];
  /** By number of who opened, then of whom they asked. */
  readonly #pairs: Map<number, Float64Array>[] = [];
  #kept = 0;
  readonly #crowdedOut = new Float64Array(VERDICTS.length);
  readonly #ofAddress = new Map<string, number>();

  constructor(table: MatchTable, isTurned: IsTurned) {
    this.#table = table;
    this.#isTurned = isTurned;
  }

  add(batch: PacketBatch, { verdict, flags, reversed }: VerdictBatch): void {
    for (let row = 0; row < batch.count; row++) {
      if ((flags[row]! & DUPLICATE) !== 0) continue;
      const family = batch.family[row]!;
      const source = this.#number(
        this.#texts.text(family, batch.src0[row]!, batch.src1[row]!, batch.src2[row]!, batch.src3[row]!),
      );
      const destination = this.#number(
        this.#texts.text(family, batch.dst0[row]!, batch.dst1[row]!, batch.dst2[row]!, batch.dst3[row]!),
      );
      const isAnswer = this.#isTurned(batch, row, reversed[row]!);
      const pair = isAnswer ? this.#pair(destination, source) : this.#pair(source, destination);
      pair[verdict[row]!]! += batch.packets[row]!;
    }
  }

  words(most: number = MOST_NAMES): MatrixWords {
    const isSmall = this.#workloads.length <= most;
    const nameOf = isSmall ? workloadText : namespaceText;
    const names = this.#workloads.map(nameOf);
    const shown = this.#shown(names, most);
    const place = new Map(shown.map((name, i) => [name, i]));
    const cells: (number[] | null)[][] = shown.map(() => shown.map(() => null));
    const put = (from: string, to: string, packets: Float64Array): void => {
      const [row, column] = [from, to].map((name) => place.get(name) ?? place.get(OTHERS)!) as [number, number];
      const cell = cells[row]![column] ?? VERDICTS.map(() => 0);
      cells[row]![column] = cell.map((value, verdict) => value + packets[verdict]!);
    };
    this.#pairs.forEach((pairs, from) => {
      for (const [to, packets] of pairs) put(names[from]!, names[to]!, packets);
    });
    if (total(this.#crowdedOut) > 0) put(OTHERS, OTHERS, this.#crowdedOut);
    return { level: isSmall ? 'workload' : 'namespace', names: shown, cells };
  }

  /** The names with most packets, in the order of the alphabet, those of pods first; and `others` where some are left. */
  #shown(names: readonly string[], most: number): string[] {
    const packets = new Map<string, number>();
    const add = (name: string, value: number): unknown => packets.set(name, (packets.get(name) ?? 0) + value);
    this.#pairs.forEach((pairs, from) => {
      for (const [to, sums] of pairs) {
        add(names[from]!, total(sums));
        add(names[to]!, total(sums));
      }
    });
    const kept = [...packets.keys()].sort((a, b) => packets.get(b)! - packets.get(a)!).slice(0, most);
    const isPod = new Map(names.map((name, i) => [name, this.#workloads[i]!.is === 'pod']));
    kept.sort((a, b) => Number(isPod.get(b)) - Number(isPod.get(a)) || (a < b ? -1 : 1));
    const isWhole = kept.length === packets.size && total(this.#crowdedOut) === 0;
    return isWhole ? kept : [...kept, OTHERS];
  }

  /** The number of the workload at an address. Addresses of nobody are not remembered: a scan has no end of them. */
  #number(address: string): number {
    const known = this.#ofAddress.get(address);
    if (known !== undefined) return known;
    const workload = workloadAt(this.#table, address);
    const text = workloadText(workload);
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#workloads.push(workload) - 1;
      this.#numbers.set(text, number);
      this.#pairs.push(new Map());
    }
    if (workload.is !== 'outside') this.#ofAddress.set(address, number);
    return number;
  }

  #pair(from: number, to: number): Float64Array {
    const pairs = this.#pairs[from]!;
    const known = pairs.get(to);
    if (known !== undefined) return known;
    if (this.#kept >= MOST_PAIRS) return this.#crowdedOut;
    this.#kept++;
    const made = new Float64Array(VERDICTS.length);
    pairs.set(to, made);
    return made;
  }
}

const total = (packets: Float64Array): number => packets.reduce((sum, value) => sum + value, 0);
