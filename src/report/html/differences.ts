import { type Cause, causesOf } from '../diff/causes.ts';
import { answer, CHANGE_TITLES, notExercised, placesOfSide } from '../diff/sentences.ts';
import type { DiffSummary } from '../diff/words.ts';
import { count, counted } from '../numbers.ts';
import { lineOf } from '../places.ts';
import { conversationTable } from './conversations.ts';
import { type Excerpts, excerptsOf } from './excerpts.ts';
import { type Html, html, NOTHING } from './markup.ts';
import { number, table, text, verdictWord } from './table.ts';

const MOST_PLACES = 2;

/** What the proposed policies change: the answer, the sums, then each story with the lines on both sides. */
export function differences(summary: DiffSummary, excerpts: Excerpts, top: number): Html {
  const causes = causesOf(summary.conversations, () => '');
  return html`<p class="answer">${capital(answer(summary))}.</p>
<p class="aside"><code>${summary.old.name}</code> against <code>${summary.new.name}</code>, on the same packets.</p>
${totals(summary)}${causes.slice(0, top).map((cause) => causeOf(cause, excerpts, top))}${causes.length > top ? html`<p class="more">and ${counted(causes.length - top, 'more story', 'more stories')}</p>` : NOTHING}${untried(summary, top)}`;
}

const capital = (sentence: string): string => `${sentence[0]!.toUpperCase()}${sentence.slice(1)}`;

const totals = ({ changes }: DiffSummary): Html =>
  table({
    caption: 'Packets by what becomes of them under the new policies',
    fixed: true,
    columns: [text('Change'), ...['Conversations', 'Connections', 'Packets', 'Bytes', 'Workloads'].map(number)],
    rows: changes.map(({ change, conversations, connections, packets, bytes, workloads }) => [
      CHANGE_TITLES[change],
      ...[conversations, connections, packets, bytes, workloads].map(count),
    ]),
  });

function causeOf({ change, was, now, conversations }: Cause, excerpts: Excerpts, top: number): Html {
  const { old, new: next } = conversations[0]!;
  const before = placesOfSide(old, next, old);
  const after = placesOfSide(old, next, next);
  const title = capital(CHANGE_TITLES[change]);
  const body = html`<dl class="sides">
<div><dt>was ${verdictWord(old.verdict)}</dt><dd>${was.join('; ')}${excerptsOf(before, excerpts, MOST_PLACES)}</dd></div>
<div><dt>now ${verdictWord(next.verdict)}</dt><dd>${now.join('; ')}${excerptsOf(after, excerpts, MOST_PLACES)}</dd></div>
</dl>
${conversationTable(`${title}: ${now.join('; ')}`, conversations, top)}`;
  const head = html`<h3>${title}: ${counted(conversations.length, 'conversation')}</h3>`;
  // Another rule with the same verdict is no finding: it is folded away.
  return change === 'other-rule'
    ? html`<article class="cause"><details><summary>${head}</summary>${body}</details></article>
`
    : html`<article class="cause">${head}${body}</article>
`;
}

function untried(summary: DiffSummary, top: number): Html {
  const changes = notExercised(summary);
  if (changes.length === 0) return NOTHING;
  const place = (at: string | null): string => (at === null ? '' : lineOf(at));
  return html`<h3>Not exercised</h3>
<p class="aside">No packet was decided by these, or isolated: the traffic says nothing of their change.</p>
${table({
  caption: 'Changes that the traffic did not try',
  columns: ['Policy', 'Kind', 'Change', 'Old', 'New'].map(text),
  rows: changes.slice(0, top).map((one) => [one.policy, one.kind, one.change, place(one.old), place(one.new)]),
  more: Math.max(0, changes.length - top),
})}`;
}
