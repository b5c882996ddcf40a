import type { ChangedFlows, StaticDiff } from '../../verdict/reach.ts';
import { columns } from '../columns.ts';
import { plain, toJson } from '../escape.ts';
import { counted } from '../numbers.ts';
import { type Palette, PLAIN } from '../palette.ts';
import { more } from './connectivity.ts';
import { EndTexts, trafficText } from './flows.ts';

export const staticDiffJson = (diff: StaticDiff): string => `${toJson(diff, 2)}\n`;

/** What opens and what closes, in the order in which a reviewer asks. */
const SECTIONS: readonly { readonly title: string; readonly has: (line: ChangedFlows) => boolean }[] = [
  { title: 'NEWLY DROPPED', has: (line) => line.new === 'dropped' },
  { title: 'NEWLY FORWARDED', has: (line) => line.new === 'forwarded' },
  { title: 'NEWLY UNDETERMINED', has: (line) => line.new === 'undetermined' },
];

/** One sentence that answers. */
export function staticAnswer({ changes, differs }: StaticDiff): string {
  if (!differs) return 'no packet would be judged differently';
  return SECTIONS.map(({ title, has }) => ({ title, lines: changes.filter(has).length }))
    .filter(({ lines }) => lines > 0)
    .map(({ title, lines }) => `${counted(lines, 'set')} of packets ${title.toLowerCase()}`)
    .join(', ');
}

export function staticDiffText(diff: StaticDiff, palette: Palette = PLAIN, top: number): string {
  const ends = new EndTexts(diff.workloads);
  const sections = SECTIONS.map(({ title, has }) => {
    const lines = diff.changes.filter(has);
    if (lines.length === 0) return '';
    const rows = lines
      .slice(0, top)
      .map((line) => [
        ends.of(line.from),
        ends.of(line.to),
        line.old === 'undetermined' ? `${trafficText(line.traffic)} (was undetermined)` : trafficText(line.traffic),
      ]);
    const heads = ['FROM', 'TO', 'TRAFFIC'].map((column) => ({ title: column }));
    return `${palette.heading(title)}\n${columns(heads, rows, palette.heading)}${more(lines.length, top, palette)}`;
  });
  return [
    `${palette.heading(plain(`${staticAnswer(diff)}: ${diff.old} against ${diff.new}`))}\n`,
    ...sections.filter((section) => section !== ''),
    diff.notes.map((note) => `note: ${plain(note)}\n`).join(''),
  ].join('\n');
}
