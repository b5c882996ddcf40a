import type { ChangeWord } from '../../verdict/differences.ts';
import { type Cell, type Column, columns } from '../columns.ts';
import { endText } from '../ends.ts';
import { plain } from '../escape.ts';
import { count, counted, utc } from '../numbers.ts';
import { type Mark, type Palette, PLAIN } from '../palette.ts';
import { lineOf } from '../places.ts';
import { serviceOf } from '../summary.ts';
import { type Cause, causesOf } from './causes.ts';
import { answer, CHANGE_TITLES, notExercised } from './sentences.ts';
import type { BudgetWords, DiffSummary, PolicyChangeWords, SideSummary } from './words.ts';

const written = (at: string): string => ` (${lineOf(at)})`;
const number = (title: string): Column => ({ title, right: true });

/** The comparison for people: the answer, the numbers, then who and why, with the places on both sides. */
export function diffText(summary: DiffSummary, palette: Palette = PLAIN, top: number): string {
  const sections = [
    `${palette.heading(plain(answer(summary)))}\n`,
    assumed(summary),
    totals(summary, palette),
    ...causesOf(summary.conversations, written).map((cause) => causeText(cause, palette, top)),
    untried(notExercised(summary), palette, top),
    summary.budget === null ? '' : budgetText(summary.budget, palette, top),
    summary.notes.map((note) => `note: ${plain(note)}\n`).join(''),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

function assumed({ old, new: next, enforcement, time, interrupted }: DiffSummary): string {
  const side = ({ name, policies, rules, endpoints }: SideSummary): string =>
    `${name}: ${counted(policies, 'policy', 'policies')}, ${counted(rules, 'rule')}, ${counted(endpoints, 'endpoint')}`;
  const tracked = `tracked; packets in mid-stream: ${enforcement.midstream}`;
  const lines = [
    ['Old:', side(old)],
    ['New:', side(next)],
    ['Connections:', enforcement.track ? tracked : 'not tracked, every packet judged alone in its own direction'],
  ];
  if (enforcement.rolloutAt !== undefined)
    lines.push(['Rollout:', `at ${utc(enforcement.rolloutAt)}; connections that are open then go on as they were`]);
  if (time.first !== null && time.last !== null) lines.push(['Time:', `${utc(time.first)} to ${utc(time.last)}`]);
  if (interrupted) lines.push(['Interrupted:', 'the numbers cover what was read so far']);
  return lines.map(([key, value]) => `${key!.padEnd(14)}${plain(value!)}\n`).join('');
}

function totals({ changes, total }: DiffSummary, palette: Palette): string {
  const rows = changes.map((change): Cell[] => {
    const title = CHANGE_TITLES[change.change];
    const numbers = [change.conversations, change.connections, change.packets, change.bytes, change.workloads];
    return [
      change.packets > 0 ? { text: title, mark: markOf(change.change, palette) } : title,
      ...numbers.map((value) => count(value)),
    ];
  });
  rows.push(['total', '', count(total.connections), count(total.packets), count(total.bytes), '']);
  const heads = ['CONVERSATIONS', 'CONNECTIONS', 'PACKETS', 'BYTES', 'WORKLOADS'].map(number);
  return columns([{ title: 'CHANGE' }, ...heads], rows, palette.heading);
}

function markOf(change: ChangeWord, palette: Palette): Mark {
  if (change === 'newly-dropped') return palette.dropped;
  if (change === 'newly-forwarded') return palette.forwarded;
  return change === 'undetermined' ? palette.undetermined : palette.faint;
}

function causeText({ change, was, now, conversations }: Cause, palette: Palette, top: number): string {
  const { old, new: next } = conversations[0]!;
  const said = (when: string, verdict: 'forwarded' | 'dropped' | 'undetermined', says: readonly string[]): string =>
    `  ${when}  ${palette[verdict](verdict.padEnd(12))} ${plain(says.join('; '))}\n`;
  const allowed = conversations.some(({ allowedBy }) => allowedBy !== null);
  const rows = conversations
    .slice(0, top)
    .map((one) => [
      endText(one.from),
      endText(one.to),
      serviceOf(one),
      count(one.packets),
      count(one.connections),
      ...(allowed ? [one.allowedBy === null ? '-' : lineOf(one.allowedBy)] : []),
    ]);
  const heads = [{ title: 'FROM' }, { title: 'TO' }, { title: 'PORT' }, number('PACKETS'), number('CONNECTIONS')];
  const table = columns([...heads, ...(allowed ? [{ title: 'ALLOWED BY' }] : [])], rows, palette.heading);
  return [
    `${palette.heading(CHANGE_TITLES[change].toUpperCase())}: ${counted(conversations.length, 'conversation')}\n`,
    said('was', old.verdict, was),
    said('now', next.verdict, now),
    table.replace(/^/gm, '  ').trimEnd(),
    '\n',
    leftOut(conversations.length, top, 'conversation', palette),
  ].join('');
}

const placeOf = (at: string | null): string => (at === null ? '-' : lineOf(at));

function untried(changes: readonly PolicyChangeWords[], palette: Palette, top: number): string {
  if (changes.length === 0) return '';
  const rows = changes
    .slice(0, top)
    .map((one) => [one.policy, one.kind, one.change, placeOf(one.old), placeOf(one.new)]);
  const heads = ['NOT EXERCISED', 'KIND', 'CHANGE', 'OLD', 'NEW'].map((title) => ({ title }));
  return (
    columns(heads, rows, palette.heading) +
    leftOut(changes.length, top, 'policy', palette, 'policies') +
    palette.faint('no packet was decided by these, or isolated: the traffic says nothing of their change\n')
  );
}

function budgetText({ file, kept, exceeded, unused }: BudgetWords, palette: Palette, top: number): string {
  const head = kept ? palette.forwarded('kept') : palette.dropped('exceeded');
  const lines = exceeded.slice(0, top).map((sentence) => `  ${plain(sentence)}\n`);
  const idle = unused.map((at) => palette.faint(`  ${plain(lineOf(at))} allowed nothing: it can go\n`));
  return `${palette.heading('BUDGET')} ${plain(file)}: ${head}\n${lines.join('')}${leftOut(exceeded.length, top, 'line', palette)}${idle.join('')}`;
}

const leftOut = (all: number, top: number, noun: string, palette: Palette, plural = `${noun}s`): string =>
  all <= top
    ? ''
    : palette.faint(`and ${counted(all - top, `more ${noun}`, `more ${plural}`)} (--top ${all} shows all)\n`);
