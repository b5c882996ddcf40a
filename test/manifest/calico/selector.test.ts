import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MAX_SELECTOR, MAX_SELECTOR_DEPTH, PLAIN, parseSelector } from '../../../src/manifest/calico/selector.ts';
import { SelectorFault } from '../../../src/manifest/calico/selector-tokens.ts';
import { has, matches, not } from '../../../src/model/selector.ts';

const labels = (of: Record<string, string>): Map<string, string> => new Map(Object.entries(of));
const fits = (text: string, of: Record<string, string>): boolean => matches(parseSelector(text, PLAIN), labels(of));

/** Labels on both sides of each operator; an absent label is false to all but `!=`, `not in` and `!`. */
const cases: [text: string, yes: Record<string, string>[], no: Record<string, string>[]][] = [
  ['', [{}, { a: 'b' }], []],
  [' \t', [{}], []],
  ['all()', [{}], []],
  ['all( )', [{}], []],
  ['!all()', [], [{}]],
  ["a == 'b'", [{ a: 'b' }], [{ a: 'c' }, {}, { b: 'b' }]],
  ["a=='b'", [{ a: 'b' }], [{}]],
  ['a == "b\'c"', [{ a: "b'c" }], [{ a: 'b' }]],
  ["a == ''", [{ a: '' }], [{}]],
  ["a == 'x\\'", [{ a: 'x\\' }], [{ a: 'x' }]],
  ["a != 'b'", [{ a: 'c' }, {}], [{ a: 'b' }]],
  ['a in {\'b\', "c"}', [{ a: 'b' }, { a: 'c' }], [{ a: 'd' }, {}]],
  ["a in {'b',}", [{ a: 'b' }], [{ a: '' }]],
  ['a in {}', [], [{ a: '' }, {}]],
  ["a not in {'b'}", [{ a: 'c' }, {}], [{ a: 'b' }]],
  ["a notin {'b'}", [{ a: 'c' }, {}], [{ a: 'b' }]],
  ["a not \t in{'b'}", [{}], [{ a: 'b' }]],
  ['a not in {}', [{}, { a: 'b' }], []],
  ["a contains 'el'", [{ a: 'hello' }], [{ a: 'e l' }, {}]],
  ["a contains ''", [{ a: '' }], [{}]],
  ["a starts with 'he'", [{ a: 'hello' }], [{ a: 'ahello' }, {}]],
  ["a startswith 'he'", [{ a: 'he' }], [{ a: 'h' }]],
  ["a ends with 'lo'", [{ a: 'hello' }], [{ a: 'lol' }, {}]],
  ["a endswith 'lo'", [{ a: 'lo' }], [{ a: 'o' }]],
  ['has(a)', [{ a: '' }], [{}]],
  ['has( a )', [{ a: '' }], [{}]],
  ['!has(a)', [{}], [{ a: '' }]],
  ['! ! has(a)', [{ a: '' }], [{}]],
  ['!!!has(a)', [{}], [{ a: '' }]],
  ["!a == '1' && b == '2'", [{ b: '2' }, { a: '2', b: '2' }], [{ a: '1', b: '2' }, {}]],
  ['has(a) || has(b) && has(c)', [{ a: '' }, { b: '', c: '' }], [{ b: '' }, { c: '' }]],
  ['(has(a) || has(b)) && has(c)', [{ a: '', c: '' }], [{ a: '' }, { c: '' }]],
  ['!(has(a) && has(b))', [{ a: '' }, {}], [{ a: '', b: '' }]],
  ["app.kubernetes.io/name == 'x'", [{ 'app.kubernetes.io/name': 'x' }], [{}]],
  // Words of the language are labels where a label is expected.
  ["in == 'a' && contains != 'b' && has == 'c'", [{ in: 'a', has: 'c' }], [{ in: 'a' }]],
  ["not in {'a'}", [{ not: 'a' }], [{}]],
];
for (const [text, yes, no] of cases) {
  test(`\`${text}\``, () => {
    for (const of of yes) assert.ok(fits(text, of), `matches ${JSON.stringify(of)}`);
    for (const of of no) assert.not.ok(fits(text, of), `does not match ${JSON.stringify(of)}`);
  });
}

const faults: [text: string, column: number, message: RegExp][] = [
  ["a = 'b'", 3, /`==`/],
  ["a & b == 'c'", 3, /&&/],
  ["a == 'b' | c == 'd'", 10, /\|\|/],
  ["a == 'b", 6, /does not end/],
  ['a == b', 6, /string/],
  ["a == 'b' c == 'd'", 10, /the end/],
  ["a == 'b'\n&& c == 'd'", 9, /line break/],
  ["a\n== 'b'", 2, /line break/],
  ["\na == 'b'", 1, /line break/],
  ["a inx {'b'}", 3, /operator/],
  ['a', 2, /operator/],
  ["a in 'b'", 6, /set/],
  ["a in {'b' 'c'}", 11, /`,` or `}`/],
  ['a in {,}', 7, /`}`/],
  ['has(a', 6, /`\)`/],
  ['has()', 5, /label/],
  ['(has(a)', 8, /`\)`/],
  ['has(a))', 7, /the end/],
  ['has (a)', 5, /operator/],
  ['&& has(a)', 1, /label/],
  ['has(a) &&', 10, /label/],
  ['!', 2, /label/],
  ['a == "b" # c', 10, /label/],
  ['ä == "b"', 1, /label/],
  ['global()', 1, /global/],
  ['has(a) && global()', 11, /global/],
  ['a'.repeat(513), 1, /512/],
  ['('.repeat(MAX_SELECTOR_DEPTH + 1), MAX_SELECTOR_DEPTH + 1, /deep/],
];
for (const [text, column, message] of faults) {
  test(`\`${text.slice(0, 30)}\` is wrong in column ${column}`, () => {
    try {
      parseSelector(text, PLAIN);
    } catch (fault) {
      assert.instance(fault, SelectorFault);
      assert.match((fault as SelectorFault).message, message);
      assert.is((fault as SelectorFault).at + 1, column);
      return;
    }
    assert.unreachable('it was taken');
  });
}

test('labels get the prefix of where they are asked, and all() and global() their meaning', () => {
  const meaning = { prefix: 'pcns.', all: has('n'), global: not(has('n')) };
  assert.equal(parseSelector("a == 'b'", meaning), { op: 'in', key: 'pcns.a', values: ['b'] });
  assert.equal(parseSelector('!all()', meaning), not(has('n')));
  assert.equal(parseSelector(' global() ', meaning), not(has('n')));
  for (const text of ['!global()', '(global())', 'global() || all()']) {
    assert.throws(() => parseSelector(text, meaning), /may only stand alone/);
  }
});

test('the longest selectors are read in linear time; longer ones are refused', () => {
  const hostile = ['!', '(', "'", 'a not ', "a == 'b' && ", 'has(a) || ', '\t', "a in {'b',", 'starts '];
  const started = performance.now();
  for (const part of hostile) {
    const text = part.repeat(Math.floor(MAX_SELECTOR / part.length));
    try {
      parseSelector(text, PLAIN);
    } catch (fault) {
      assert.instance(fault, SelectorFault);
    }
  }
  assert.ok(performance.now() - started < 2000);
  assert.throws(() => parseSelector(' '.repeat(MAX_SELECTOR + 1), PLAIN), /65536/);
  assert.ok(parseSelector(`${'has(a) && '.repeat(6000)}has(a)`, PLAIN));
});

test.run();
