/** Kinds of ends in words: workloads by name, other addresses as few blocks. */
import type { Family } from '../net/address.ts';
import type { EndSet } from '../verdict/reach.ts';
import { blocksOf } from './blocks.ts';
import type { AddressRange, Kind } from './kinds.ts';

const FAMILIES: readonly Family[] = [4, 6];

const BY_ADDRESS = /\)$/;

export class EndWords {
  /** The names of all workloads, sorted. */
  readonly all: readonly string[];
  /** By family: addresses of workloads, of which blocks say nothing; ascending. */
  readonly #taken: Readonly<Record<Family, readonly AddressRange[]>>;
  readonly #isDual: boolean;
  readonly #known = new Map<string, EndSet>();
  readonly #numbers = new Map<Kind, number>();

  /** @param kinds all of them, as no filter has cut them */
  constructor(kinds: readonly Kind[]) {
    this.#taken = { 4: takenBy(kinds, 4), 6: takenBy(kinds, 6) };
    this.#isDual = FAMILIES.every((family) => this.#taken[family].length > 0);
    this.all = this.#workloadsOf(kinds);
  }

  of(kinds: readonly Kind[]): EndSet {
    const key = kinds
      .map((kind) => this.#number(kind))
      .sort((a, b) => a - b)
      .join(' ');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made: EndSet = {
      workloads: this.#workloadsOf(kinds),
      blocks: FAMILIES.flatMap((family) => blocksOf(family, rangesOf(kinds, family), this.#taken[family])),
    };
    this.#known.set(key, made);
    return made;
  }

  #workloadsOf(kinds: readonly Kind[]): string[] {
    return kinds.flatMap((kind) => kind.workloads.map(({ name }) => this.#named(name, kind.family))).sort();
  }

  #number(kind: Kind): number {
    const known = this.#numbers.get(kind) ?? this.#numbers.size;
    this.#numbers.set(kind, known);
    return known;
  }

  /** A name that ends in its address says its family already. */
  #named(name: string, family: Family | null): string {
    return this.#isDual && family !== null && !BY_ADDRESS.test(name) ? `${name} (IPv${family})` : name;
  }
}

const rangesOf = (kinds: readonly Kind[], family: Family): AddressRange[] =>
  kinds
    .flatMap((kind) => kind.ranges.filter((range) => range.family === family))
    .sort((a, b) => (a.first < b.first ? -1 : 1));

/** Neighbours are one range. */
function takenBy(kinds: readonly Kind[], family: Family): AddressRange[] {
  const addresses = kinds
    .filter((kind) => kind.family === family)
    .flatMap((kind) => kind.workloads.map(({ address }) => address!))
    .sort((a, b) => (a < b ? -1 : 1));
  const ranges: { family: Family; first: bigint; last: bigint }[] = [];
  for (const address of addresses) {
    const before = ranges.at(-1);
    if (before?.last === address - 1n) before.last = address;
    else ranges.push({ family, first: address, last: address });
  }
  return ranges;
}
