import type { Decision } from './decision.ts';
import type { ReasonWord } from './reasons.ts';
import type { Amount } from './tally.ts';

/** Why what was recorded cannot be held against what was replayed. */
export const INCOMPARABLE = [
  'passed on', // the policy left it to the next tier: no verdict
  "a cloud's firewall", // it stands before the cluster, and knows other rules
  'dropped by no policy', // something else than a policy dropped it
  'encrypted', // the addresses are those of a tunnel's ends
  'answer', // replay has it as an answer, of which policy says nothing
  'not judged', // replay came to no decision at that end
  'undetermined', // replay cannot tell
] as const;
export type Incomparable = (typeof INCOMPARABLE)[number];

/** What a disagreement is likely owing to, where that can be shown; the first that holds. */
export const LIKELY = [
  'policy newer than the record', // what decided was made after the record
  'unknown endpoint', // the manifests have no pod where the record has one
  'order of policies left open', // only the names of equal policies say which comes first
  'opener guessed', // the record does not tell who opened the connection
] as const;
export type Likely = (typeof LIKELY)[number];

/** A decision of replay, which no earlier packet made; and where the policies of `isolatedBy` are written. */
export type PlacedDecision = Omit<Decision, 'reason'> & {
  readonly reason: Exclude<Decision['reason'], 'tracked'>;
  readonly isolatedAt: readonly { readonly policy: string; readonly at: string }[] | null;
};

export type VerdictSide = 'forwarded' | 'dropped';

/** A record whose verdict was another one. */
export type Disagreement = {
  readonly file: string;
  readonly n: number;
  /** Seconds since 1970; null where the record has no time. */
  readonly time: number | null;
  readonly src: string;
  readonly dst: string;
  /** Names of the pods there; null where the manifests have none. */
  readonly from: string | null;
  readonly to: string | null;
  readonly proto: string | number;
  /** Null where the protocol has none, or the record does not tell. */
  readonly sport: number | null;
  readonly dport: number | null;
  /** The end whose policy it is about; null for the packet. */
  readonly at: 'egress' | 'ingress' | null;
  readonly recorded: VerdictSide;
  /** The log's own words for what decided. */
  readonly by: string | null;
  readonly replayed: VerdictSide;
  /** The same in the words of a finding: policy and rule, or `end-of-tier` and the like. */
  readonly decision: string;
  readonly reason: ReasonWord;
  /** What replay decided at either end. */
  readonly egress: PlacedDecision;
  readonly ingress: PlacedDecision;
  readonly likely: Likely | null;
};

/** `connections` are records that tell of an opener. */
export type RecordAmount = Amount & { records: number };

export const noRecords = (): RecordAmount => ({ records: 0, packets: 0, bytes: 0, connections: 0 });

/** Disagreements of one kind. */
export type DisagreementClass = RecordAmount & {
  readonly recorded: VerdictSide;
  readonly replayed: VerdictSide;
  readonly likely: Likely | null;
};

/** Agreement by what decided, or at whom. */
export type Agreeing = { readonly name: string; readonly agreed: RecordAmount; readonly differ: RecordAmount };

/** How replay's verdicts stand to those that a log recorded. Counts are records. */
export type Agreement = {
  readonly agreed: number;
  /** Of those: another policy or rule than the log names came to the same. */
  readonly otherRule: number;
  readonly differ: number;
  readonly notComparable: readonly { readonly why: Incomparable; readonly records: number }[];
  /** The same three in all that a record stands for. */
  readonly amounts: {
    readonly agreed: RecordAmount;
    readonly differ: RecordAmount;
    readonly notComparable: RecordAmount;
  };
  /** Most records first. */
  readonly classes: readonly DisagreementClass[];
  /** By the pod, or address, whose end was judged; of records about the whole packet, its destination. */
  readonly byWorkload: readonly Agreeing[];
  /** By the policy that decided here, at the end that the record is about; `end of tier NAME`, `no policy`. */
  readonly byPolicy: readonly Agreeing[];
  /** The first few that differ. */
  readonly differences: readonly Disagreement[];
  /** The first few of `otherRule`. */
  readonly otherRules: readonly Disagreement[];
};
