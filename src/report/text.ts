import { type Cell, type Column, columns } from './columns.ts';
import type { ConversationWords } from './conversations.ts';
import { endText } from './ends.ts';
import { plain } from './escape.ts';
import type { Hit } from './hits.ts';
import { notesOf } from './notes.ts';
import { count, counted, percent, utc } from './numbers.ts';
import { type Palette, PLAIN } from './palette.ts';
import { placesBelow, placesOf, sharedFolder } from './places.ts';
import { REASON_WORDS } from './reason-words.ts';
import { type ReasonAmount, type Summary, serviceOf } from './summary.ts';
import { whyDropped } from './why.ts';

/** How many lines each list of the summary has, unless `--top` says another number. */
export const DEFAULT_TOP = 10;

/** The summary for people: sections of whitespace-separated columns, each under its heading. */
export function summaryText(summary: Summary, palette: Palette = PLAIN, top: number = DEFAULT_TOP): string {
  const sections = [
    assumed(summary),
    inputs(summary, palette),
    verdicts(summary, palette),
    reasons(summary, palette),
    dropped(summary, palette, top),
    undetermined(summary, palette, top),
    hits(summary, palette, top),
    notesOf(summary)
      .map((note) => `note: ${plain(note)}\n`)
      .join(''),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

/** What the numbers rest on. */
function assumed({ enforcement, policies, rules, endpoints, hostEndpoints, time, interrupted }: Summary): string {
  const { dataplane, track, midstream, maxConnections } = enforcement;
  const lines = [
    ['Enforcement:', `${dataplane}, every policy in force from the first packet on`],
    [
      'Connections:',
      track
        ? `tracked, at most ${count(maxConnections)} at once; packets in mid-stream: ${midstream}`
        : 'not tracked, every packet judged alone in its own direction',
    ],
    [
      'Policies:',
      `${counted(policies, 'policy', 'policies')}, ${counted(rules, 'rule')}, ${counted(endpoints, 'endpoint')}${hostEndpoints === 0 ? '' : `, ${counted(hostEndpoints, 'host endpoint')}`}`,
    ],
  ];
  if (time.first !== null && time.last !== null) lines.push(['Time:', `${utc(time.first)} to ${utc(time.last)}`]);
  if (interrupted) lines.push(['Interrupted:', 'the numbers cover what was read so far']);
  return lines.map(([key, value]) => `${key!.padEnd(14)}${plain(value!)}\n`).join('');
}

function inputs({ inputs }: Summary, palette: Palette): string {
  const losses = [
    ['NOT IP', (i: Summary['inputs'][number]) => i.notIp],
    ['UNDECODABLE', (i: Summary['inputs'][number]) => i.undecodable],
    ['REJECTED', (i: Summary['inputs'][number]) => i.rejected],
    ['SKIPPED', (i: Summary['inputs'][number]) => i.skipped],
    ['UNREAD LINK', (i: Summary['inputs'][number]) => i.unreadLink],
  ] as const;
  // The first two are always told; the others only concern some formats.
  const shown = losses.filter(([, of], i) => i < 2 || inputs.some((input) => of(input) > 0));
  return columns(
    [
      { title: 'INPUT' },
      { title: 'FORMAT' },
      number('RECORDS'),
      number('JUDGED'),
      ...shown.map(([title]) => number(title)),
      { title: 'READ TO' },
    ],
    inputs.map((input) => [
      input.file,
      input.format,
      count(input.records),
      count(input.rows),
      ...shown.map(([, of]) => count(of(input))),
      input.fault === null ? 'its end' : { text: `byte ${input.fault.offset}`, mark: palette.dropped },
    ]),
    palette.heading,
  );
}

function verdicts({ verdicts, total }: Summary, palette: Palette): string {
  const words = ['forwarded', 'dropped', 'undetermined'] as const;
  const rows = words.map((word): Cell[] => {
    const { packets, bytes, connections } = verdicts[word];
    return [
      packets > 0 ? { text: word, mark: palette[word] } : word,
      count(packets),
      percent(packets, total.packets),
      count(bytes),
      percent(bytes, total.bytes),
      count(connections),
      percent(connections, total.connections),
    ];
  });
  rows.push(['total', count(total.packets), '', count(total.bytes), '', count(total.connections), '']);
  return columns(
    [
      { title: 'VERDICT' },
      number('PACKETS'),
      number('%'),
      number('BYTES'),
      number('%'),
      number('CONNECTIONS'),
      number('%'),
    ],
    rows,
    palette.heading,
  );
}

const reasons = ({ reasons }: Summary, palette: Palette): string =>
  reasons.length === 0 ? '' : reasonColumns('REASON', reasons, palette);

const reasonColumns = (title: string, amounts: readonly ReasonAmount[], palette: Palette): string =>
  columns(
    [{ title }, number('PACKETS'), number('CONNECTIONS'), { title: 'MEANING' }],
    amounts.map(({ reason, packets, connections }) => [
      reason,
      count(packets),
      count(connections),
      { text: REASON_WORDS[reason], mark: palette.faint },
    ]),
    palette.heading,
  );

const dropped = ({ dropped }: Summary, palette: Palette, top: number): string =>
  dropped.length === 0 ? '' : conversations('DROPPED FROM', dropped, 'WHY', whyDropped, palette, top);

function undetermined({ undetermined, undeterminedBy }: Summary, palette: Palette, top: number): string {
  if (undetermined.length === 0) return '';
  const why = (conversation: ConversationWords): string => conversation.reasons.join(', ');
  return [
    reasonColumns('NOT JUDGED', undeterminedBy, palette),
    conversations('NOT JUDGED FROM', undetermined, 'REASON', why, palette, top),
  ].join('\n');
}

function conversations(
  title: string,
  all: readonly ConversationWords[],
  lastTitle: string,
  last: (conversation: ConversationWords) => string,
  palette: Palette,
  top: number,
): string {
  const rows = all
    .slice(0, top)
    .map((c) => [endText(c.from), endText(c.to), serviceOf(c), count(c.packets), count(c.connections), last(c)]);
  const heads = [{ title }, { title: 'TO' }, { title: 'PORT' }, number('PACKETS'), number('CONNECTIONS')];
  return (
    columns([...heads, { title: lastTitle }], rows, palette.heading) + leftOut(all.length, top, 'conversation', palette)
  );
}

function hits({ hits, rules }: Summary, palette: Palette, top: number): string {
  if (hits.length === 0) return '';
  const shown = hits.slice(0, top);
  const folder = sharedFolder(shown.flatMap(placesOf));
  // Most clusters have policies of one kind alone, and then the kind says nothing.
  const kinds = new Set(hits.flatMap(({ kind }) => kind ?? []));
  const rows = shown.map((hit): Cell[] => [
    hitName(hit),
    ...(kinds.size > 1 ? [hit.kind ?? '-'] : []),
    hit.direction ?? '-',
    hit.rule === null ? hitRule(hit) : String(hit.rule),
    { text: hit.action ?? '-', mark: hit.action === 'deny' ? palette.dropped : palette.forwarded },
    count(hit.packets),
    count(hit.connections),
    placesBelow(folder, placesOf(hit)),
  ]);
  const heads = ['POLICY', ...(kinds.size > 1 ? ['KIND'] : []), 'DIRECTION', 'RULE', 'ACTION'];
  const at = folder === '' ? 'AT' : `AT, IN ${folder}`;
  const table = columns(
    [...heads.map((title) => ({ title })), number('PACKETS'), number('CONNECTIONS'), { title: at }],
    rows,
    palette.heading,
  );
  const hitRules = hits.filter((hit) => hit.rule !== null).length;
  const share = `rules hit: ${count(hitRules)} of ${count(rules)}\n`;
  return table + leftOut(hits.length, top, 'line', palette) + palette.faint(share);
}

/** At the end of a tier the policies that led there stand for it. */
function hitName({ policy, isolatedBy }: Hit): string {
  if (policy !== null) return policy;
  if (isolatedBy === null || isolatedBy.length === 0) return '-';
  const [first, ...others] = isolatedBy;
  return others.length === 0 ? first! : `${first} and ${others.length} more`;
}

/** No rule of theirs matched: the tier ended. Tier `default` is where Kubernetes' own policies are: no need to name it. */
const hitRule = ({ reason, tier }: Hit): string =>
  reason !== 'end-of-tier' ? reason : tier === 'default' ? 'none matched' : `none matched in tier ${tier}`;

const leftOut = (all: number, top: number, noun: string, palette: Palette): string =>
  all <= top ? '' : palette.faint(`and ${counted(all - top, `more ${noun}`)} (--top ${all} shows all)\n`);

function number(title: string): Column {
  return { title, right: true };
}
