/**
 * Finds which label sets pass a selector without asking each: a selector that demands a value of a key is asked only
 * of those that have it. Memory: one list entry for each label.
 */
import type { Labels } from '../model/labels.ts';
import { matches, type Selector } from '../model/selector.ts';

export class LabelIndex {
  readonly #all: readonly Labels[];
  /** Key to value to the ids that have it, ascending. */
  readonly #postings = new Map<string, Map<string, number[]>>();

  readonly #marks: Uint32Array;
  #mark = 0;

  constructor(all: readonly Labels[]) {
    this.#all = all;
    this.#marks = new Uint32Array(all.length);
    all.forEach((labels, id) => {
      for (const [key, value] of labels) {
        const values = this.#postings.get(key) ?? new Map<string, number[]>();
        this.#postings.set(key, values);
        const ids = values.get(value);
        if (ids === undefined) values.set(value, [id]);
        else ids.push(id);
      }
    });
  }

  /** Ids of the label sets that pass, ascending. */
  find(selector: Selector): readonly number[] {
    const parts = selector.op === 'and' ? selector.of : [selector];
    const demands = parts.filter((part) => part.op === 'in').sort((a, b) => this.#holders(a) - this.#holders(b));
    const [rarest, ...others] = demands;
    if (rarest === undefined) return this.#all.flatMap((labels, id) => (matches(selector, labels) ? [id] : []));
    let found = this.#having(rarest);
    for (const demand of others) found = this.#among(found, demand);
    for (const part of parts) {
      if (part.op !== 'in') found = found.filter((id) => matches(part, this.#all[id]!));
    }
    return found;
  }

  /** How many label sets have one of the values. */
  #holders({ key, values }: Demand): number {
    const held = this.#postings.get(key);
    return distinct(values).reduce((sum, value) => sum + (held?.get(value)?.length ?? 0), 0);
  }

  #having({ key, values }: Demand): readonly number[] {
    const held = this.#postings.get(key);
    const lists = distinct(values).map((value) => held?.get(value) ?? []);
    return lists.length === 1 ? lists[0]! : lists.flat().sort((a, b) => a - b);
  }

  /** Those of `ids` that have one of the values: asked one by one, or by marking all that do, whichever is less. */
  #among(ids: readonly number[], demand: Demand): readonly number[] {
    if (this.#holders(demand) > ids.length * MARKS_FOR_A_QUESTION) {
      return ids.filter((id) => matches(demand, this.#all[id]!));
    }
    const mark = ++this.#mark;
    const held = this.#postings.get(demand.key);
    for (const value of distinct(demand.values)) {
      for (const id of held?.get(value) ?? []) this.#marks[id] = mark;
    }
    return ids.filter((id) => this.#marks[id] === mark);
  }
}

type Demand = Extract<Selector, { readonly op: 'in' }>;

/** Asking one label set costs as much as marking so many. */
const MARKS_FOR_A_QUESTION = 16;

const distinct = (values: readonly string[]): readonly string[] => (values.length < 2 ? values : [...new Set(values)]);
