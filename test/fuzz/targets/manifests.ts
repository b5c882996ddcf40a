/** Manifests in YAML and JSON, of every kind of the samples, to the cluster; and budgets. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadBudget } from '../../../src/manifest/budget.ts';
import { loadCluster } from '../../../src/manifest/load.ts';
import { ManifestError } from '../../../src/source/errors.ts';
import { sourceText } from '../../../src/source/text.ts';
import { sample } from '../../paths.ts';
import { check, type Target, text } from '../target.ts';
import { checkDiagnostics } from './diagnostics.ts';

/** Each document of the samples by itself: a mutant of a whole cluster would mostly be the same cluster. */
const documents = readdirSync(sample('.'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .flatMap((name) => readFileSync(join(sample('.'), name), 'utf8').split(/^---$/m))
  .filter((document) => document.length < 1500);
const WORDS = text(
  '\n',
  ' ',
  '- ',
  ': ',
  '{',
  '}',
  '[',
  ']',
  '&a ',
  '*a',
  '!!int ',
  '|\n',
  '>\n',
  '---\n',
  '...\n',
  '%TAG ! x\n',
  '"',
  "'",
  '#',
  '?',
  '<<: *a',
  '\t',
  '\0',
  '\ufeff',
  '~',
  '0x',
  'yes',
  '010',
  '22:22',
  '__proto__: ',
  'constructor: ',
  '{{{{{{',
  '[[[[[[',
);

async function* once(input: Uint8Array): AsyncGenerator<Uint8Array> {
  yield input;
}

const read = (load: (stdin: AsyncIterable<Uint8Array>) => Promise<unknown>): Target['run'] => {
  return async (input) => {
    const keys = Object.getOwnPropertyNames(Object.prototype).length;
    let accepted = true;
    try {
      await load(once(input));
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      checkDiagnostics(error.diagnostics, sourceText('stdin', Buffer.from(input).toString('utf8')));
      accepted = false;
    }
    check(Object.getOwnPropertyNames(Object.prototype).length === keys, () => 'a prototype has grown');
    return accepted;
  };
};

export const manifests: Target = {
  name: 'manifests',
  about: 'manifests of every kind, YAML and JSON, to the cluster',
  full: 10_000,
  quick: 200,
  // What the parser of YAML holds for a small document: tokens, nodes, errors with their excerpts.
  fixedBytes: 8e6,
  seeds: text(...documents),
  words: WORDS,
  run: read((stdin) => loadCluster(['-'], { stdin, admission: true, staged: 'enforce' })),
};

export const budgets: Target = {
  name: 'budgets',
  about: 'budgets of `diff`',
  full: 10_000,
  quick: 100,
  fixedBytes: 8e6,
  seeds: [readFileSync(sample('diff/budget.yaml'))],
  words: [...WORDS, ...text('*', '/', 'from: ', 'maxPackets: ', 'newlyDropped:\n')],
  run: read((stdin) => loadBudget('-', stdin)),
};
