/** Values in bytes against the readings of texts that everything else uses. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Time } from '../../src/capture/flow-log/time.ts';
import { addressAt, unsignedAt, wordBytes } from '../../src/capture/flow-log/values.ts';
import { addressOfWords, type Family, formatAddress, parseAddress, wordsOf } from '../../src/net/address.ts';
import '../seed.ts';

const holds = <T>(values: fc.Arbitrary<T>, check: (value: T) => void, numRuns: number): void =>
  fc.assert(fc.property(values, check), { numRuns });

const words = new Int32Array(4);
/** What `addressAt` reads of a text that stands between others. */
function read(text: string): string | null {
  const bytes = wordBytes(`9:${text}:9`);
  const family = addressAt(bytes, 2, bytes.length - 2, words);
  if (family === 0) return null;
  return formatAddress(addressOfWords(family as Family, words[0]!, words[1]!, words[2]!, words[3]!));
}
const expected = (text: string): string | null => {
  const address = parseAddress(text);
  return address === null ? null : formatAddress(address);
};

test('an address is what parseAddress reads, or none', () => {
  const pieces = [
    '0',
    '1',
    '9',
    '01',
    '255',
    '256',
    'a',
    'ffff',
    'FFFF',
    '10000',
    'g',
    ':',
    '::',
    '.',
    '1.2.3.4',
    ' ',
    '%e',
  ];
  const texts = fc.oneof(
    fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')),
    fc
      .array(fc.constantFrom('0', '1', 'abcd', '', '1.2.3.4'), { minLength: 2, maxLength: 10 })
      .map((parts) => parts.join(':')),
    fc
      .array(fc.constantFrom('0', '1', '25', '255', '256', '00', ''), { minLength: 3, maxLength: 5 })
      .map((parts) => parts.join('.')),
    fc.ipV4(),
    fc.ipV6(),
  );
  holds(texts, (text) => assert.is(read(text), expected(text), text), 20_000);
});

test('every address that can be written is read back', () => {
  const value = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), fc.constantFrom(0n, 1n, 0xffff_0102_0304n));
  holds(
    value,
    (v) => {
      const address = { family: 6 as const, value: v };
      assert.is(read(formatAddress(address)), formatAddress(address));
      assert.equal(
        [...words].map((word) => word >>> 0),
        wordsOf(address),
      );
    },
    2_000,
  );
});

test('a number has nothing but digits', () => {
  const of = (text: string): number => unsignedAt(wordBytes(text), 0, text.length);
  assert.equal(
    ['0', '65535', '999999999999999', '', '-1', '1.0', '0x1', ' 1', '1000000000000000'].map(of),
    [0, 65_535, 999_999_999_999_999, -1, -1, -1, -1, -1, -1],
  );
});

test('dates are what Date reads, with the digits that were written', () => {
  const time = new Time();
  const instant = fc.integer({ min: 0, max: 0xffff_ffff });
  const zone = fc.constantFrom('Z', 'z', '+00:00', '+02:00', '-0530', '+14:00');
  holds(
    fc.tuple(instant, fc.stringMatching(/^[0-9]{0,12}$/), zone),
    ([seconds, fraction, zone]) => {
      const base = new Date(seconds * 1000).toISOString().slice(0, 19);
      const text = `${base}${fraction === '' ? '' : `.${fraction}`}${zone}`;
      const bytes = wordBytes(text);
      const iso = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
      const meant = Date.parse(`${base}${iso}`) / 1000;
      const known = time.readDate(bytes, 0, bytes.length);
      assert.is(known, meant >= 0 && meant <= 0xffff_ffff, text);
      if (!known) return;
      const digits = fraction.slice(0, 9);
      assert.equal(
        [time.seconds, time.nanos, time.digits],
        [meant, Number(digits.padEnd(9, '0')), digits.length],
        text,
      );
    },
    3_000,
  );
  const broken = [
    '2026-08-01',
    '2026-13-01T00:00:00Z',
    '2026-08-01T10:00:00',
    '2026-08-01T10:00:00.Z',
    '2026-08-01T24:00:00Z',
    '2026-08-01T10:00:00+2:00',
    '1969-12-31T23:59:59Z',
  ];
  for (const text of broken) assert.is(time.readDate(wordBytes(text), 0, text.length), false, text);
});

test.run();
