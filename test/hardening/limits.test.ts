/** The table of docs/limits.md says what the sources have: neither can change without the other. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../src/cli/commands.ts';
import { root } from '../paths.ts';

const MIB = 1 << 20;
/** By the words that a row begins with: where its numbers are in the sources, and how the row writes each. */
const ROWS: ReadonlyMap<string, readonly (readonly [file: string, constant: string, unit?: number])[]> = new Map([
  [
    'Connections remembered',
    [
      ['replay/options.ts', 'DEFAULT_MAX_CONNECTIONS'],
      ['replay/options.ts', 'MOST_CONNECTIONS'],
    ],
  ],
  ['Match table', [['compile/compile.ts', 'DEFAULT_MAX_TABLE_BYTES', 1 << 30]]],
  [
    'Packets that a later fragment',
    [
      ['replay/options.ts', 'DEFAULT_FRAGMENT_WAIT'],
      ['replay/waiting.ts', 'MOST_WAITING'],
    ],
  ],
  ['Datagrams whose first', [['replay/fragments.ts', 'DATAGRAMS']]],
  ['Packets that are remembered', [['replay/duplicates.ts', 'PACKETS']]],
  ['Tunnels within', [['packet/decode.ts', 'MAX_TUNNELS']]],
  ['Of `coverage`', [['reach/rules.ts', 'MOST_CELLS']]],
  ['Of `connectivity`', [['reach/reach.ts', 'MOST_PAIRS']]],
  ['Cells that are filled', [['compile/compile.ts', 'DENSE_CELLS']]],
  ['Conversations that are kept', [['verdict/tally.ts', 'MAX_CONVERSATIONS']]],
  ['Isolating policies', [['table/decisions.ts', 'MAX_ISOLATING']]],
  ['One manifest file', [['manifest/limits.ts', 'MAX_FILE_BYTES', MIB]]],
  ['Documents in one file', [['manifest/limits.ts', 'MAX_DOCUMENTS']]],
  ['Files below', [['manifest/limits.ts', 'MAX_FILES']]],
  ['Captures of one folder', [['capture/list.ts', 'MAX_FILES']]],
  ['Mappings and lists', [['manifest/limits.ts', 'MAX_DEPTH']]],
  [
    'Aliases in one',
    [
      ['manifest/limits.ts', 'MAX_ALIASES'],
      ['manifest/limits.ts', 'MAX_EXPANDED_NODES'],
    ],
  ],
  [
    'One packet record',
    [
      ['capture/pcap-header.ts', 'MAX_SNAPLEN', 1024],
      ['capture/pcap-header.ts', 'MAX_RECORD_BYTES', MIB],
    ],
  ],
  ['One block of a pcapng', [['capture/pcapng.ts', 'MAX_BLOCK_BYTES', MIB]]],
  ['Interfaces of a pcapng', [['capture/pcapng.ts', 'MAX_INTERFACES']]],
  ['Compressions within', [['capture/compression/unwrap.ts', 'MAX_DEPTH']]],
  ['One line of a text', [['capture/lines.ts', 'MAX_LINE_BYTES', MIB]]],
  ['Bytes in which', [['capture/registry.ts', 'MAX_HEAD_BYTES', 1024]]],
  [
    'One selector',
    [
      ['manifest/calico/selector.ts', 'MAX_SELECTOR'],
      ['manifest/calico/selector.ts', 'MAX_SELECTOR_DEPTH'],
    ],
  ],
  ['One excerpt', [['source/quote.ts', 'MAX_EXCERPT']]],
  ['Messages of one kind', [['cli/diagnostics.ts', 'MOST_OF_A_KIND']]],
  ['VLAN tags', [['packet/link/ether-type.ts', 'MAX_TAGS']]],
  [
    'IPv6 extension headers',
    [
      ['packet/ipv6.ts', 'MAX_EXTENSIONS'],
      ['packet/ipv6.ts', 'MAX_EXTENSION_BYTES'],
    ],
  ],
]);
/** Rows of which a number is written out where it is used. */
const BY_HAND = ['Lines of each list', 'Of `diff`', 'Window of a zstd'];
/** Folders whose limits an input can reach; those of the others shorten what is shown. */
const READERS = ['capture', 'manifest/limits.ts', 'packet', 'replay'];
/** Numbers of these formats and of what is kept of a field, beyond which a value is refused or cut as any bad one is. */
const OF_FORMATS = new Set([
  'MAX_DIGITS',
  'MAX_ADDRESS',
  'MAX_CHECKSUM_BYTES',
  'MAX_NAME_BYTES',
  'MAX_PREFIX_BYTES',
  'MAX_TIME_TEXT',
]);
/** Of what is shown or described, of attributes that a kernel writes, of tables whose rows are told elsewhere. */
const TOLD_ELSEWHERE = new Set([
  'MAX_SHOWN',
  'MAX_QUOTED',
  'MAX_SAMPLES',
  'MAX_DESCRIBED',
  'MAX_ATTRIBUTES',
  'MAX_LABELS',
  'MAX_WINDOW_LOG',
]);

const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const rows = read('docs/limits.md')
  .split('\n')
  .filter((line) => /^\| (?!Limit|---)/.test(line));
const CONSTANT = /^(?:export )?const (\w+) = (\d[\d_]*(?: (?:\*|<<) \d[\d_]*)*);/gm;

function constantsOf(file: string): Map<string, number> {
  return new Map([...read(`src/${file}`).matchAll(CONSTANT)].map(([, name, text]) => [name!, numberOf(text!)]));
}

/** `1 << 20`, `64 * 1024 * 1024`, `65_536`. */
function numberOf(text: string): number {
  const [first, ...rest] = text.replaceAll('_', '').split(' ');
  let value = Number(first);
  for (let i = 0; i < rest.length; i += 2)
    value = rest[i] === '*' ? value * Number(rest[i + 1]) : value << Number(rest[i + 1]);
  return value;
}

test('each row has the numbers of the sources', () => {
  for (const row of rows) {
    if (BY_HAND.some((words) => row.startsWith(`| ${words}`))) continue;
    const [, constants] = [...ROWS].find(([words]) => row.startsWith(`| ${words}`)) ?? [];
    assert.ok(constants, `no test holds: ${row}`);
    for (const [file, constant, unit = 1] of constants) {
      const value = constantsOf(file).get(constant);
      assert.ok(value !== undefined, `src/${file} has no ${constant}`);
      const written = (value / unit).toLocaleString('en-US');
      assert.ok(row.split(/[^\d,]+|,(?!\d)/).includes(written), `${constant} is ${written}: ${row}`);
    }
  }
  assert.is(rows.length, ROWS.size + BY_HAND.length);
});

test('each limit of a reader has a row', () => {
  const told = new Set([...ROWS.values()].flat().map(([file, constant]) => `${file} ${constant}`));
  for (const file of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || !READERS.some((reader) => file.startsWith(reader))) continue;
    for (const name of constantsOf(file).keys())
      if (/^(MAX|MOST)_/.test(name) && !OF_FORMATS.has(name) && !TOLD_ELSEWHERE.has(name))
        assert.ok(
          told.has(`${file} ${name}`) || name === 'MAX_BLOCK_BYTES' || name === 'MAX_DEPTH',
          `src/${file}: ${name} has no row`,
        );
  }
});

test('each option that sets a limit exists', () => {
  const options = new Set(COMMANDS.flatMap((command) => command.options.map(({ name }) => `--${name}`)));
  const named = rows.flatMap((row) => row.match(/--[a-z-]+/g) ?? []);
  assert.ok(named.length >= 4);
  for (const name of named) assert.ok(options.has(name), name);
});

test.run();
