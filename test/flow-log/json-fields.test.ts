/** The scanner against JSON.parse: the same values of the same objects, and no object where there is none. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JsonFields, NESTED, SCALAR, STRING } from '../../src/capture/flow-log/json-fields.ts';
import { wordBytes } from '../../src/capture/flow-log/values.ts';
import '../seed.ts';

const PATHS = ['a', 'b', 'a.b', 'a.b.a', 'b.b', 'x\\.y', 'b.x\\.y'];
const KEYS = PATHS.map((path) => path.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.')));
const fields = new JsonFields(PATHS);
const wrapped = new JsonFields(PATHS, 'w');

/** What a path leads to, as JSON.parse sees it; undefined where it leads nowhere. */
function follow(value: unknown, keys: readonly string[]): unknown {
  let at = value;
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

const { tie: values } = fc.letrec<{ tie: unknown; object: object }>((tie) => ({
  tie: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, false, 0, -1.5e3, 'a', '"', '\\', '{', ']', '', 'ü\u2028'),
    fc.array(tie('tie'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'x.y', 'c', 'w', '"', 'a\\'), tie('tie'), { maxKeys: 5 }),
}));
const objects = fc.dictionary(fc.constantFrom('a', 'b', 'x.y', 'c', 'a"'), values, { maxKeys: 5 });

test('every field of every object is found, as JSON.parse finds it', () => {
  const spaces = fc.constantFrom(undefined, 1, '\t');
  fc.assert(
    fc.property(objects, spaces, (object, indent) => {
      const text = JSON.stringify(object, null, indent);
      const bytes = wordBytes(`}${text}{`);
      assert.is(fields.scan(bytes, 1, bytes.length - 1), true, text);
      for (const [slot, keys] of KEYS.entries()) {
        const meant = follow(object, keys);
        const found = fields.from[slot]! >= 0;
        assert.is(found, meant !== undefined, `${PATHS[slot]} of ${text}`);
        if (!found) continue;
        const kind = typeof meant === 'string' ? STRING : typeof meant === 'object' && meant !== null ? NESTED : SCALAR;
        assert.is(fields.kind[slot], kind, text);
        assert.is(fields.has(slot), meant !== null);
        if (kind === STRING) assert.is(fields.text(slot), meant, text);
        else if (meant !== null) assert.is(JSON.stringify(JSON.parse(fields.text(slot)!)), JSON.stringify(meant), text);
      }
    }),
    { numRuns: 5_000 },
  );
});

test('a wrapper may hold the fields', () => {
  for (const text of [
    '{"w":{"a":1},"z":2}',
    '{"a":1}',
    '{"a":3,"w":{"a":1},"a":2}',
    '{"z":[{}],"w" : {"b":{"b":2},"a":1}}',
  ]) {
    assert.is(wrapped.scan(wordBytes(text), 0, text.length), true);
    assert.is(wrapped.text(0), '1', text);
  }
});

test('what is cut, or goes on, is no object', () => {
  fc.assert(
    fc.property(objects, (object) => {
      const bytes = wordBytes(JSON.stringify(object));
      for (let end = 0; end < bytes.length; end++) assert.is(fields.scan(bytes, 0, end), false, `cut at ${end}`);
    }),
    { numRuns: 300 },
  );
  const broken = [
    '',
    '[]',
    '{}}',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '{"a":1 "b":2}',
    '{"a":[}]}',
    '{"a":{]}',
    '{a:1}',
  ];
  for (const text of [...broken, '"a"', '{"a":"\\"}', 'null'])
    assert.is(fields.scan(wordBytes(text), 0, text.length), false, text);
  const deep = `{"c":${'['.repeat(40)}${']'.repeat(40)}}`;
  assert.is(fields.scan(wordBytes(deep), 0, deep.length), false, 'too deep');
});

test('of a key that comes twice the last counts', () => {
  const text = '{"a":1,"a":2}';
  assert.is(fields.scan(wordBytes(text), 0, text.length), true);
  assert.is(fields.text(0), '2');
});

test.run();
