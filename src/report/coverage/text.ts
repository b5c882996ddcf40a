import type { RuleStatus } from '../../verdict/coverage.ts';
import { type Cell, type Column, columns } from '../columns.ts';
import { plain, toJson } from '../escape.ts';
import { count, counted, utc } from '../numbers.ts';
import { type Palette, PLAIN } from '../palette.ts';
import { lineOf } from '../places.ts';
import { more } from '../reach/connectivity.ts';
import { named } from '../why.ts';
import type { CoverageSummary, Decider, Hits, RuleCoverage, Seen } from './words.ts';

export const coverageJson = (coverage: CoverageSummary): string => `${toJson(coverage, 2)}\n`;

const number = (title: string): Column => ({ title, right: true });
const HITS: readonly Column[] = [
  number('PACKETS'),
  number('BYTES'),
  number('CONNECTIONS'),
  { title: 'FIRST SEEN' },
  { title: 'LAST SEEN' },
];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Which rules the traffic tried, which no traffic ever can, and what of the cluster it never showed. */
export function coverageText(coverage: CoverageSummary, palette: Palette = PLAIN, top: number): string {
  const sections = [
    `${palette.heading(plain(coverageAnswer(coverage)))}\n`,
    rulesText(coverage, palette, top),
    isolationText(coverage, palette, top),
    reachText(coverage, palette),
    coverage.notes.map((note) => `note: ${plain(note)}\n`).join(''),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

/** One sentence that answers. */
export function coverageAnswer({ rules, packets, interrupted }: CoverageSummary): string {
  const deciding = rules.filter(({ packets: hits }) => hits !== null);
  const hit = deciding.filter((rule) => rule.packets! > 0).length;
  const idle = (['redundant', 'shadowed', 'matches-nothing', 'selects-nobody'] as const)
    .map((status) => ({ status, rules: rules.filter((rule) => rule.status === status).length }))
    .filter((one) => one.rules > 0)
    .map((one) => `, ${count(one.rules)} ${STATUS[one.status]}`);
  const so = interrupted ? ' (interrupted: so far)' : '';
  return `${count(hit)} of ${counted(deciding.length, 'rule')} were hit by ${counted(packets, 'packet')}${so}${idle.join('')}`;
}

const STATUS: Readonly<Record<RuleStatus, string>> = {
  needed: '',
  redundant: 'redundant',
  shadowed: 'shadowed',
  'matches-nothing': 'matching nothing',
  'selects-nobody': 'selecting nobody',
  log: 'logs',
  unproved: 'unproved',
};

function rulesText({ rules }: CoverageSummary, palette: Palette, top: number): string {
  if (rules.length === 0) return '';
  const rows = rules
    .slice(0, top)
    .map((rule): Cell[] => [
      `${rule.policy}, rule ${rule.rule}`,
      rule.direction,
      rule.action,
      ...hitCells(rule),
      lineOf(rule.at),
      statusCell(rule, palette),
    ]);
  const heads = [
    { title: 'RULE' },
    { title: 'DIRECTION' },
    { title: 'ACTION' },
    ...HITS,
    { title: 'WHERE' },
    { title: 'STATUS' },
  ];
  return `${columns(heads, rows, palette.heading)}${more(rules.length, top, palette)}`;
}

function isolationText({ isolation }: CoverageSummary, palette: Palette, top: number): string {
  if (isolation.length === 0) return '';
  const rows = isolation
    .slice(0, top)
    .map((one): Cell[] => [one.policy, one.direction, ...hitCells(one), lineOf(one.at)]);
  const heads = [{ title: 'DROPPED AS NOT ALLOWED BY' }, { title: 'DIRECTION' }, ...HITS, { title: 'WHERE' }];
  return `${columns(heads, rows, palette.heading)}${more(isolation.length, top, palette)}`;
}

function hitCells({ packets, bytes, connections, first, last }: Hits): string[] {
  const amounts = [packets, bytes, connections].map((value) => (value === null ? '-' : count(value)));
  return [...amounts, ...[first, last].map((time) => (time === null ? '-' : utc(time)))];
}

function statusCell(rule: RuleCoverage, palette: Palette): Cell {
  const { status, packets, by } = rule;
  if (status === 'needed')
    return packets === 0 ? { text: 'never hit', mark: palette.undetermined } : packets === null ? '-' : 'hit';
  return { text: PROOFS[status](by), mark: palette.faint };
}

const PROOFS: Readonly<Record<Exclude<RuleStatus, 'needed'>, (by: readonly Decider[]) => string>> = {
  redundant: (by) => (by.length === 0 ? 'redundant' : `redundant: else ${deciders(by)}`),
  shadowed: (by) => `shadowed by ${deciders(by)}`,
  'matches-nothing': () => 'matches nothing',
  'selects-nobody': () => 'selects nobody',
  log: () => 'log',
  unproved: () => 'unproved',
};

const deciders = (by: readonly Decider[]): string =>
  named(by.map(({ what, at }) => (at === null ? what : `${what} (${lineOf(at)})`)));

/** How far the answer reaches. */
function reachText(coverage: CoverageSummary, palette: Palette): string {
  const { workloads, containerPorts, servicePorts, hours, weekdays, time } = coverage;
  const timed = hours.some((packets) => packets > 0);
  const lines = [
    ['workloads with policies', seenText(workloads)],
    ['container ports', seenText(containerPorts)],
    ['Service ports', seenText(servicePorts)],
    ['hours of the day, UTC', timed ? `${hitAmong(hours)} of 24: ${hoursText(hours)}` : 'unknown'],
    [
      'days of the week',
      timed ? `${hitAmong(weekdays)} of 7: ${DAYS.filter((_, day) => weekdays[day]! > 0).join(', ')}` : 'unknown',
    ],
    ['time', time.first === null || time.last === null ? 'unknown' : `${utc(time.first)} to ${utc(time.last)}`],
  ];
  return columns(
    [{ title: 'WHAT THE TRAFFIC SHOWED' }, { title: '' }],
    lines.map(([what, text]) => [what!, text!]),
    palette.heading,
  );
}

const hitAmong = (packets: readonly number[]): number => packets.filter((one) => one > 0).length;

/** `01, 08-17` */
function hoursText(hours: readonly number[]): string {
  const two = (hour: number): string => String(hour).padStart(2, '0');
  const runs: [number, number][] = [];
  hours.forEach((packets, hour) => {
    if (packets === 0) return;
    if (runs.at(-1)?.[1] === hour - 1) runs.at(-1)![1] = hour;
    else runs.push([hour, hour]);
  });
  return runs.map(([first, last]) => (first === last ? two(first) : `${two(first)}-${two(last)}`)).join(', ');
}

function seenText({ total, seen, unseen }: Seen): string {
  if (total === 0) return 'none';
  return `${count(seen)} of ${count(total)}${unseen.length === 0 ? '' : `; never: ${named(unseen)}`}`;
}
