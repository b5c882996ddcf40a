import { describeFinding } from '../table/decisions.ts';
import type { MatchTable } from '../table/match-table.ts';
import { toJson } from './escape.ts';

/** How many decision objects are kept as text. A run meets few; a bound keeps memory flat when it meets many. */
export const MAX_CACHED = 65_536;

/** The JSON of findings, each made once while there is room. */
export class DecisionCache {
  readonly #table: MatchTable;
  readonly #room: number;
  readonly #texts = new Map<number, string>();

  constructor(table: MatchTable, room: number = MAX_CACHED) {
    this.#table = table;
    this.#room = room;
  }

  json(finding: number): string {
    const known = this.#texts.get(finding);
    if (known !== undefined) return known;
    const text = toJson(describeFinding(this.#table, finding));
    // The oldest goes: the first key of a Map is the one that was put in first.
    if (this.#texts.size >= this.#room) this.#texts.delete(this.#texts.keys().next().value!);
    this.#texts.set(finding, text);
    return text;
  }
}
