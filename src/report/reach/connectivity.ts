import type { Connectivity } from '../../verdict/reach.ts';
import { columns } from '../columns.ts';
import { plain, toJson } from '../escape.ts';
import { count, counted } from '../numbers.ts';
import { type Palette, PLAIN } from '../palette.ts';
import { EndTexts, trafficText } from './flows.ts';

export const connectivityJson = (connectivity: Connectivity): string => `${toJson(connectivity, 2)}\n`;

/** What is open, for people: a line for each destination, who may connect to it, and how. */
export function connectivityText(connectivity: Connectivity, palette: Palette = PLAIN, top: number): string {
  const { open, workloads, policies, rules, from, to, notes } = connectivity;
  const ends = new EndTexts(workloads);
  const asked = [from === null ? '' : ` from ${from}`, to === null ? '' : ` to ${to}`].join('');
  const rows = open
    .slice(0, top)
    .map((line) => [
      ends.of(line.to),
      ends.of(line.from),
      line.verdict === 'undetermined'
        ? { text: `${trafficText(line.traffic)} (undetermined)`, mark: palette.undetermined }
        : trafficText(line.traffic),
    ]);
  const heads = ['TO', 'FROM', 'TRAFFIC'].map((title) => ({ title }));
  return [
    `${palette.heading(plain(`What is open${asked}, by ${counted(policies, 'policy', 'policies')} with ${counted(rules, 'rule')}, among ${counted(workloads.length, 'workload')} and all other addresses`))}\n\n`,
    open.length === 0 ? 'nothing\n' : columns(heads, rows, palette.heading),
    more(open.length, top, palette),
    '\n',
    ...notes.map((note) => `note: ${plain(note)}\n`),
  ].join('');
}

/** How many lines were left out. */
export const more = (lines: number, top: number, palette: Palette): string =>
  lines <= top ? '' : palette.faint(`and ${count(lines - top)} more (--top ${lines} shows all)\n`);
