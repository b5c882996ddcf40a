/**
 * Address to class. Built once from sorted prefixes, asked for each packet.
 *
 * IPv4 is a trie of 16, 8 and 8 bits:
 *
 *     v4:   | 65,536 entries: top 16 bits | block 0: 256 entries | block 1 | ...
 *     an entry is a class, or CHILD | number of the block that the next 8 bits choose from
 *
 * IPv6 is a hash of hosts (pods are /128s), and for everything else the sorted starts of the ranges in which one class
 * holds, found by the top 16 bits and then by halving.
 */
import { type Address, bitsOf, type Family, wordsOf } from '../net/address.ts';
import { lastOf, type Prefix } from '../net/prefix.ts';
import { CHILD, type PrefixTable } from './match-table.ts';
import { sharedWords, shareWords } from './shared.ts';

export const TOP_ENTRIES = 65_536;
export const BLOCK_ENTRIES = 256;
export const HOST_WORDS = 5;

/** A prefix and the class of the addresses that no longer one holds. */
export type ClassedPrefix = { readonly prefix: Prefix; readonly class: number };

/** Bytes that the arrays of these prefixes will take; nothing is allocated for the question. */
export function prefixTableBytes(prefixes: readonly ClassedPrefix[]): number {
  const blocks = countBlocks(prefixes);
  const { hosts, ranges } = splitV6(prefixes);
  const v6 = hostSlots(hosts.length) * HOST_WORDS + ranges.length * 2 * 5 + TOP_ENTRIES + 1;
  return (TOP_ENTRIES + blocks * BLOCK_ENTRIES + v6) * Uint32Array.BYTES_PER_ELEMENT;
}

/** @param prefixes parents before children; the first of each family holds all of it */
export function buildPrefixes(prefixes: readonly ClassedPrefix[]): PrefixTable {
  const { hosts, ranges } = splitV6(prefixes);
  const starts = v6Ranges(ranges);
  const v6Starts = sharedWords(starts.length * 4);
  const v6Classes = sharedWords(starts.length);
  starts.forEach(({ at, class: id }, i) => {
    v6Starts.set(wordsOf({ family: 6, value: at }), i * 4);
    v6Classes[i] = id;
  });
  return {
    v4: buildV4(prefixes.filter(({ prefix }) => prefix.family === 4)),
    v6Hosts: buildHosts(hosts),
    v6Starts,
    v6Classes,
    v6Top: shareWords(topIndex(v6Starts)),
  };
}

function splitV6(prefixes: readonly ClassedPrefix[]): { hosts: ClassedPrefix[]; ranges: ClassedPrefix[] } {
  const v6 = prefixes.filter(({ prefix }) => prefix.family === 6);
  return {
    hosts: v6.filter(({ prefix }) => prefix.length === bitsOf(6)),
    ranges: v6.filter(({ prefix }) => prefix.length < bitsOf(6)),
  };
}

function countBlocks(prefixes: readonly ClassedPrefix[]): number {
  const blocks = new Set<number>();
  for (const { prefix } of prefixes) {
    if (prefix.family !== 4 || prefix.length <= 16) continue;
    const first = Number(prefix.first);
    blocks.add(first >>> 16);
    if (prefix.length > 24) blocks.add(TOP_ENTRIES + (first >>> 8));
  }
  return blocks.size;
}

function buildV4(prefixes: readonly ClassedPrefix[]): Uint32Array {
  const trie = sharedWords(TOP_ENTRIES + countBlocks(prefixes) * BLOCK_ENTRIES);
  let blocks = 0;
  const childOf = (at: number): number => {
    const entry = trie[at]!;
    if (entry >= CHILD) return entry - CHILD;
    const block = blocks++;
    const start = TOP_ENTRIES + block * BLOCK_ENTRIES;
    trie.fill(entry, start, start + BLOCK_ENTRIES);
    trie[at] = CHILD + block;
    return block;
  };
  // Parents come first, so whatever a prefix covers holds the class of its nearest parent, and no block yet.
  for (const { prefix, class: id } of prefixes) {
    const first = Number(prefix.first);
    let at = first >>> 16;
    let bits = 16;
    while (prefix.length > bits) {
      const block = childOf(at);
      at = TOP_ENTRIES + block * BLOCK_ENTRIES + ((first >>> (24 - bits)) & 255);
      bits += 8;
    }
    trie.fill(id, at, at + 2 ** (bits - prefix.length));
  }
  return trie;
}

/** Class of an IPv4 address given as one word, signed or not. At most three reads. */
export function classOf4(trie: Uint32Array, word: number): number {
  let entry = trie[word >>> 16]!;
  if (entry < CHILD) return entry;
  entry = trie[TOP_ENTRIES + ((entry - CHILD) << 8) + ((word >>> 8) & 255)]!;
  if (entry < CHILD) return entry;
  return trie[TOP_ENTRIES + ((entry - CHILD) << 8) + (word & 255)]!;
}

/** The top bit of an entry of `narrowTrie`: its low bits are a block. */
const NARROW_CHILD = 0x8000;

/**
 * The IPv4 trie with entries of 16 bits, half the bytes that lookups run through; null when classes or blocks do not
 * fit into 15 bits.
 */
export function narrowTrie(trie: Uint32Array): Uint16Array | null {
  for (let i = 0; i < trie.length; i++) if ((trie[i]! & (CHILD - 1)) >= NARROW_CHILD) return null;
  const narrow = new Uint16Array(trie.length);
  for (let i = 0; i < trie.length; i++) narrow[i] = trie[i]! >= CHILD ? NARROW_CHILD | (trie[i]! - CHILD) : trie[i]!;
  return narrow;
}

/** `classOf4` of a narrow trie. */
export function classOf4Narrow(trie: Uint16Array, word: number): number {
  let entry = trie[word >>> 16]!;
  if (entry < NARROW_CHILD) return entry;
  entry = trie[TOP_ENTRIES + ((entry - NARROW_CHILD) << 8) + ((word >>> 8) & 255)]!;
  if (entry < NARROW_CHILD) return entry;
  return trie[TOP_ENTRIES + ((entry - NARROW_CHILD) << 8) + (word & 255)]!;
}

/** Where each class begins to hold, ascending, from address 0: nested prefixes laid flat. */
function v6Ranges(prefixes: readonly ClassedPrefix[]): { at: bigint; class: number }[] {
  const starts: { at: bigint; class: number }[] = [];
  const end = 1n << 128n;
  const begin = (at: bigint, id: number): void => {
    if (at >= end) return;
    if (starts.at(-1)?.at === at) starts.pop();
    if (starts.at(-1)?.class !== id) starts.push({ at, class: id });
  };
  const open: { until: bigint; class: number }[] = [];
  const close = (before: bigint): void => {
    while (open.length > 0 && open.at(-1)!.until < before) {
      const { until } = open.pop()!;
      if (open.length > 0) begin(until + 1n, open.at(-1)!.class);
    }
  };
  for (const { prefix, class: id } of prefixes) {
    close(prefix.first);
    begin(prefix.first, id);
    open.push({ until: lastOf(prefix), class: id });
  }
  close(end);
  return starts;
}

/** For each value of the top 16 bits, the first range that begins at or after it. */
function topIndex(starts: Uint32Array): number[] {
  const top: number[] = [];
  let range = 0;
  for (let value = 0; value <= TOP_ENTRIES; value++) {
    while (range * 4 < starts.length && starts[range * 4]! >>> 16 < value) range++;
    top.push(range);
  }
  return top;
}

const hostSlots = (hosts: number): number => 2 ** Math.ceil(Math.log2(Math.max(4, hosts * 2)));

function buildHosts(hosts: readonly ClassedPrefix[]): Uint32Array {
  const slots = hostSlots(hosts.length);
  const table = sharedWords(slots * HOST_WORDS);
  for (const { prefix, class: id } of hosts) {
    const words = wordsOf({ family: 6, value: prefix.first });
    let slot = hashV6(...words) & (slots - 1);
    while (table[slot * HOST_WORDS + 4] !== 0) slot = (slot + 1) & (slots - 1);
    table.set([...words, id + 1], slot * HOST_WORDS);
  }
  return table;
}

/** Mixes four words into 32 bits, not negative. The multipliers are odd and unrelated, nothing more. */
export function hashV6(w0: number, w1: number, w2: number, w3: number): number {
  let h = Math.imul(w0 ^ (w1 >>> 15), 0x9e37_79b1) ^ Math.imul(w1, 0x85eb_ca77);
  h = Math.imul(h ^ (h >>> 15) ^ w2, 0xc2b2_ae3d) ^ Math.imul(w3, 0x27d4_eb2f);
  h = Math.imul(h ^ (h >>> 13), 0x1656_67b1);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Class of an IPv6 address given as four words, signed or not. One probe of the hash, then at most a halving search. */
export function classOf6(table: PrefixTable, s0: number, s1: number, s2: number, s3: number): number {
  const w0 = s0 >>> 0;
  const w1 = s1 >>> 0;
  const w2 = s2 >>> 0;
  const w3 = s3 >>> 0;
  const { v6Hosts, v6Starts, v6Classes, v6Top } = table;
  const mask = v6Hosts.length / HOST_WORDS - 1;
  let slot = hashV6(w0, w1, w2, w3) & mask;
  for (;;) {
    const at = slot * HOST_WORDS;
    const held = v6Hosts[at + 4]!;
    if (held === 0) break;
    if (v6Hosts[at + 3] === w3 && v6Hosts[at + 2] === w2 && v6Hosts[at + 1] === w1 && v6Hosts[at] === w0)
      return held - 1;
    slot = (slot + 1) & mask;
  }
  // The last range that begins at or before the address; ranges of lower top bits end at v6Top of these.
  let low = v6Top[w0 >>> 16]! - 1;
  let high = v6Top[(w0 >>> 16) + 1]!;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    const at = middle * 4;
    const before =
      v6Starts[at]! !== w0
        ? v6Starts[at]! < w0
        : v6Starts[at + 1]! !== w1
          ? v6Starts[at + 1]! < w1
          : v6Starts[at + 2]! !== w2
            ? v6Starts[at + 2]! < w2
            : v6Starts[at + 3]! <= w3;
    if (before) low = middle;
    else high = middle;
  }
  return v6Classes[low]!;
}

/** The slow, obvious twin: the class of the longest prefix that holds the address. */
export function referenceClass(prefixes: readonly ClassedPrefix[], address: Address): number {
  let best = -1;
  let id = 0;
  for (const { prefix, class: held } of prefixes) {
    const shift = BigInt(bitsOf(address.family as Family) - prefix.length);
    if (prefix.family !== address.family || prefix.first >> shift !== address.value >> shift) continue;
    if (prefix.length > best) {
      best = prefix.length;
      id = held;
    }
  }
  return id;
}
