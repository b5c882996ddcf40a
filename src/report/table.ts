import type { MatchTable, TableStats } from '../table/match-table.ts';
import { columns } from './columns.ts';
import { toJson } from './escape.ts';
import { count, memory, percent } from './numbers.ts';
import { type Palette, PLAIN } from './palette.ts';

/** What the rows of the `table` command are called, and what they mean. */
const ROWS: readonly (readonly [name: string, of: (stats: TableStats) => string, meaning: string])[] = [
  ['policies', (s) => count(s.policies), ''],
  ['rules', (s) => count(s.rules), ''],
  ['endpoints', (s) => count(s.endpoints), ''],
  [
    'without an address',
    (s) => count(s.endpointsWithoutAddress),
    'of the endpoints: templates of workloads, pending pods',
  ],
  ['addresses', (s) => count(s.addresses), 'of endpoints, nodes and Services'],
  ['prefixes', (s) => count(s.prefixes), 'blocks, holes and hosts that rules or manifests name'],
  ['address classes', (s) => count(s.addressClasses), 'sets of addresses that no rule can tell apart'],
  ['L4 classes', (s) => count(s.l4Classes), 'sets of protocols and ports that no rule can tell apart'],
  ['profiles', (s) => count(s.profiles), 'lists of rules that ends share, by direction'],
  ['programs', (s) => count(s.programs), 'distinct columns of decisions'],
  [
    'cells filled',
    (s) => count(s.cellsFilled),
    'profile and peer class to program; the others are filled on first touch',
  ],
  ['cells possible', (s) => count(s.cellsPossible), ''],
  ['memory', (s) => memory(s.bytes), ''],
  ['build time', (s) => `${s.buildMilliseconds.toFixed(1)} ms`, ''],
];

/** The `table` command for people: what the rules were compiled into, and what it costs. */
export function tableText(table: MatchTable, palette: Palette = PLAIN): string {
  const { stats } = table;
  const meaningOf = (name: string, meaning: string): string =>
    name === 'cells filled' ? `${percent(stats.cellsFilled, stats.cellsPossible)} of possible: ${meaning}` : meaning;
  return columns(
    [{ title: 'WHAT' }, { title: 'SIZE', right: true }, { title: 'MEANING' }],
    ROWS.map(([name, of, meaning]) => [name, of(stats), { text: meaningOf(name, meaning), mark: palette.faint }]),
    palette.heading,
  );
}

/** The same for programs: every number by its name, bytes and milliseconds as they are. */
export const tableJson = (table: MatchTable): string =>
  `${toJson({ apiVersion: 'netpol-replay/v1', kind: 'TableStats', dataplane: table.switches.dataplane, dataplaneVersion: table.switches.dataplaneVersion ?? null, switches: table.switches.settings ?? {}, ...table.stats }, 2)}\n`;
