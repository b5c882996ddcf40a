import type { EndDecision } from '../../table/end-decision.ts';
import type { ChangeWord } from '../../verdict/differences.ts';
import type { Decider } from '../../verdict/pair-batch.ts';
import type { ReasonWord, VerdictWord } from '../../verdict/reasons.ts';
import type { Amount } from '../../verdict/tally.ts';
import type { ConversationWords } from '../conversations.ts';
import type { InputWords, Settings } from '../summary.ts';

/** What one side says of a conversation. */
export type SideOutcome = {
  readonly verdict: VerdictWord;
  /** In the order in which they were first met. */
  readonly reasons: readonly ReasonWord[];
} & Decisions;

/** By who decides; null of host endpoints where none was asked. */
type Decisions = { readonly [Who in Decider]: Who extends 'egress' | 'ingress' ? EndDecision : EndDecision | null };

/**
 * A conversation that differs, as its opener saw it: packets with one outcome on each side. One whose packets fare
 * differently is there several times.
 */
export type DifferenceWords = Amount &
  Pick<ConversationWords, 'from' | 'to' | 'proto' | 'dport' | 'icmpType'> & {
    readonly change: ChangeWord;
    readonly old: SideOutcome;
    readonly new: SideOutcome;
    /** Where the entry or the limit of the budget is written that it was charged to; null without. */
    readonly allowedBy: string | null;
  };

export type ChangeAmount = Amount & {
  readonly change: ChangeWord;
  /** At least so many, where conversations found no room. */
  readonly conversations: number;
  /** Distinct pods at either end of them. */
  readonly workloads: number;
};

export type PolicyChangeWords = {
  readonly change: 'added' | 'removed' | 'changed';
  readonly kind: string;
  readonly policy: string;
  /** `file:line:column` on each side. */
  readonly old: string | null;
  readonly new: string | null;
  /** Packets that it decided, or that ended at an end that it isolates: 0 says that nothing tried the change. */
  readonly packets: number;
};

/** One of the two sets of rules. */
export type SideSummary = {
  /** What the user calls it: the path of its manifests, `staged policies ignored`. */
  readonly name: string;
  readonly dataplane: string;
  readonly policies: number;
  readonly rules: number;
  readonly endpoints: number;
  readonly verdicts: { readonly forwarded: Amount; readonly dropped: Amount; readonly undetermined: Amount };
};

/** What a budget came to. */
export type BudgetWords = {
  readonly file: string;
  readonly kept: boolean;
  /** What is beyond it, a sentence each. */
  readonly exceeded: readonly string[];
  /** Entries that allowed nothing: where each is written. */
  readonly unused: readonly string[];
};

/**
 * What two sets of rules make of the same traffic, in words: what `diff -o json` prints as it is, and what the other
 * outputs render. Keys are a contract: adding one is an extension, renaming one a break.
 */
export type DiffSummary = {
  readonly apiVersion: 'netpol-replay/v1';
  readonly kind: 'DiffSummary';
  /** False when the run was interrupted, or an input was not read to its end. */
  readonly complete: boolean;
  readonly interrupted: boolean;
  /** Whether any packet has two verdicts. */
  readonly differs: boolean;
  readonly old: SideSummary;
  readonly new: SideSummary;
  readonly enforcement: Settings;
  readonly inputs: readonly InputWords[];
  readonly time: { readonly first: number | null; readonly last: number | null };
  readonly rows: number;
  readonly total: Amount;
  readonly changes: readonly ChangeAmount[];
  /** By change in the order of `changes`, then most packets first. */
  readonly conversations: readonly DifferenceWords[];
  readonly policyChanges: readonly PolicyChangeWords[];
  /** What found no room among the conversations that differ; whether others found none, and are not all counted. */
  readonly crowdedOut: { readonly conversations: Amount; readonly steady: boolean };
  readonly budget: BudgetWords | null;
  readonly notes: readonly string[];
};
