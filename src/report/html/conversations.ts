import type { ConversationWords } from '../conversations.ts';
import { type End, endText } from '../ends.ts';
import { count, counted } from '../numbers.ts';
import { type Summary, serviceOf } from '../summary.ts';
import { whyDropped } from '../why.ts';
import { type Excerpts, excerptsOf } from './excerpts.ts';
import { type Html, html, type Part } from './markup.ts';
import { type Column, number, table, text } from './table.ts';

/** Places of one cause whose lines are shown. */
const MOST_PLACES = 3;

/** Conversations that one rule, or the policies of one end, dropped. */
type Cause = { readonly why: string; readonly places: readonly string[]; readonly conversations: ConversationWords[] };

/** What was dropped, by what dropped it: most packets first, each with the lines of its rule. */
export function drops({ dropped }: Summary, excerpts: Excerpts, top: number): Html {
  if (dropped.length === 0) return html`<p>Nothing was dropped.</p>`;
  const causes = causesOf(dropped).sort((a, b) => packetsOf(b) - packetsOf(a));
  return html`${causes.slice(0, top).map(
    ({ why, places, conversations }) => html`<article class="cause">
<h3>${why}</h3>
<p class="aside">${amounts(conversations)}</p>
<details open><summary>The lines that decided</summary>${excerptsOf(places, excerpts, MOST_PLACES)}</details>
${conversationTable(`Conversations dropped: ${why}`, conversations, top)}</article>
`,
  )}${causes.length > top ? html`<p class="more">and ${counted(causes.length - top, 'more cause')}</p>` : null}`;
}

function causesOf(dropped: readonly ConversationWords[]): Cause[] {
  const causes = new Map<string, Cause>();
  for (const one of dropped) {
    const why = whyDropped(one);
    const places = (['egress', 'ingress'] as const)
      .filter((direction) => one[direction].action === 'deny')
      .flatMap((direction) => placesOf(one[direction]));
    const key = JSON.stringify([why, places]);
    const known = causes.get(key);
    if (known === undefined) causes.set(key, { why, places, conversations: [one] });
    else known.conversations.push(one);
  }
  return [...causes.values()];
}

const placesOf = ({ at, isolatedAt }: ConversationWords['egress']): string[] =>
  at === null ? (isolatedAt ?? []).map((place) => place.at) : [at];

const packetsOf = ({ conversations }: Cause): number => conversations.reduce((sum, { packets }) => sum + packets, 0);

function amounts(conversations: readonly ConversationWords[]): string {
  const of = (key: 'packets' | 'connections'): number => conversations.reduce((sum, one) => sum + one[key], 0);
  return [
    counted(of('packets'), 'packet'),
    counted(of('connections'), 'connection'),
    counted(conversations.length, 'conversation'),
  ].join(' · ');
}

/** What the table of conversations needs of one. */
type Row = Pick<
  ConversationWords,
  'from' | 'to' | 'proto' | 'dport' | 'icmpType' | 'packets' | 'connections' | 'bytes'
>;

const HEADS = [
  text('From'),
  text('To'),
  text('Port'),
  number('Packets'),
  number('Connections'),
  number('Bytes'),
] as const;

export function conversationTable<One extends Row>(
  caption: string,
  conversations: readonly One[],
  top: number,
  last?: { readonly column: Column; readonly of: (one: One) => Part },
): Html {
  return table({
    caption,
    columns: [...HEADS, ...(last === undefined ? [] : [last.column])],
    rows: conversations
      .slice(0, top)
      .map((one) => [
        end(one.from),
        end(one.to),
        serviceOf(one),
        one.packets,
        one.connections,
        one.bytes,
        ...(last === undefined ? [] : [last.of(one)]),
      ]),
    more: Math.max(0, conversations.length - top),
  });
}

/** Who it is; the address beside a name. */
const end = (one: End): Html =>
  one.name === null ? html`${endText(one)}` : html`${one.name} <span class="address">${one.address}</span>`;

/** What could not be judged, and why. */
export const undetermined = ({ undetermined: all }: Summary, top: number): Html =>
  conversationTable(`Conversations that could not be judged: ${count(all.length)}`, all, top, {
    column: text('Reason'),
    of: ({ reasons }) => reasons.join(', '),
  });
