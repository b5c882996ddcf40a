import { endText } from '../ends.ts';
import { toJson } from '../escape.ts';
import { counted } from '../numbers.ts';
import { serviceOf } from '../summary.ts';
import { type Cause, causesOf } from './causes.ts';
import { CHANGE_TITLES, notExercised, placesOfSide } from './sentences.ts';
import type { DifferenceWords, DiffSummary, PolicyChangeWords } from './words.ts';

/** Ids of rules are a contract: code scanning knows a finding again by them. */
const RULES = [
  { id: 'newly-dropped', level: 'error', text: 'Traffic that was forwarded would be dropped' },
  { id: 'newly-forwarded', level: 'warning', text: 'Traffic that was dropped would be forwarded' },
  { id: 'undetermined', level: 'warning', text: 'Traffic that one set of rules decides, and the other cannot' },
  { id: 'other-rule', level: 'note', text: 'Traffic with the same verdict from another rule' },
  { id: 'not-exercised', level: 'note', text: 'A policy that changed, and that no traffic tried' },
] as const;
type RuleId = (typeof RULES)[number]['id'];

const MOST_NAMED = 3;

/**
 * SARIF 2.1.0 (OASIS), for code scanning: one result for each way in which conversations differ, at the line of the rule
 * that decides now, or that decided before where nothing does now.
 */
export function diffSarif(summary: DiffSummary): string {
  const results = [
    ...causesOf(summary.conversations, () => '').map(causeResult),
    ...notExercised(summary).map(untriedResult),
  ];
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'netpol-replay',
            rules: RULES.map(({ id, level, text }) => ({
              id,
              shortDescription: { text },
              defaultConfiguration: { level },
            })),
          },
        },
        invocations: [{ executionSuccessful: summary.complete }],
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
  return `${toJson(log, 2)}\n`;
}

function causeResult({ change, was, now, conversations }: Cause): object {
  const first = conversations[0]!;
  const { old, new: next } = first;
  const places = [...placesOfSide(old, next, next), ...placesOfSide(old, next, old)];
  const packets = conversations.reduce((sum, one) => sum + one.packets, 0);
  const title = `${counted(conversations.length, 'conversation')} (${counted(packets, 'packet')}) ${CHANGE_TITLES[change]}`;
  const text = `${title}: ${namesOf(conversations)}. Was ${old.verdict}, ${was.join('; ')}; now ${next.verdict}, ${now.join('; ')}.`;
  const allowed = conversations.every(({ allowedBy }) => allowedBy !== null);
  return {
    ...resultOf(change as RuleId, text, places),
    partialFingerprints: { 'cause/v1': [change, ...was, ...now].join(' | ') },
    ...(allowed && {
      suppressions: [
        { kind: 'external', status: 'accepted', justification: `allowed by the budget, ${first.allowedBy}` },
      ],
    }),
  };
}

function untriedResult({ change, kind, policy, old, new: next }: PolicyChangeWords): object {
  const text = `${kind} ${policy} was ${change}, and no packet was decided by it or isolated: the traffic says nothing of it.`;
  return {
    ...resultOf(
      'not-exercised',
      text,
      [next, old].flatMap((at) => at ?? []),
    ),
    partialFingerprints: { 'policy/v1': [kind, policy, change].join(' | ') },
  };
}

function resultOf(ruleId: RuleId, text: string, places: readonly string[]): object {
  const [place, ...related] = [...new Set(places)].map(locationOf);
  const ruleIndex = RULES.findIndex(({ id }) => id === ruleId);
  return {
    ruleId,
    ruleIndex,
    level: RULES[ruleIndex]!.level,
    message: { text },
    locations: place === undefined ? [] : [place],
    ...(related.length > 0 && { relatedLocations: related }),
  };
}

const namesOf = (conversations: readonly DifferenceWords[]): string =>
  [
    ...conversations.slice(0, MOST_NAMED).map((one) => `${endText(one.from)} to ${endText(one.to)} ${serviceOf(one)}`),
    ...(conversations.length > MOST_NAMED ? [`${conversations.length - MOST_NAMED} more`] : []),
  ].join(', ');

/** `file:line:column` as a location: a relative path is a relative reference (RFC 3986), an absolute one a file URI. */
function locationOf(at: string): object {
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/s.exec(at)!;
  const path = Buffer.from(file!).toString().split('/').map(encodeURIComponent).join('/');
  return {
    physicalLocation: {
      artifactLocation: { uri: path.startsWith('/') ? `file://${path}` : path.replace(/^(\.\/)+/, '') },
      region: { startLine: Number(line), startColumn: Number(column) },
    },
  };
}
