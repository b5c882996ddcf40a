import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import './seed.ts';
import { formatWords } from '../src/net/address.ts';
import { AddressTexts } from '../src/report/address-texts.ts';
import { columns, width } from '../src/report/columns.ts';
import { plain, toJson } from '../src/report/escape.ts';
import { count, memory, percent, utc } from '../src/report/numbers.ts';
import { placesBelow, sharedFolder } from '../src/report/places.ts';
import { tableJson, tableText } from '../src/report/table.ts';
import { table } from './report-builders.ts';

test('columns are as wide as their widest cell, numbers flush right, without trailing blanks', () => {
  assert.is(
    columns(
      [{ title: 'NAME' }, { title: 'N', right: true }, { title: 'WHY' }],
      [
        ['a', '1', ''],
        ['長い', '100', 'x'],
      ],
    ),
    'NAME     N   WHY\na        1\n長い   100   x\n',
  );
  assert.is(width('長い'), 4);
});

test('counts, shares and sizes', () => {
  for (const [value, text] of [
    [0, '0'],
    [999, '999'],
    [1_000, '1,000'],
    [1_234_567, '1,234,567'],
  ] as const)
    assert.is(count(value), text);
  for (const [part, whole, text] of [
    [0, 0, '-'],
    [0, 5, '0.0%'],
    [1, 100_000, '<0.1%'],
    [1, 3, '33.3%'],
    [99_999, 100_000, '>99.9%'],
    [5, 5, '100.0%'],
  ] as const)
    assert.is(percent(part, whole), text);
  for (const [bytes, text] of [
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_024, '1.0 KiB'],
    [1_572_864, '1.5 MiB'],
  ] as const)
    assert.is(memory(bytes), text);
  assert.is(utc(1_785_578_400.9), '2026-08-01T10:00:00Z');
  assert.is(utc(Number.MAX_SAFE_INTEGER), String(Number.MAX_SAFE_INTEGER));
});

test('escapes are for what a terminal obeys, on both sides of every edge', () => {
  for (const unsafe of [
    '\u0000',
    '\u001f',
    '\u007f',
    '\u009f',
    '\u061c',
    '\u200e',
    '\u2028',
    '\u202a',
    '\u202e',
    '\u2066',
    '\u2069',
    '\ud800',
  ])
    assert.match(plain(`a${unsafe}b`), /^a\\u[0-9a-f]{4}b$/);
  for (const safe of [' ', '~', '\u00a0', '\u200d', '\u202f', '\u2065', '\u206a', '😀', 'é'])
    assert.is(plain(`a${safe}b`), `a${safe}b`);
  assert.is(toJson('\u009b'), '"\\u009b"');
  assert.is(toJson('\n'), '"\\n"');
});

test('remembered addresses are what formatting gives, whatever was remembered before', () => {
  const texts = new AddressTexts();
  // Few values for each word, so that addresses come again and places are fought over.
  const word = fc.constantFrom(0, 1, -1, 0xffff, 0x0a00_0001, 4096, 8192);
  fc.assert(
    fc.property(word, word, word, word, (w0, w1, w2, w3) => {
      assert.is(texts.text(6, w0, w1, w2, w3), formatWords(6, w0, w1, w2, w3));
      assert.is(texts.text(4, w0, 0, 0, 0), formatWords(4, w0, 0, 0, 0));
    }),
    { numRuns: 2_000 },
  );
});

test('places lose the folder that all of them share, and only whole folders', () => {
  for (const [places, folder] of [
    [[], ''],
    [['a.yaml:1'], ''],
    [['k8s/a.yaml:1'], 'k8s/'],
    [['k8s/a.yaml:1', 'k8s/b/c.yaml:1'], 'k8s/'],
    [['k8s/ab/c.yaml:1', 'k8s/abc/c.yaml:1'], 'k8s/'],
    [['k8s/a.yaml:1', 'other/a.yaml:1'], ''],
    [['k8s/a.yaml:1', 'a.yaml:1'], ''],
    [['/etc/a.yaml:1', '/var/a.yaml:1'], '/'],
    [['-:3'], ''],
  ] as const)
    assert.is(sharedFolder(places), folder, places.join());
  assert.is(placesBelow('k8s/', ['k8s/a.yaml:1', 'k8s/b/c.yaml:1']), 'a.yaml:1, b/c.yaml:1');
  assert.is(placesBelow('', ['a:1', 'b:1', 'c:1', 'd:1']), 'a:1, b:1, c:1 and 1 more');
  assert.is(placesBelow('', []), '-');
});

test('the table command shows sizes and the share of cells', () => {
  const text = tableText(table());
  assert.match(text, /^WHAT +SIZE +MEANING\n/);
  assert.match(text, /cells filled +12 +75\.0% of possible/);
  assert.match(text, /memory +1\.5 MiB\n/);
  assert.match(text, /build time +4\.3 ms\n/);
  const json = JSON.parse(tableJson(table()));
  assert.equal([json.kind, json.bytes, json.cellsPossible], ['TableStats', 1_572_864, 16]);
});

test.run();
