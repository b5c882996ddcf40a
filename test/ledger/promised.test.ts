/** Holds docs/semantics.md against the ledger's tests: what it calls simulated must have one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DATAPLANES as DATAPLANES_BY_NAME } from '../../src/model/dataplane.ts';
import { SWITCH_NAMES, SWITCHES } from '../../src/model/switches.ts';
import { DATAPLANES } from '../nodes/dataplanes-lines.ts';
import { HOSTS } from '../nodes/hosts-lines.ts';
import { NODES } from '../nodes/nodes-lines.ts';
import { SERVICES } from '../nodes/services-lines.ts';
import { root } from '../paths.ts';
import { ADDRESSES } from './addresses-lines.ts';
import { CLUSTER_POLICIES } from './cluster-policies-lines.ts';
import { CONNECTIONS } from './connections-lines.ts';
import { DIRECTIONS } from './directions-lines.ts';
import { SELECTORS } from './selectors-lines.ts';
import { STRUCTURE } from './structure-lines.ts';
import { TIERS } from './tiers-lines.ts';

const LINES = [
  ...STRUCTURE,
  ...ADDRESSES,
  ...DIRECTIONS,
  ...CONNECTIONS,
  ...CLUSTER_POLICIES,
  ...TIERS,
  ...SELECTORS,
  ...SERVICES,
  ...NODES,
  ...HOSTS,
  ...DATAPLANES,
];

/** Lines whose captures need more than the ledger's own can say: test/nodes/spoofed.test.ts, test/rollout.test.ts. */
const ELSEWHERE = [84, 99];

test('every line that docs/semantics.md and docs/dataplanes.md call simulated has a test here', () => {
  const tested = new Set([...LINES.map(({ line }) => line), ...ELSEWHERE]);
  const promised = ['semantics.md', 'dataplanes.md'].flatMap((name) =>
    promisedLines(readFileSync(join(root, 'docs', name), 'utf8')),
  );
  assert.ok(promised.length > 100, `the tables of docs/semantics.md were read: ${promised.length} numbers`);
  assert.equal(
    promised.filter((line) => !tested.has(line)),
    [],
    'promised and not tested',
  );
});

test('docs/dataplanes.md has every switch with its values, the ledger lines behind it, and every dataplane', () => {
  const document = readFileSync(join(root, 'docs', 'dataplanes.md'), 'utf8');
  for (const name of SWITCH_NAMES) {
    const { values, ledger } = SWITCHES[name];
    const row = document.split('\n').find((line) => line.startsWith(`| ${ledger.join(', ')} | \`${name}\` |`));
    assert.ok(row, `a row of ${name}, lines ${ledger}`);
    for (const value of values) assert.match(row, `\`${value}\``);
  }
  for (const name of DATAPLANES_BY_NAME) assert.match(document, `| \`${name}\` |`);
});

/** The numbers in the first column of the tables headed `Line`: `1, 2`, `25 to 31`. */
function promisedLines(document: string): number[] {
  const promised: number[] = [];
  let inTable = false;
  for (const row of document.split('\n')) {
    if (!row.startsWith('|')) inTable = false;
    else if (/^\| Line \|/.test(row)) inTable = true;
    else if (inTable && !/^\| -+ \|/.test(row)) promised.push(...numbersOf(row.split('|')[1]!));
  }
  return promised;
}

const numbersOf = (cell: string): number[] =>
  cell.split(',').flatMap((part) => {
    const [first, last] = part.split(' to ').map(Number) as [number, number | undefined];
    assert.ok(Number.isInteger(first) && (last === undefined || last > first), `\`${cell}\` is a list of numbers`);
    return Array.from({ length: (last ?? first) - first + 1 }, (_, i) => first + i);
  });

test.run();
