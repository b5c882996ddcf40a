import { formatWords } from '../net/address.ts';
import type { PacketBatch } from '../packet/batch.ts';
import { describeFinding, type FindingWords } from '../table/decisions.ts';
import type { MatchTable } from '../table/match-table.ts';
import { type Agreeing, noRecords, type RecordAmount } from '../verdict/agreement.ts';

/** Who is kept apart; what finds no room is summed under one name. */
export const MAX_APART = 10_000;
const OTHERS = 'others';

/** Sums of records that agree and that differ, by a key. */
export class AgreeingBy<Key extends string | number> {
  readonly #sums = new Map<Key | typeof OTHERS, Agreeing>();

  /** The sum of a key, to be added to. `name` is asked once. */
  of(key: Key, name: () => string, agrees: boolean): RecordAmount {
    const apart = this.#sums.has(key) || this.#sums.size < MAX_APART ? key : OTHERS;
    let sums = this.#sums.get(apart);
    if (sums === undefined) {
      sums = { name: apart === OTHERS ? OTHERS : name(), agreed: noRecords(), differ: noRecords() };
      this.#sums.set(apart, sums);
    }
    return agrees ? sums.agreed : sums.differ;
  }

  /** What has one name is one; those that differ most first, then those with most records. */
  list(): Agreeing[] {
    const named = new Map<string, Agreeing>();
    for (const one of this.#sums.values()) {
      const known = named.get(one.name);
      if (known === undefined) named.set(one.name, one);
      else for (const side of ['agreed', 'differ'] as const) addRecords(known[side], one[side]);
    }
    return [...named.values()].sort(
      (a, b) => b.differ.records - a.differ.records || b.agreed.records - a.agreed.records,
    );
  }
}

export function addRecords(to: RecordAmount, more: Readonly<RecordAmount>): void {
  to.records += more.records;
  to.packets += more.packets;
  to.bytes += more.bytes;
  to.connections += more.connections;
}

/** The address of one end as a key: IPv4 as a number, so that most records make no text. */
export const addressKey = (batch: PacketBatch, row: number, isSource: boolean): string | number =>
  batch.family[row] === 4 ? (isSource ? batch.src0 : batch.dst0)[row]! : addressText(batch, row, isSource);

export const addressText = (b: PacketBatch, row: number, isSource: boolean): string =>
  isSource
    ? formatWords(b.family[row]!, b.src0[row]!, b.src1[row]!, b.src2[row]!, b.src3[row]!)
    : formatWords(b.family[row]!, b.dst0[row]!, b.dst1[row]!, b.dst2[row]!, b.dst3[row]!);

/** Whose finding it is, without the rule: `NetworkPolicy db/web`, `end of tier default`, `no policy`. */
export function deciderName(table: MatchTable, finding: number): string {
  const words: FindingWords = describeFinding(table, finding);
  if (words.policy !== null) return `${words.kind} ${words.policy}`;
  if (words.isolatedBy !== null && words.isolatedBy.length > 0)
    return `end of tier ${words.tier}, of ${words.isolatedBy[0]}${words.isolatedBy.length > 1 ? ' and others' : ''}`;
  return words.tier === null ? words.reason.replaceAll('-', ' ') : `end of tier ${words.tier}`;
}
