import { admissionWords } from './admission-words.ts';
import type { Cell, Column } from './columns.ts';
import { endWords } from './comment.ts';
import type { ConversationWords } from './conversations.ts';
import { type End, endText } from './ends.ts';
import type { Hit } from './hits.ts';
import { notesOf } from './notes.ts';
import { count, counted, percent, utc } from './numbers.ts';
import { type Palette, PLAIN } from './palette.ts';
import { placesBelow, placesOf, sharedFolder } from './places.ts';
import { REASON_WORDS } from './reason-words.ts';
import { recordedText } from './recorded.ts';
import { type Style, textStyle } from './style.ts';
import { type ReasonAmount, type Summary, serviceOf } from './summary.ts';
import { whyDropped, whyUndetermined } from './why.ts';

/** How many lines each list of the summary has, unless `--top` says another number. */
export const DEFAULT_TOP = 10;

/** The summary for people: sections of whitespace-separated columns, each under its heading. */
export const summaryText = (summary: Summary, palette: Palette = PLAIN, top: number = DEFAULT_TOP): string =>
  summaryIn(summary, textStyle(palette), top);

/** The same in any style. */
export function summaryIn(summary: Summary, style: Style, top: number): string {
  const sections = [
    assumed(summary, style),
    inputs(summary, style, top),
    verdicts(summary, style),
    filtered(summary, style),
    reasons(summary, style),
    dropped(summary, style, top),
    undetermined(summary, style, top),
    hits(summary, style, top),
    recordedText(summary.recorded, style),
    notesOf(summary)
      .map((note) => style.line(`note: ${note}`))
      .join(''),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

/** What the numbers rest on. */
function assumed(
  { enforcement, policies, rules, endpoints, hostEndpoints, time, interrupted }: Summary,
  style: Style,
): string {
  const { dataplane, dataplaneVersion, switches, changed, track, midstream, maxConnections } = enforcement;
  const otherwise = changed.map((name) => `${name}=${switches[name]}`).join(', ');
  const version = dataplaneVersion === null ? '' : ` (${dataplaneVersion})`;
  const lines: [string, string][] = [
    [
      'Enforcement:',
      `${dataplane}${version}${otherwise && ` with ${otherwise}`}, ${switches.policies === 'ignore' ? 'no policy in force' : 'every policy in force from the first packet on'}`,
    ],
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
  if (enforcement.admission !== undefined) lines.push(['Admission:', admissionWords(enforcement.admission)]);
  if (time.first !== null && time.last !== null) lines.push(['Time:', `${utc(time.first)} to ${utc(time.last)}`]);
  if (interrupted) lines.push(['Interrupted:', 'the numbers cover what was read so far']);
  return style.keys(lines);
}

function inputs({ inputs }: Summary, style: Style, top: number): string {
  const losses = [
    ['NOT IP', (i: Summary['inputs'][number]) => i.notIp],
    ['UNDECODABLE', (i: Summary['inputs'][number]) => i.undecodable],
    ['REJECTED', (i: Summary['inputs'][number]) => i.rejected],
    ['SKIPPED', (i: Summary['inputs'][number]) => i.skipped],
    ['UNREAD LINK', (i: Summary['inputs'][number]) => i.unreadLink],
  ] as const;
  // The first two are always told; the others only concern some formats.
  const shown = losses.filter(([, of], i) => i < 2 || inputs.some((input) => of(input) > 0));
  const table = style.table(
    [
      { title: 'INPUT' },
      { title: 'FORMAT' },
      number('RECORDS'),
      number('JUDGED'),
      ...shown.map(([title]) => number(title)),
      { title: 'READ TO' },
    ],
    inputs
      .slice(0, top)
      .map((input) => [
        input.file,
        [input.format, ...input.compressions].join(', '),
        count(input.records),
        count(input.rows),
        ...shown.map(([, of]) => count(of(input))),
        input.fault === null ? 'its end' : { text: `byte ${input.fault.offset}`, mark: style.palette.dropped },
      ]),
  );
  return table + leftOut(inputs.length, top, 'input', style);
}

function verdicts({ verdicts, total }: Summary, style: Style): string {
  const words = ['forwarded', 'dropped', 'undetermined'] as const;
  const rows = words.map((word): Cell[] => {
    const { packets, bytes, connections } = verdicts[word];
    return [
      packets > 0 ? { text: word, mark: style.palette[word] } : word,
      count(packets),
      percent(packets, total.packets),
      count(bytes),
      percent(bytes, total.bytes),
      count(connections),
      percent(connections, total.connections),
    ];
  });
  rows.push(['total', count(total.packets), '', count(total.bytes), '', count(total.connections), '']);
  return style.table(
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
  );
}

/** What a filter leaves of the totals above it. */
function filtered({ filter, total }: Summary, style: Style): string {
  if (filter === null) return '';
  const packets = `${count(filter.total.packets)} of ${counted(total.packets, 'packet')}`;
  const connections = `${count(filter.total.connections)} of ${counted(total.connections, 'connection')}`;
  return style.line(`Filter: ${filter.conditions.join(', ')}. What follows is of ${packets}, ${connections}`);
}

const reasons = ({ reasons }: Summary, style: Style): string =>
  reasons.length === 0 ? '' : reasonColumns('REASON', reasons, style);

const reasonColumns = (title: string, amounts: readonly ReasonAmount[], style: Style): string =>
  style.table(
    [{ title }, number('PACKETS'), number('CONNECTIONS'), { title: 'MEANING' }],
    amounts.map(({ reason, packets, connections }) => [
      reason,
      count(packets),
      count(connections),
      { text: REASON_WORDS[reason], mark: style.palette.faint },
    ]),
  );

const dropped = ({ dropped }: Summary, style: Style, top: number): string =>
  dropped.length === 0 ? '' : conversations('DROPPED FROM', dropped, 'WHY', whyDropped, style, top);

function undetermined({ undetermined, undeterminedBy }: Summary, style: Style, top: number): string {
  if (undetermined.length === 0) return '';
  return [
    reasonColumns('NOT JUDGED', undeterminedBy, style),
    conversations('NOT JUDGED FROM', undetermined, 'REASON', whyUndetermined, style, top),
  ].join('\n');
}

function conversations(
  title: string,
  all: readonly ConversationWords[],
  lastTitle: string,
  last: (conversation: ConversationWords) => string,
  style: Style,
  top: number,
): string {
  const { wide } = style;
  const address = ({ name, address }: End): string[] => (wide ? [name === null ? '-' : address] : []);
  const rows = all
    .slice(0, top)
    .map((c) => [
      endText(c.from),
      ...address(c.from),
      endText(c.to),
      ...address(c.to),
      serviceOf(c),
      count(c.packets),
      ...(wide ? [count(c.bytes)] : []),
      count(c.connections),
      last(c),
      ...(wide
        ? [c.reasons.join(', '), endWords(c.egress), endWords(c.ingress), c.host === null ? '-' : endWords(c.host)]
        : []),
    ]);
  const at = wide ? [{ title: 'ADDRESS' }] : [];
  const heads = [
    { title },
    ...at,
    { title: 'TO' },
    ...at,
    { title: 'PORT' },
    number('PACKETS'),
    ...(wide ? [number('BYTES')] : []),
    number('CONNECTIONS'),
    { title: lastTitle },
    ...(wide ? [{ title: 'REASONS' }, { title: 'EGRESS' }, { title: 'INGRESS' }, { title: 'HOST' }] : []),
  ];
  return style.table(heads, rows) + leftOut(all.length, top, 'conversation', style);
}

function hits({ hits, rules, filter }: Summary, style: Style, top: number): string {
  if (hits.length === 0) return '';
  const shown = hits.slice(0, top);
  const folder = sharedFolder(shown.flatMap(placesOf));
  // Most clusters have policies of one kind alone, and then the kind says nothing.
  const kinds = new Set(hits.flatMap(({ kind }) => kind ?? []));
  const showsKind = style.wide || kinds.size > 1;
  const rows = shown.map((hit): Cell[] => [
    hitName(hit),
    ...(showsKind ? [hit.kind ?? '-'] : []),
    ...(style.wide ? [hit.tier ?? '-'] : []),
    hit.direction ?? '-',
    hit.rule === null ? hitRule(hit) : String(hit.rule),
    { text: hit.action ?? '-', mark: hit.action === 'deny' ? style.palette.dropped : style.palette.forwarded },
    count(hit.packets),
    count(hit.connections),
    placesBelow(folder, placesOf(hit)),
  ]);
  const heads = [
    'POLICY',
    ...(showsKind ? ['KIND'] : []),
    ...(style.wide ? ['TIER'] : []),
    'DIRECTION',
    'RULE',
    'ACTION',
  ];
  const at = folder === '' ? 'AT' : `AT, IN ${folder}`;
  const table = style.table(
    [...heads.map((title) => ({ title })), number('PACKETS'), number('CONNECTIONS'), { title: at }],
    rows,
  );
  const hitRules = hits.filter((hit) => hit.rule !== null).length;
  const share = `rules hit: ${count(hitRules)} of ${count(rules)}`;
  return table + leftOut(hits.length, top, 'line', style) + (filter === null ? style.aside(share) : '');
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

const leftOut = (all: number, top: number, noun: string, style: Style): string =>
  all <= top ? '' : style.aside(`and ${counted(all - top, `more ${noun}`)} (--top ${all} shows all)`);

function number(title: string): Column {
  return { title, right: true };
}
