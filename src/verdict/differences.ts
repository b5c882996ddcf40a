import type { Amount } from './tally.ts';

/**
 * What became of a packet between two sets of rules. Where one of them cannot tell, it is undetermined; `other-rule`
 * has the same verdict for another reason or from another rule. A contract: adding a word is an extension.
 */
export const CHANGES = ['newly-dropped', 'newly-forwarded', 'undetermined', 'other-rule', 'unchanged'] as const;
export type ChangeWord = (typeof CHANGES)[number];
export const NEWLY_DROPPED = 0;
export const NEWLY_FORWARDED = 1;
export const UNDETERMINED_CHANGE = 2;
export const OTHER_RULE = 3;
export const UNCHANGED = 4;

/** What one side found: numbers of VERDICTS and REASONS, and by place in DECIDERS findings of that side's table, or NOBODY. */
export type Outcome = { readonly verdict: number; readonly reason: number; readonly findings: readonly number[] };

/** Who talked to whom, as the opener saw it. Addresses are four words (net/address.ts). */
export type Ends = {
  readonly family: number;
  readonly src: readonly [number, number, number, number];
  readonly dst: readonly [number, number, number, number];
  readonly protocol: number;
  readonly destinationPort: number | null;
  readonly icmpType: number | null;
};

/** Packets of one conversation with one outcome on each side. `change` is a place in CHANGES. */
export type Difference = Amount & Ends & { readonly change: number; readonly old: Outcome; readonly next: Outcome };

/**
 * What two sets of rules make of the same traffic, in numbers.
 * INVARIANT: `changes` and the duplicates add up to the rows that went in, weighted by what each stands for.
 */
export type Differences = {
  readonly rows: number;
  /** By place in CHANGES. */
  readonly changes: readonly Amount[];
  /** Packets whose two verdicts are not the same: an undetermined one beside another counts. */
  readonly differing: Amount;
  /** Conversations that differ in their verdicts or in what decided, in the order in which they were first seen. */
  readonly conversations: readonly Difference[];
  /** Conversations that do not differ: `unchanged`, or undetermined on both sides. Who they are is all that is kept. */
  readonly steady: readonly (Ends & { readonly change: number })[];
  /** What found no room in `conversations`, and of that what differs in its verdicts; whether something found none in `steady`. */
  readonly crowdedOut: {
    readonly conversations: Amount;
    readonly differing: Amount;
    readonly steady: boolean;
  };
};

/** A policy that is not the same on both sides. Places in the policies of the tables; null where it is not. */
export type PolicyChange = {
  readonly old: number | null;
  readonly next: number | null;
  /** Packets that it decided, or whose end it isolates, on the side that has more of them. 0: the traffic did not try it. */
  readonly packets: number;
};
