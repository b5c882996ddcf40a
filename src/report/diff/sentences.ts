import type { EndDecision } from '../../table/end-decision.ts';
import type { ChangeWord } from '../../verdict/differences.ts';
import { DECIDERS, type Decider } from '../../verdict/pair-batch.ts';
import { count, counted } from '../numbers.ts';
import { REASON_WORDS } from '../reason-words.ts';
import { decisionText } from '../why.ts';
import type { DifferenceWords, DiffSummary, SideOutcome } from './words.ts';

/** What a change is called in a table, and of conversations: `3 conversations newly dropped`. */
export const CHANGE_TITLES: Readonly<Record<ChangeWord, string>> = {
  'newly-dropped': 'newly dropped',
  'newly-forwarded': 'newly forwarded',
  undetermined: 'undetermined',
  'other-rule': 'decided by another rule',
  unchanged: 'unchanged',
};

/** The answer in one line, before any number needs a table. */
export function answer({ changes, conversations, crowdedOut, differs, rows }: DiffSummary): string {
  if (rows === 0) return 'nothing was judged: the inputs hold no packet';
  // Of the undetermined, those that differ are news; the table has all.
  const of = (change: ChangeWord): number => conversations.filter((one) => one.change === change).length;
  const told = (['newly-dropped', 'newly-forwarded', 'undetermined', 'other-rule'] as const)
    .map((change) => ({ change, number: of(change) }))
    .filter(({ number }) => number > 0);
  const unchanged = changes.find(({ change }) => change === 'unchanged')!.conversations;
  const more = crowdedOut.conversations.packets > 0 ? 'at least ' : '';
  if (told.length === 0) return `no verdict differs: ${counted(unchanged, 'conversation')} unchanged`;
  const parts = told.map(({ change, number }, i) => {
    const noun = i === 0 ? counted(number, 'conversation') : count(number);
    return change === 'undetermined' ? `${noun} that one side cannot decide` : `${noun} ${CHANGE_TITLES[change]}`;
  });
  const start = differs ? '' : 'no verdict differs: ';
  return `${start}${more}${parts.join(', ')}; ${count(unchanged)} unchanged`;
}

/** What was said before and is said now, of the ends that matter to the change. */
export type Told = { readonly was: readonly string[]; readonly now: readonly string[] };

/** @param written how a place is shown behind what is written there */
export function tell({ old, new: next }: DifferenceWords, written: (at: string) => string): Told {
  const deciders = decidersOf(old, next);
  return { was: sayings(old, deciders, written), now: sayings(next, deciders, written) };
}

/** Where a packet is dropped on one side, the ends that deny; else those that say something else than before. */
function decidersOf(old: SideOutcome, next: SideOutcome): Decider[] {
  const differing = DECIDERS.filter((decider) => textOf(old[decider]) !== textOf(next[decider]));
  if (old.verdict === next.verdict) return differing;
  const denying = DECIDERS.filter((decider) => [old, next].some((side) => side[decider]?.action === 'deny'));
  const both = denying.filter((decider) => differing.includes(decider));
  return both.length > 0 ? both : differing;
}

const textOf = (decision: EndDecision | null): string => (decision === null ? NOBODY_ASKED : decisionText(decision));

const NOBODY_ASKED = 'nobody was asked';

/** As lines name those who decide. */
export const DECIDER_TITLES: Readonly<Record<Decider, string>> = {
  egress: 'egress',
  ingress: 'ingress',
  hostEgress: 'host egress',
  hostIngress: 'host ingress',
};

function sayings(side: SideOutcome, deciders: readonly Decider[], written: (at: string) => string): string[] {
  const said = deciders.flatMap((decider) => {
    const decision = side[decider];
    if (decision === null || decision.reason === 'not-judged') return [];
    return [`${DECIDER_TITLES[decider]}: ${decisionText(decision, written)}`];
  });
  return said.length > 0 ? said : side.reasons.map((reason) => `${reason}: ${REASON_WORDS[reason]}`);
}

/** Where a side's deciding rule, or the first policy that isolates the end, is written; null when nothing is. */
export function placesOfSide(old: SideOutcome, next: SideOutcome, side: SideOutcome): string[] {
  return decidersOf(old, next).flatMap((decider) => {
    const { at = null, isolatedAt = null } = side[decider] ?? {};
    return at === null ? (isolatedAt ?? []).slice(0, 1).map((place) => place.at) : [at];
  });
}

/** A policy that changed and met no traffic. */
export const notExercised = ({ policyChanges }: DiffSummary): DiffSummary['policyChanges'] =>
  policyChanges.filter(({ packets }) => packets === 0);
