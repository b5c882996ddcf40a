/** The prefix tables against the slow twin, at every edge. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Address, bitsOf, type Family, formatAddress, wordsOf } from '../src/net/address.ts';
import { comparePrefixes, formatPrefix, lastOf, type Prefix, parsePrefix } from '../src/net/prefix.ts';
import type { PrefixTable } from '../src/table/match-table.ts';
import {
  buildPrefixes,
  type ClassedPrefix,
  classOf4,
  classOf6,
  HOST_WORDS,
  hashV6,
  prefixTableBytes,
  referenceClass,
} from '../src/table/prefixes.ts';
import { type Random, seeded } from './random.ts';

const prefix = (text: string): Prefix => parsePrefix(text)!.prefix;

/** Sorted, each once, below the two that hold everything; classes in no order. */
function classed(prefixes: readonly Prefix[]): ClassedPrefix[] {
  const all = [prefix('0.0.0.0/0'), prefix('::/0'), ...prefixes];
  const distinct = [...new Map(all.map((one) => [formatPrefix(one), one])).values()].sort(comparePrefixes);
  return distinct.map((one, i) => ({ prefix: one, class: (i * 7) % (distinct.length + 3) }));
}

function lookUp(table: PrefixTable, address: Address): number {
  const words = wordsOf(address);
  return address.family === 4 ? classOf4(table.v4, words[0]) : classOf6(table, ...words);
}

/** First and last address of each prefix, one beyond both, and the ends of the address space. */
function edges(prefixes: readonly ClassedPrefix[]): Address[] {
  return prefixes.flatMap(({ prefix: { family, first, length } }) => {
    const top = (1n << BigInt(bitsOf(family))) - 1n;
    const last = lastOf({ family, first, length });
    return [0n, first - 1n, first, first + 1n, last - 1n, last, last + 1n, top]
      .filter((value) => value >= 0n && value <= top)
      .map((value): Address => ({ family, value }));
  });
}

function agree(prefixes: readonly Prefix[], more: readonly Address[] = []): void {
  const list = classed(prefixes);
  const table = buildPrefixes(list);
  for (const address of [...edges(list), ...more]) {
    if (lookUp(table, address) === referenceClass(list, address)) continue;
    assert.unreachable(`${formatAddress(address)} in ${list.map((one) => formatPrefix(one.prefix)).join(' ')}`);
  }
  const { v4, v6Hosts, v6Starts, v6Classes, v6Top } = table;
  const bytes = [v4, v6Hosts, v6Starts, v6Classes, v6Top].reduce((sum, array) => sum + array.byteLength, 0);
  assert.ok(bytes <= prefixTableBytes(list), `${bytes} bytes, estimated ${prefixTableBytes(list)}`);
}

const cases: readonly [title: string, prefixes: readonly string[]][] = [
  ['nothing but everything', []],
  ['every length of IPv4, nested', Array.from({ length: 33 }, (_, length) => `10.244.1.255/${length}`)],
  [
    'every length of IPv6, nested',
    Array.from({ length: 129 }, (_, length) => `fd00:10:244:1:ffff:ffff:8000:1/${length}`),
  ],
  ['neighbours', ['10.0.0.0/9', '10.128.0.0/9', '10.1.0.0/24', '10.1.1.0/24', '10.1.1.0/25', '10.1.1.128/25']],
  [
    'neighbours of IPv6',
    ['fd00::/9', 'fd80::/9', '2001:db8::/33', '2001:db8:8000::/33', '2001:db8::/64', '2001:db8:0:1::/64'],
  ],
  [
    'the first and the last address',
    ['0.0.0.0/32', '255.255.255.255/32', '::/128', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'],
  ],
  [
    'one below a host that ends its parent',
    ['10.0.0.0/30', '10.0.0.3/32', '10.0.0.2/31', 'fd00::/126', 'fd00::3/128', 'fd00::2/127'],
  ],
  [
    'halves that end together',
    ['8000::/1', 'c000::/2', 'e000::/3', 'f000::/4', '128.0.0.0/1', '192.0.0.0/2', '255.0.0.0/8'],
  ],
  [
    'words that are negative when signed',
    ['fd00:0:ffff:ffff:8000::/66', 'fd00:0:ffff:ffff::/64', '192.168.0.0/16', '128.0.0.0/17'],
  ],
];
for (const [title, texts] of cases) test(`finds ${title}`, () => agree(texts.map(prefix)));

test('finds the class in random sets of prefixes', () => {
  for (let seed = 1; seed <= 150; seed++) {
    const random = seeded(seed);
    const prefixes = Array.from({ length: random.below(60) }, () => randomPrefix(random));
    agree(
      prefixes,
      Array.from({ length: 20 }, () => randomAddress(random, random.pick([4, 6]))),
    );
  }
});

test('finds hosts in a hash that is as full as it gets', () => {
  for (const hosts of [1, 2, 4, 512, 1024]) {
    const first = prefix('fd00:10:244::/64').first;
    const prefixes = Array.from(
      { length: hosts },
      (_, i): Prefix => ({ family: 6, first: first + BigInt(i), length: 128 }),
    );
    const { v6Hosts } = buildPrefixes(classed(prefixes));
    assert.ok(v6Hosts.length / HOST_WORDS >= hosts * 2, 'half of the slots stay free');
    agree(prefixes);
  }
});

test('finds hosts whose hashes collide, and none that only hashes alike', () => {
  const slot = (value: bigint): number => hashV6(...wordsOf({ family: 6, value })) & 63;
  const alike: bigint[] = [];
  for (let value = 1n; alike.length < 40; value++) if (slot(value) === 63) alike.push(value);
  const prefixes = alike.slice(0, 30).map((first): Prefix => ({ family: 6, first, length: 128 }));
  agree(
    prefixes,
    alike.map((value): Address => ({ family: 6, value })),
  );
});

function randomAddress(random: Random, family: Family): Address {
  // Few distinct bytes, so that prefixes nest.
  const bytes = Array.from({ length: bitsOf(family) / 8 }, () => BigInt(random.pick([0, 0, 1, 127, 128, 255])));
  return { family, value: bytes.reduce((value, byte) => (value << 8n) | byte, 0n) };
}

function randomPrefix(random: Random): Prefix {
  const { family, value } = randomAddress(random, random.pick([4, 6]));
  const bits = bitsOf(family);
  const length = random.chance(0.3) ? bits : random.below(bits + 1);
  const shift = BigInt(bits - length);
  return { family, first: (value >> shift) << shift, length };
}

test.run();
