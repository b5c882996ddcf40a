/**
 * What becomes of every field of every kind: read, warned of, refused where it stands, or idle: known to the API, and of
 * no effect on a verdict. The fixtures set each, so a field that is added to a list needs one, and a fate.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kind } from '../../src/manifest/kind.ts';
import { KINDS } from '../../src/manifest/registry.ts';
import { FATES, type Fates } from './field-fates.ts';
import { FIXTURES } from './field-fixtures.ts';
import { type Watched, watch } from './field-watch.ts';

const kindOf = (name: string): Kind => {
  const [group, kind] = name.includes(' ') ? name.split(' ') : [null, name];
  return KINDS.find((one) => one.kind === kind && (group === null || one.apiVersions[0]!.startsWith(`${group}/`)))!;
};

/** Of a staged kind the table says that it is as the enforced one. */
const enforced = (kind: Kind): Kind =>
  KINDS.find((one) => `Staged${one.kind}` === kind.kind && one.apiVersions[0] === kind.apiVersions[0]) ?? kind;

function fatesOf({ known, read, told }: Watched): Fates {
  const where = (fate: (field: string) => boolean): string => [...known].filter(fate).sort().join(' ');
  return {
    idle: where((field) => !read.has(field) && !told.has(field)),
    warned: where((field) => told.get(field)?.severity === 'warning'),
    refused: where((field) => told.get(field)?.severity === 'error'),
  };
}

const isPlain = ({ idle, warned, refused }: Fates): boolean => `${idle}${warned}${refused}` === '';

for (const [name, texts] of Object.entries(FIXTURES)) {
  test(`${name}: every field is set, and what becomes of it is as told`, async () => {
    const { at } = await watch(texts);
    const found: Record<string, Fates> = {};
    for (const [path, watched] of at) {
      assert.equal(
        [...watched.known].filter((field) => !watched.set.has(field)),
        [],
        `${path} is not set by the fixture`,
      );
      const fates = fatesOf(watched);
      if (!isPlain(fates)) found[path] = fates;
    }
    if (process.argv.includes('--print')) console.log(`FATES ${JSON.stringify({ [name]: found })}`);
    else assert.equal(found, FATES[name] ?? {});
  });

  test(`${name}: what the table of kinds warns of is what is warned of`, async () => {
    const { warned } = enforced(kindOf(name));
    const fields = Object.values(FATES[name] ?? {}).flatMap((fates) => fates.warned.split(' ').filter(Boolean));
    for (const field of fields) assert.ok(warned.includes(`\`${field}\``), `${field}: ${warned}`);
  });

  test(`${name}: a misspelt field is told of in every mapping, with the right one beside it`, async () => {
    const { at } = await watch(texts, true);
    const severity = kindOf(name).strictness;
    for (const [path, { known, told }] of at) {
      const field = `${[...known][0]}x`;
      assert.match(told.get(field)?.message ?? '', `unknown field \`${field}\`: did you mean \``, path);
      assert.is(told.get(field)!.severity, severity, path);
    }
  });
}

test('every kind has a fixture', () => {
  const fixtures = new Set(Object.keys(FIXTURES).map(kindOf));
  assert.equal(
    KINDS.filter((kind) => !fixtures.has(kind)).map(({ kind }) => kind),
    [],
  );
});

test.run();
