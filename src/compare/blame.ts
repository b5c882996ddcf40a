import type { PacketBatch } from '../packet/batch.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { type Difference, NEWLY_DROPPED, NEWLY_FORWARDED, UNDETERMINED_CHANGE } from '../verdict/differences.ts';
import { DECIDERS, foundBy, type PairBatch } from '../verdict/pair-batch.ts';
import { DROPPED, reasonNumber, UNDETERMINED, VERDICTS } from '../verdict/reasons.ts';
import type { Amount } from '../verdict/tally.ts';
import { JoinedRows } from './joined-rows.ts';

/**
 * What a key has of a row beside its ends: bits of the head, then words.
 *
 *     bit   0-1           2-3            4-10         11-17
 *         | old verdict | next verdict | old reason | next reason |
 *     word  0-3            4-7             8            9
 *         | old findings | next findings | sufficient | necessary |
 */
const SUMS = 3;
const NEXT_VERDICT = 2;
const OLD_REASON = 4;
const NEXT_REASON = 11;
const VERDICT_MASK = 3;
const REASON_MASK = 0x7f;
const SUFFICIENT = DECIDERS.length * 2;
const NECESSARY = SUFFICIENT + 1;
const MORE_WORDS = NECESSARY + 1;

const POLICY = reasonNumber('policy');
const FOLLOWS: ReadonlySet<number> = new Set([reasonNumber('tracked'), reasonNumber('connection-denied')]);

/** Conversations with two verdicts, and which of what differs between the sides made them so. */
export type Blamed = {
  /** Places of the parts that differ: each of `either` makes the difference alone; else all of `together` are needed. */
  readonly either: readonly number[];
  readonly together: readonly number[];
  readonly differences: readonly Difference[];
};

/**
 * Two replays of one capture whose sides differ in some parts, and beside them for each part the old side with that part
 * as the next has it, then for each the next side with that part as the old has it. A part that by itself gives the old
 * side the next one's verdict made the difference; where none does, those do without which the next has another verdict.
 */
export class Blame {
  readonly #parts: number;
  readonly #rows = new JoinedRows(MORE_WORDS);
  /** By both verdicts: packets, bytes, connections. */
  readonly #sums = new Float64Array(VERDICTS.length ** 2 * SUMS);

  /** @param parts how many: at most 31 */
  constructor(parts: number) {
    this.#parts = parts;
  }

  add(batch: PacketBatch, pairs: PairBatch, beside: readonly VerdictBatch[]): void {
    const { old, next, turned, number } = pairs;
    for (let row = 0; row < batch.count; row++) {
      const before = old.verdict[row]!;
      const after = next.verdict[row]!;
      this.#count(before, after, batch.packets[row]!, batch.bytes[row]!, next.opened[row]!);
      if (before === after) continue;
      const own =
        before | (after << NEXT_VERDICT) | (story(old, row) << OLD_REASON) | (story(next, row) << NEXT_REASON);
      const rows = this.#rows;
      rows.ends(batch, row, turned[row] === 1, number[row]!, own);
      const at = rows.key.length - MORE_WORDS;
      DECIDERS.forEach((decider, k) => {
        rows.key[at + k] = foundBy(old, decider, row);
        rows.key[at + DECIDERS.length + k] = foundBy(next, decider, row);
      });
      rows.key[at + SUFFICIENT] = this.#mask(beside, 0, row, (verdict) => verdict === after);
      rows.key[at + NECESSARY] = this.#mask(beside, this.#parts, row, (verdict) => verdict !== after);
      rows.add(batch.packets[row]!, batch.bytes[row]!, next.opened[row]!);
    }
  }

  /** Packets that had `before` on the old side and `after` on the next. */
  amount(before: number, after: number): Amount {
    const at = (before * VERDICTS.length + after) * SUMS;
    return { packets: this.#sums[at]!, bytes: this.#sums[at + 1]!, connections: this.#sums[at + 2]! };
  }

  /** What found no room among the conversations that are kept apart. */
  get crowdedOut(): Amount {
    return this.#rows.crowdedOut;
  }

  /** Conversations by what made their difference, in the order in which they were first seen. */
  get found(): Blamed[] {
    const groups = new Map<string, Blamed & { differences: Difference[] }>();
    for (let i = 0; i < this.#rows.count; i++) {
      const either = this.#placesIn(this.#rows.more(i, SUFFICIENT));
      const together = either.length > 0 ? [] : this.#placesIn(this.#rows.more(i, NECESSARY));
      const key = `${either} ${together}`;
      const known = groups.get(key) ?? { either, together, differences: [] };
      groups.set(key, known);
      known.differences.push(this.#read(i));
    }
    return [...groups.values()];
  }

  #placesIn(mask: number): number[] {
    return Array.from({ length: this.#parts }, (_, place) => place).filter((place) => (mask & (1 << place)) !== 0);
  }

  #mask(beside: readonly VerdictBatch[], from: number, row: number, holds: (verdict: number) => boolean): number {
    let mask = 0;
    for (let part = 0; part < this.#parts; part++) if (holds(beside[from + part]!.verdict[row]!)) mask |= 1 << part;
    return mask;
  }

  #count(before: number, after: number, packets: number, bytes: number, connections: number): void {
    const at = (before * VERDICTS.length + after) * SUMS;
    this.#sums[at]! += packets;
    this.#sums[at + 1]! += bytes;
    this.#sums[at + 2]! += connections;
  }

  #read(i: number): Difference {
    const rows = this.#rows;
    const own = rows.own(i);
    const findings = (from: number): number[] => DECIDERS.map((_, k) => rows.more(i, from + k));
    const old = own & VERDICT_MASK;
    const next = (own >>> NEXT_VERDICT) & VERDICT_MASK;
    return {
      ...rows.endsOf(i),
      ...rows.amount(i),
      change:
        old === UNDETERMINED || next === UNDETERMINED
          ? UNDETERMINED_CHANGE
          : next === DROPPED
            ? NEWLY_DROPPED
            : NEWLY_FORWARDED,
      old: { verdict: old, reason: (own >>> OLD_REASON) & REASON_MASK, findings: findings(0) },
      next: { verdict: next, reason: (own >>> NEXT_REASON) & REASON_MASK, findings: findings(DECIDERS.length) },
    };
  }
}

/** What the opener of the connection was told, as far as a follower knows. */
const story = ({ reason }: VerdictBatch, row: number): number => (FOLLOWS.has(reason[row]!) ? POLICY : reason[row]!);
