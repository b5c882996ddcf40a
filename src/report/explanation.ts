import type {
  Addressed,
  ChangeWords,
  DirectionWords,
  EndWords,
  Explanation,
  PolicyWords,
  RuleWords,
  TierWords,
  WayWords,
} from '../verdict/explanation.ts';
import type { FlagWord } from '../verdict/reasons.ts';
import { plain, toJson } from './escape.ts';
import { counted } from './numbers.ts';
import { type Palette, PLAIN } from './palette.ts';

/** Policies of a tier that are shown. */
const MOST_POLICIES = 8;
/** Rules of a policy that are shown: the deciding or nearest one is always among them. */
const MOST_RULES = 5;
/** Alternatives of a rule that are shown. */
const MOST_MISSES = 6;
const MOST_LABELS = 12;
/** Ways through a Service that are shown. */
const MOST_WAYS = 4;

const FLAG_WORDS: Readonly<Record<FlagWord, string>> = {
  midstream: 'its connection was not seen to open: who opened it is inferred',
  'unknown-workload': 'an end is in a pod range, and no pod of the manifests has it',
  'opener-other-file': 'its connection opened in another file',
  duplicate: 'seen before, at another place',
  answer: 'the record tells of an answer: it is judged as what it answers',
  snat: 'it may arrive with the address of a node in place of its own',
  'order-ambiguous': 'policies of equal priority say different things about it: the first by name decides',
  hairpin: 'it may lead back to the pod that sent it: what policy says of that differs between networks',
};

/** One JSON document. */
export const explanationJson = (explanation: Explanation): string => `${toJson(explanation, 2)}\n`;

/** The explanation for a person, from the answer to its reasons. */
export function explanationText(explanation: Explanation, palette: Palette = PLAIN): string {
  const { from, to, ways, changes, staged, notes } = explanation;
  const sections = [
    answer(explanation, palette),
    [...end('From', from, palette), ...end('To', to, palette)],
    ...(ways.length > 0
      ? ways.slice(0, MOST_WAYS).flatMap((way) => wayLines(way, palette))
      : judged(explanation, palette)),
    ways.length > MOST_WAYS ? [palette.faint(`and ${ways.length - MOST_WAYS} more ways (-o json shows all)`)] : [],
    changeLines(changes, palette),
    staged === null
      ? []
      : [`With the staged policies applied: ${staged.verdict} (egress: ${staged.egress}; ingress: ${staged.ingress})`],
    notes.map((note) => palette.faint(`note: ${plain(note)}`)),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** What each end was asked, and said. */
function judged({ from, to, egress, ingress, hosts }: Explanation, palette: Palette): string[][] {
  const asked: readonly (readonly [string, string, DirectionWords | null])[] = [
    ['Egress', `may ${who(from)} send it?`, egress],
    ['Ingress', `may ${who(to)} receive it?`, ingress],
    ['Host egress', `may ${who(from)} itself send it?`, hosts.egress],
    ['Host ingress', `may ${who(to)} itself receive it?`, hosts.ingress],
  ];
  return asked
    .flatMap(([title, question, words]) => (words === null ? [] : [{ title, question, words }]))
    .map(({ title, question, words }, i) => direction(String(i + 1), title, question, words, palette));
}

/** One way through a Service: which backends, what they get, and what becomes of that. */
function wayLines({ backends, explanation }: WayWords, palette: Palette): string[][] {
  const { verdict, reason, meaning, to, notes, changes } = explanation;
  const [first, ...others] = backends;
  const alike = others.length === 0 ? '' : `, and ${counted(others.length, 'backend')} that no policy tells from it`;
  return [
    [
      `${palette.heading('By way of')} ${plain(`${first}${alike}`)}: ${palette[verdict](verdict)}`,
      ...(reason === 'policy' ? [] : [`  ${reason}: ${plain(meaning)}`]),
      ...notes.map((note) => `  ${plain(note)}`),
      ...end('To', to, palette),
    ],
    ...judged(explanation, palette),
    changeLines(changes, palette),
  ];
}

const who = ({ name, address }: EndWords): string => plain(name ?? address);

function answer(
  { verdict, reason, meaning, packet, connection, from, to, egress, ingress, hosts, flags }: Explanation,
  palette: Palette,
): string[] {
  const lines: string[] = [];
  if (packet !== null) {
    const follows =
      packet.opener !== null
        ? `${packet.reversed ? 'an answer in' : 'part of'} the connection that packet ${packet.opener} opened, explained here`
        : packet.reversed
          ? 'taken as an answer: explained here is the connection that it answers'
          : 'judged by itself';
    lines.push(
      palette.faint(plain(`Packet ${packet.n} of ${packet.file}: ${tupleText(packet)}`)),
      palette.faint(`  ${follows}`),
    );
  }
  lines.push(
    `${palette[verdict](palette.heading(verdict.toUpperCase()))}  ${plain(`${who(from)} -> ${who(to)}, ${whatText({ ...connection, sport: null })}`)}`,
  );
  const asked = Object.entries({ egress, ingress, 'host egress': hosts.egress, 'host ingress': hosts.ingress });
  const told = asked
    .flatMap(([name, words]) => (words === null ? [] : [[name, words] as const]))
    .filter(([, { decision }]) =>
      verdict === 'dropped'
        ? decision.action === 'deny'
        : decision.reason === 'rule' || decision.reason === 'undetermined',
    );
  for (const [name, words] of told) lines.push(`  ${name}: ${plain(words.sentence)}`);
  if (told.length === 0 || reason !== 'policy') lines.push(`  ${reason}: ${plain(meaning)}`);
  for (const flag of flags) lines.push(`  ${flag}: ${FLAG_WORDS[flag]}`);
  return lines;
}

const whatText = ({ proto, dport, sport, icmpType, icmpCode }: Addressed): string => {
  const name = typeof proto === 'string' ? proto : `protocol ${proto}`;
  if (dport !== null) return `${name} port ${dport}${sport === null ? '' : ` (from port ${sport})`}`;
  return icmpType === null ? name : `${name} type ${icmpType} code ${icmpCode}`;
};

const tupleText = (tuple: Addressed): string => `${tuple.src} -> ${tuple.dst}, ${whatText(tuple)}`;

function end(title: string, { sentence, labels, namespaceLabels, networkSets }: EndWords, palette: Palette): string[] {
  const lines = [`${palette.heading(title.padEnd(4))}  ${plain(sentence)}`];
  if (labels.length > 0) lines.push(`      labels: ${some(labels)}`);
  if (namespaceLabels.length > 0) lines.push(`      labels of its namespace: ${some(namespaceLabels)}`);
  if (networkSets.length > 0) lines.push(`      in network sets: ${some(networkSets)}`);
  return lines;
}

const some = (all: readonly string[]): string =>
  plain(
    `${all.slice(0, MOST_LABELS).join(', ')}${all.length > MOST_LABELS ? ` and ${all.length - MOST_LABELS} more` : ''}`,
  );

function direction(number: string, title: string, question: string, words: DirectionWords, palette: Palette): string[] {
  const { decision, sentence, tiers, notSelecting } = words;
  const mark =
    decision.action === 'deny' ? palette.dropped : decision.action === null ? palette.undetermined : palette.forwarded;
  const others =
    tiers.length > 0 && notSelecting > 0
      ? [
          palette.faint(
            `   (${counted(notSelecting, 'policy', 'policies')} for ${title.toLowerCase()} do not select it)`,
          ),
        ]
      : [];
  const says =
    decision.action === 'deny'
      ? 'No'
      : decision.reason === 'undetermined'
        ? 'Unknown'
        : decision.reason === 'not-judged'
          ? 'Not asked'
          : 'Yes';
  return [
    `${palette.heading(`${number}. ${title}:`)} ${question}`,
    ...tiers.flatMap((tier) => tierLines(tier, palette)),
    ...others,
    `   ${mark(`=> ${says}:`)} ${plain(sentence)}`,
  ];
}

function tierLines({ tier, order, defaultAction, outcome, policies }: TierWords, palette: Palette): string[] {
  const shown = mostTelling(policies);
  const hidden = policies.length - shown.length;
  const ends = {
    decided: 'a rule decided',
    ended: 'no rule decided',
    passed: 'a rule passed on to the next tier',
    'not-reached': 'not reached',
    'not-enforced': 'holds staged policies alone: without effect',
  }[outcome];
  return [
    `   tier ${plain(tier)} (${order === null ? 'last' : `order ${order}`}, its end ${defaultAction === 'deny' ? 'denies' : 'passes'}): ${ends}`,
    ...shown.flatMap((policy) => policyLines(policy, palette)),
    ...(hidden > 0
      ? [
          palette.faint(
            `   - and ${counted(hidden, 'policy', 'policies')} that match less or are not reached (-o json shows all)`,
          ),
        ]
      : []),
  ];
}

/** Of many policies those that decided something, and those whose nearest rule lacks least; in their order. */
function mostTelling(policies: readonly PolicyWords[]): readonly PolicyWords[] {
  if (policies.length <= MOST_POLICIES) return policies;
  const distance = ({ outcome, rules, nearest }: PolicyWords): number => {
    if (outcome === 'not-reached') return Number.MAX_VALUE;
    if (outcome !== 'no-match') return -1;
    return rules.find(({ rule }) => rule === nearest)?.distance ?? Number.MAX_SAFE_INTEGER;
  };
  const kept = new Set([...policies].sort((a, b) => distance(a) - distance(b)).slice(0, MOST_POLICIES));
  return policies.filter((policy) => kept.has(policy));
}

const OUTCOMES: Readonly<Record<PolicyWords['outcome'], string>> = {
  allows: 'allows',
  denies: 'denies',
  passes: 'passes on to the next tier',
  'no-match': 'no rule matches',
  'not-reached': 'not reached',
  'not-enforced': 'staged, not enforced',
};

function policyLines({ kind, policy, at, selects, outcome, rules, nearest }: PolicyWords, palette: Palette): string[] {
  const shown = rules.filter(
    ({ rule, outcome: hit }) => rules.length <= MOST_RULES || rule === nearest || hit === 'matches',
  );
  const hidden = rules.length - shown.length;
  const none =
    outcome === 'no-match' && rules.length === 0
      ? ['       it has no rules in this direction: it isolates, and allows nothing']
      : [];
  return [
    `   - ${plain(`${kind} ${policy}`)} ${palette.faint(plain(`(${placeOf(at)})`))}: ${OUTCOMES[outcome]}`,
    palette.faint(`       selects ${plain(selects)}`),
    ...none,
    ...shown.flatMap((rule) => ruleLines(rule, rule.rule === nearest && rules.length > 1, palette)),
    ...(hidden > 0 ? [palette.faint(`       and ${hidden} more rules that do not match (-o json shows all)`)] : []),
  ];
}

function ruleLines(
  { rule, action, at, outcome, misses, annotations, lines }: RuleWords,
  nearest: boolean,
  palette: Palette,
): string[] {
  const does = {
    matches: `matches: ${action}`,
    misses: 'does not match',
    'depends-on-ports': 'matches for some ports',
  }[outcome];
  const mark = outcome !== 'matches' ? palette.faint : action === 'deny' ? palette.dropped : palette.forwarded;

  const width = String(lines.at(-1)?.line ?? 0).length;
  return [
    `       rule ${rule} ${outcome === 'matches' ? '' : `(${action}) `}${mark(does)}${nearest ? ', the nearest' : ''}`,
    ...annotations.map(({ key, value }) => palette.faint(`         ${plain(`${key}: ${value}`)}`)),
    ...misses
      .slice(0, MOST_MISSES)
      .map(({ where, wants, has }) => `         ${where}: ${plain(wants)}, but ${plain(has)}`),
    ...(misses.length > MOST_MISSES ? [`         and ${misses.length - MOST_MISSES} more alternatives`] : []),
    ...(lines.length === 0 ? [] : [`         ${palette.faint(plain(placeOf(at)))}`]),
    ...lines.map(({ line, text }) => palette.faint(`         ${String(line).padStart(width)} | ${plain(text)}`)),
  ];
}

function changeLines(changes: readonly ChangeWords[], palette: Palette): string[] {
  if (changes.length === 0) return [];
  const alone = changes.every(({ suffices }) => suffices);
  const head = alone
    ? `To allow it${changes.length > 1 ? ', any one of these' : ''} (tried on these rules: it is then forwarded):`
    : 'To allow it, one of these for egress and one for ingress (tried: each with the first of the other):';
  return [
    palette.heading(head),
    ...changes.flatMap(({ direction: way, sentence, at, yaml, besides }, i) => [
      `${String.fromCharCode(97 + (i % 26))}) ${alone ? '' : `${way}: `}${plain(sentence)}`,
      `   ${palette.faint(plain(placeOf(at)))}`,
      ...yaml.split('\n').map((line) => `       ${plain(line)}`),
      ...(besides === null ? [] : [palette.faint(`   mind: ${plain(besides)}`)]),
    ]),
  ];
}

/** `file:line`: the column is for editors, and in the JSON. */
const placeOf = (at: string): string => at.slice(0, at.lastIndexOf(':'));
