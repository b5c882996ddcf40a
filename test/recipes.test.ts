/** The recipes: each does to its traffic what is written beside it, and warns of nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from './command-line.ts';
import { sample } from './paths.ts';

const RECIPES = 13;
const recipes = readdirSync(sample('recipes'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const textOf = (recipe: string, file: string): string => readFileSync(sample(join('recipes', recipe, file)), 'utf8');
const verdictsOf = (ndjson: string): string[] =>
  ndjson
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).verdict);

for (const recipe of recipes)
  test(recipe, async () => {
    const folder = join('samples', 'recipes', recipe);
    const files = [
      '-f',
      'samples/recipes/cluster.yaml',
      '-f',
      join(folder, 'policy.yaml'),
      join(folder, 'traffic.ndjson'),
    ];
    const { out, err } = await cli('replay', ...files, '-o', 'ndjson');
    assert.not.match(err, /warning|error/);
    assert.equal(verdictsOf(out), verdictsOf(textOf(recipe, 'traffic.ndjson')));
    assert.is(out, textOf(recipe, 'expected.ndjson'));
  });

test('each recipe forwards some of its traffic and drops some, and has a line of the README', () => {
  assert.is(recipes.length, RECIPES);
  const readme = readFileSync(sample('recipes/README.md'), 'utf8');
  for (const recipe of recipes) {
    assert.is(new Set(verdictsOf(textOf(recipe, 'traffic.ndjson'))).size, 2, recipe);
    assert.match(readme, `| [${recipe}](${recipe}) |`);
  }
});

test.run();
