/**
 * Holds README.md's table of kinds against the registry that it is made from.
 *
 *     npm run readme     writes the table anew
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kind } from '../src/manifest/kind.ts';
import { KINDS } from '../src/manifest/registry.ts';
import { POLICY_SUFFIX, REFUSED_KINDS } from '../src/manifest/unread.ts';
import { root } from './paths.ts';

const README = join(root, 'README.md');
/** Around the table, each on a line of its own. */
const BEGIN = /^<!-- kinds: .* -->\n/m;
const END = '<!-- /kinds -->\n';

const code = (text: string): string => `\`${text}\``;
const cells = (...of: readonly string[]): string => `| ${of.join(' | ')} |`;

function rowOf({ kind, apiVersions, simulated, warned, strictness }: Kind): string {
  const unknown = strictness === 'error' ? 'refused' : 'warned of';
  return cells(kind, apiVersions.map(code).join(', '), simulated || 'no effect', warned || 'nothing', unknown);
}

/** Markdown: a row for each kind that is read, and what becomes of those that are not. */
function table(): string {
  const others = [...REFUSED_KINDS].map(([group, kinds]) => `${kinds.join(', ')} (${code(group)})`);
  return [
    cells('Kind', 'apiVersion', 'Simulated', 'Warned of', 'Unknown fields'),
    cells('---', '---', '---', '---', '---'),
    ...KINDS.map(rowOf),
    '',
    `Refused, and left out with a warning under ${code('--keep-going')}: other kinds that are called`,
    `${code(`*${POLICY_SUFFIX}`)}, and ${others.join(', ')}.`,
    'Every other kind has no effect, and is told of once.',
    '',
  ].join('\n');
}

/** The text of README.md, before its table, in it, and after it. */
function parts(): readonly [before: string, between: string, after: string] {
  const text = readFileSync(README, 'utf8');
  const begin = BEGIN.exec(text);
  const end = text.indexOf(END);
  if (begin === null || end < begin.index) throw new Error('README.md has lost the marks around its table of kinds');
  const from = begin.index + begin[0].length;
  return [text.slice(0, from), text.slice(from, end), text.slice(end)];
}

if (process.argv.includes('--write')) {
  const [before, , after] = parts();
  writeFileSync(README, `${before}\n${table()}\n${after}`);
}

test('the table of kinds is what the registry says: else `npm run readme`', () => {
  assert.is(parts()[1], `\n${table()}\n`);
});

test('every kind says what becomes of it, or has no effect', () => {
  for (const { kind, simulated, warned } of KINDS) assert.ok(`${simulated}${warned}` !== '' || kind === 'IPPool', kind);
});

test.run();
