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

/** A record whose verdict was another one. */
export type Disagreement = {
  readonly file: string;
  readonly n: number;
  /** The end whose policy it is about; null for the packet. */
  readonly at: 'egress' | 'ingress' | null;
  readonly recorded: 'forwarded' | 'dropped';
  /** The log's own words for what decided. */
  readonly by: string | null;
  readonly replayed: 'forwarded' | 'dropped';
  /** The same in the words of a finding: policy and rule, or `end-of-tier` and the like. */
  readonly decision: string;
};

/** How replay's verdicts stand to those that a log recorded. Counts are records. */
export type Agreement = {
  readonly agreed: number;
  /** Of those: another policy or rule than the log names came to the same. */
  readonly otherRule: number;
  readonly differ: number;
  readonly notComparable: readonly { readonly why: Incomparable; readonly records: number }[];
  /** The first few that differ. */
  readonly differences: readonly Disagreement[];
  /** The first few of `otherRule`. */
  readonly otherRules: readonly Disagreement[];
};
