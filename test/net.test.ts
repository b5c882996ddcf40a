import fc from 'fast-check';
import { IPv4, IPv4CidrRange, IPv6, IPv6CidrRange } from 'ip-num';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import './seed.ts';
import { addressOfWords, formatAddress, parseAddress, parseIpv4, wordsOf } from '../src/net/address.ts';
import { contains, covers, formatPrefix, lastOf, parsePrefix } from '../src/net/prefix.ts';
import { protocolName, protocolNumber } from '../src/net/protocol.ts';

const good: readonly [text: string, canonical: string][] = [
  ['0.0.0.0', '0.0.0.0'],
  ['255.255.255.255', '255.255.255.255'],
  ['10.0.0.1', '10.0.0.1'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['2001:DB8::1', '2001:db8::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['::ffff:10.1.2.3', '::ffff:10.1.2.3'],
  ['::ffff:0a01:0203', '::ffff:10.1.2.3'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ['::1.2.3.4', '::102:304'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
];
for (const [text, canonical] of good) {
  test(`reads ${text} and writes ${canonical}`, () => {
    const address = parseAddress(text);
    assert.ok(address);
    assert.is(formatAddress(address), canonical);
    assert.equal(addressOfWords(address.family, ...wordsOf(address)), address);
  });
}

const bad = [
  '',
  '1',
  '1.2.3',
  '1.2.3.4.5',
  '01.2.3.4',
  '1.2.3.256',
  '1.2.3.4 ',
  ' 1.2.3.4',
  '1.2.3.4/8',
  '1..2.3',
  '0x1.2.3.4',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7:8::',
  'fe80::1%eth0',
  '12345::',
  'g::',
  '::1.2.3',
  '1.2.3.4::',
  '::1.2.3.4:5',
  '1:2:3:4:5:6:7:1.2.3.4',
  ':1::',
];
for (const text of bad) test(`refuses \`${text}\``, () => assert.is(parseAddress(text), null));

test('agrees with ip-num on random addresses', () => {
  fc.assert(fc.property(fc.ipV4(), (text) => BigInt(parseIpv4(text)) === new IPv4(text).getValue()));
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (value) => {
      const text = formatAddress({ family: 6, value });
      return parseAddress(text)?.value === value && (text.includes('.') || new IPv6(text).getValue() === value);
    }),
  );
});

test('masks host bits of a prefix and tells', () => {
  assert.equal(parsePrefix('10.0.0.7/8'), { prefix: { family: 4, first: 10n << 24n, length: 8 }, hadHostBits: true });
  assert.is(parsePrefix('10.0.0.0/8')?.hadHostBits, false);
  assert.is(formatPrefix(parsePrefix('2001:db8::7/32')!.prefix), '2001:db8::/32');
  assert.is(formatPrefix(parsePrefix('::ffff:10.0.0.1/104')!.prefix), '::ffff:10.0.0.0/104');
  assert.is(formatPrefix(parsePrefix('0.0.0.0/0')!.prefix), '0.0.0.0/0');
  assert.is(formatPrefix(parsePrefix('::/0')!.prefix), '::/0');
});

for (const text of [
  '10.0.0.0',
  '10.0.0/8',
  '10.0.0.0/33',
  '10.0.0.0/08',
  '10.0.0.0/',
  '::/129',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '010.0.0.0/8',
])
  test(`refuses the prefix \`${text}\``, () => assert.is(parsePrefix(text), null));

test('first and last of a random prefix are ip-num’s', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, length) => {
      const { prefix } = parsePrefix(`${address}/${length}`)!;
      const range = IPv4CidrRange.fromCidr(`${address}/${length}`);
      return prefix.first === range.getFirst().getValue() && lastOf(prefix) === range.getLast().getValue();
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), fc.integer({ min: 0, max: 128 }), (value, length) => {
      const text = IPv6.fromBigInt(value).toString();
      const { prefix } = parsePrefix(`${text}/${length}`)!;
      const range = IPv6CidrRange.fromCidr(`${text}/${length}`);
      return prefix.first === range.getFirst().getValue() && lastOf(prefix) === range.getLast().getValue();
    }),
  );
});

test('a prefix holds its first and last address and covers its halves', () => {
  const { prefix } = parsePrefix('10.1.0.0/16')!;
  for (const inside of ['10.1.0.0', '10.1.255.255']) assert.ok(contains(prefix, parseAddress(inside)!));
  for (const outside of ['10.0.255.255', '10.2.0.0', '::10.1.0.0'])
    assert.not(contains(prefix, parseAddress(outside)!));
  assert.ok(covers(prefix, parsePrefix('10.1.128.0/17')!.prefix));
  assert.ok(covers(prefix, prefix));
  assert.not(covers(parsePrefix('10.1.128.0/17')!.prefix, prefix));
  assert.not(covers(parsePrefix('0.0.0.0/0')!.prefix, parsePrefix('::/0')!.prefix));
});

test('names of protocols', () => {
  for (const [text, number] of [
    ['TCP', 6],
    ['udp', 17],
    ['ICMPv6', 58],
    ['UDPLite', 136],
    ['253', 253],
    [0, 0],
  ] as const)
    assert.is(protocolNumber(text), number);
  for (const text of ['', 'tcpp', '256', '-1', 1.5, '1e1']) assert.is(protocolNumber(text), null);
  assert.is(protocolName(6), 'TCP');
  assert.is(protocolName(136), 136);
});

test.run();
