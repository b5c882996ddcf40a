/** Who may import whom: the table of docs/architecture.md, held against every import of the sources, types included. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from './paths.ts';

const BENEATH = ['net', 'source'];
const NOUNS = ['model', 'table', 'packet', 'verdict'];
/** What a folder may import besides itself, net and source. */
const ALLOWED: ReadonlyMap<string, readonly string[]> = new Map([
  ['net', []],
  ['source', []],
  ...NOUNS.map((noun): [string, string[]] => [noun, []]),
  ['manifest', ['model']],
  ['compile', ['model', 'table']],
  ['capture', ['packet']],
  ['replay', ['packet', 'table', 'verdict']],
  ['report', ['packet', 'table', 'verdict']],
  ['compare', ['model', 'packet', 'table', 'verdict']],
  ['reach', ['packet', 'table', 'verdict']],
  ['explain', ['model', 'table', 'verdict']],
  ['admit', ['model', 'verdict']],
]);
const EVERYTHING = 'cli';
/** Packages that a user installs, and who may use them. */
const PACKAGES: ReadonlyMap<string, readonly string[]> = new Map([
  ['fzstd', ['capture']],
  ['ip-num', ['net']],
  ['yaml', ['manifest', 'source']],
  ['fzstd', ['capture']],
]);

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);
const folderOf = (name: string): string => (name.includes('/') ? name.slice(0, name.indexOf('/')) : '.');
const IMPORT = /^(?:import|export)\s[^;']*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm;
const importsOf = (name: string): string[] =>
  [...readFileSync(join(root, 'src', name), 'utf8').matchAll(IMPORT)].map((m) => (m[1] ?? m[2] ?? m[3])!);

test('every folder imports only what its layer may', () => {
  assert.ok(sources.length > 10, 'no sources found');
  for (const name of sources) {
    const folder = folderOf(name);
    const allowed = ALLOWED.get(folder);
    assert.ok(allowed || folder === '.' || folder === EVERYTHING, `src/${folder} is in no layer`);
    for (const target of importsOf(name)) {
      if (target.startsWith('node:')) continue;
      if (!target.startsWith('.')) {
        assert.ok(PACKAGES.get(target)?.includes(folder), `src/${name} imports the package ${target}`);
        continue;
      }
      const to = folderOf(normalize(join(dirname(name), target)));
      if (to === folder || BENEATH.includes(to) ? folder !== 'net' || to === 'net' : false) continue;
      assert.ok(folder === '.' || folder === EVERYTHING || allowed?.includes(to), `src/${name} imports src/${to}`);
      assert.is.not(to, EVERYTHING, `src/${name} imports the command line`);
    }
  }
});

test('no folder of the sources has a door of its own', () => {
  assert.equal(
    sources.filter((name) => name.endsWith('/index.ts')),
    [],
  );
});

test('every test file ends by running its tests', () => {
  for (const name of readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.test.ts')) continue;
    const text = readFileSync(join(root, 'test', name), 'utf8');
    assert.match(text.trimEnd(), /\n\w+\.run\(\);$/, `test/${name} forgets its .run();`);
  }
});

test.run();
