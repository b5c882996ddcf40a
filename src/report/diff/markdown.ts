import { endText } from '../ends.ts';
import { markdown, markdownCode } from '../escape.ts';
import { count, counted } from '../numbers.ts';
import { lineOf } from '../places.ts';
import { serviceOf } from '../summary.ts';
import { type Cause, causesOf } from './causes.ts';
import { answer, CHANGE_TITLES, notExercised } from './sentences.ts';
import type { BudgetWords, DiffSummary, PolicyChangeWords } from './words.ts';

const written = (at: string): string => ` (${lineOf(at)})`;

/** The comparison as a comment on a pull request: the answer on top, what differs folded open, the rest folded away. */
export function diffMarkdown(summary: DiffSummary, top: number): string {
  const { old, new: next, rows, inputs, notes, budget, interrupted } = summary;
  const sections = [
    `### ${headline(summary)}`,
    `${code(old.name)} against ${code(next.name)} on ${counted(rows, 'packet or record', 'packets and records')} of ${inputs.map(({ file }) => code(file)).join(', ')}${interrupted ? ' (interrupted: the numbers cover what was read so far)' : ''}`,
    budget === null ? '' : budgetMarkdown(budget, top),
    totals(summary),
    ...causesOf(summary.conversations, written).map((cause) => causeMarkdown(cause, top)),
    untried(notExercised(summary), top),
    notes.map((note) => `> ${markdown(note)}`).join('\n>\n'),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function headline(summary: DiffSummary): string {
  const text = markdown(answer(summary));
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}

const code = (text: string): string => markdownCode(text, false);
const cell = (text: string): string => (text === '' ? '' : markdownCode(text, true));

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map((head) => (NUMBERS.has(head) ? '--:' : '---')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

const NUMBERS: ReadonlySet<string> = new Set(['Conversations', 'Connections', 'Packets', 'Bytes', 'Workloads']);

function totals({ changes }: DiffSummary): string {
  const rows = changes.map(({ change, conversations, connections, packets, bytes, workloads }) => [
    CHANGE_TITLES[change],
    ...[conversations, connections, packets, bytes, workloads].map(count),
  ]);
  return table(['Change', 'Conversations', 'Connections', 'Packets', 'Bytes', 'Workloads'], rows);
}

function causeMarkdown({ change, was, now, conversations }: Cause, top: number): string {
  const { old, new: next } = conversations[0]!;
  const hasBudget = conversations.some(({ allowedBy }) => allowedBy !== null);
  const rows = conversations
    .slice(0, top)
    .map((one) => [
      cell(endText(one.from)),
      cell(endText(one.to)),
      serviceOf(one),
      count(one.packets),
      count(one.connections),
      ...(hasBudget ? [one.allowedBy === null ? 'no' : cell(lineOf(one.allowedBy))] : []),
    ]);
  const title = CHANGE_TITLES[change];
  return [
    `<details${change === 'other-rule' ? '' : ' open'}><summary><b>${title[0]!.toUpperCase()}${title.slice(1)}</b>: ${counted(conversations.length, 'conversation')}</summary>`,
    '',
    `- was ${old.verdict}: ${code(was.join('; '))}`,
    `- now ${next.verdict}: ${code(now.join('; '))}`,
    '',
    table(['From', 'To', 'Port', 'Packets', 'Connections', ...(hasBudget ? ['Allowed by'] : [])], rows),
    ...leftOut(conversations.length, top),
    '',
    '</details>',
  ].join('\n');
}

function untried(changes: readonly PolicyChangeWords[], top: number): string {
  if (changes.length === 0) return '';
  const place = (at: string | null): string => (at === null ? '' : cell(lineOf(at)));
  const rows = changes
    .slice(0, top)
    .map((one) => [cell(`${one.kind} ${one.policy}`), one.change, place(one.old), place(one.new)]);
  return [
    '**Not exercised**: the traffic says nothing of these changes, no packet was decided by them or isolated.',
    '',
    table(['Policy', 'Change', 'Old', 'New'], rows),
    ...leftOut(changes.length, top),
  ].join('\n');
}

function budgetMarkdown({ file, kept, exceeded, unused }: BudgetWords, top: number): string {
  const lines = [
    ...exceeded.slice(0, top).map((sentence) => `- ${markdown(sentence)}`),
    ...unused.map((at) => `- ${code(lineOf(at))} allowed nothing: it can go`),
  ];
  const more = exceeded.length > top ? [`- and ${count(exceeded.length - top)} more`] : [];
  return [
    `**Budget** ${code(file)}: ${kept ? 'kept' : '**exceeded**'}`,
    ...(lines.length + more.length > 0 ? ['', ...lines, ...more] : []),
  ].join('\n');
}

const leftOut = (all: number, top: number): string[] => (all <= top ? [] : ['', `and ${count(all - top)} more`]);
