/**
 * The prefix tables read backwards: which addresses each class has. Several tables are laid over one another, so that
 * a range is the longest run of addresses in which none of them changes its class.
 */
import { addressOfWords, bitsOf, type Family } from '../net/address.ts';
import { CHILD, type PrefixTable } from '../table/match-table.ts';
import { BLOCK_ENTRIES, HOST_WORDS, TOP_ENTRIES } from '../table/prefixes.ts';

/** First and last address, both included, and by table the class that they have there. */
export type ClassedRange = {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
  readonly classes: readonly number[];
};

/** Where a class begins to hold; it holds until the next start. */
type Start = { readonly at: bigint; readonly class: number };

/** All addresses of a family in ascending ranges; neighbours differ in the class of at least one table. */
export function classedRanges(tables: readonly PrefixTable[], family: Family): ClassedRange[] {
  const lists = tables.map((table) => (family === 4 ? starts4(table.v4) : starts6(table)));
  const edges = [...new Set(lists.flatMap((list) => list.map(({ at }) => at)))].sort((a, b) => (a < b ? -1 : 1));
  const places = lists.map(() => 0);
  return edges.map((first, i) => {
    const classes = lists.map((list, t) => {
      while (list[places[t]! + 1] !== undefined && list[places[t]! + 1]!.at <= first) places[t]!++;
      return list[places[t]!]!.class;
    });
    const next = edges[i + 1] ?? 1n << BigInt(bitsOf(family));
    return { family, first, last: next - 1n, classes };
  });
}

function starts4(trie: Uint32Array): Start[] {
  const starts: Start[] = [];
  const add = (at: number, id: number): void => {
    if (starts.at(-1)?.class !== id) starts.push({ at: BigInt(at), class: id });
  };
  const walk = (from: number, entries: number, first: number, step: number): void => {
    for (let i = 0; i < entries; i++) {
      const entry = trie[from + i]!;
      const at = first + i * step;
      if (entry < CHILD) add(at, entry);
      else walk(TOP_ENTRIES + (entry - CHILD) * BLOCK_ENTRIES, BLOCK_ENTRIES, at, step / BLOCK_ENTRIES);
    }
  };
  walk(0, TOP_ENTRIES, 0, 2 ** 16);
  return starts;
}

/** The ranges, with the hosts cut out of them. */
function starts6({ v6Hosts, v6Starts, v6Classes }: PrefixTable): Start[] {
  const valueAt = (words: Uint32Array, at: number): bigint =>
    addressOfWords(6, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!).value;
  const hosts: Start[] = [];
  for (let at = 0; at < v6Hosts.length; at += HOST_WORDS)
    if (v6Hosts[at + 4] !== 0) hosts.push({ at: valueAt(v6Hosts, at), class: v6Hosts[at + 4]! - 1 });
  hosts.sort((a, b) => (a.at < b.at ? -1 : 1));
  const starts: Start[] = [];
  const add = (at: bigint, id: number): void => {
    if (starts.at(-1)?.at === at) starts.pop();
    if (starts.at(-1)?.class !== id) starts.push({ at, class: id });
  };
  let host = 0;
  v6Classes.forEach((id, range) => {
    const end = range + 1 < v6Classes.length ? valueAt(v6Starts, (range + 1) * 4) : 1n << 128n;
    add(valueAt(v6Starts, range * 4), id);
    for (; host < hosts.length && hosts[host]!.at < end; host++) {
      add(hosts[host]!.at, hosts[host]!.class);
      if (hosts[host]!.at + 1n < end) add(hosts[host]!.at + 1n, id);
    }
  });
  return starts;
}

/** The range that holds an address. */
export function rangeAt(ranges: readonly ClassedRange[], address: bigint): number {
  let low = 0;
  let high = ranges.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (ranges[middle]!.first <= address) low = middle;
    else high = middle;
  }
  return low;
}
