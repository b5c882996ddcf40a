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

  constructor(all: readonly Labels[]) {
    this.#all = all;
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
  find(selector: Selector): number[] {
    const candidates = this.#candidates(selector);
    if (candidates === null) return this.#all.flatMap((labels, id) => (matches(selector, labels) ? [id] : []));
    return candidates.filter((id) => matches(selector, this.#all[id]!));
  }

  /** A superset of the answer, ascending, or null for all of them. */
  #candidates(selector: Selector): number[] | null {
    if (selector.op === 'in') {
      const values = this.#postings.get(selector.key);
      const lists = [...new Set(selector.values)].map((value) => values?.get(value) ?? []);
      return lists.length === 1 ? lists[0]! : lists.flat().sort((a, b) => a - b);
    }
    if (selector.op !== 'and') return null;
    let best: number[] | null = null;
    for (const part of selector.of) {
      const found = part.op === 'in' ? this.#candidates(part) : null;
      if (found !== null && (best === null || found.length < best.length)) best = found;
    }
    return best;
  }
}
