import type { Decision } from './decision.ts';
import type { FlagWord, ReasonWord, VerdictWord } from './reasons.ts';

/**
 * Why a packet got its verdict, step by step: the shape of `explain -o json`. Every key is always there; unknown is
 * null. docs/explain.md shows one.
 */
export type Explanation = {
  readonly apiVersion: 'netpol-replay/v1';
  readonly kind: 'Explanation';
  readonly verdict: VerdictWord;
  readonly reason: ReasonWord;
  /** What the reason means. */
  readonly meaning: string;
  readonly flags: readonly FlagWord[];
  /** The record that was asked for; null when a connection was asked for by its ends. */
  readonly packet: PacketWords | null;
  /** The connection that was judged, as its opener saw it. */
  readonly connection: Addressed;
  readonly from: EndWords;
  readonly to: EndWords;
  readonly egress: DirectionWords;
  readonly ingress: DirectionWords;
  /** What host endpoints said of the sending and of the receiving node; null where none was asked. */
  readonly hosts: { readonly egress: DirectionWords | null; readonly ingress: DirectionWords | null };
  /** Through a Service or hostPort: every way that it may go, each explained as what its backend gets; else empty. */
  readonly ways: readonly WayWords[];
  /** What would allow a dropped connection. Each was applied to the rules in memory and judged again. */
  readonly changes: readonly ChangeWords[];
  /** What would be said were the staged policies applied; null when there is none, or they are. */
  readonly staged: StagedWords | null;
  readonly notes: readonly string[];
};

/** Backends that no policy tells apart, as `NAMESPACE/POD port 5432/TCP`, and what becomes of a connection to them. */
export type WayWords = { readonly backends: readonly string[]; readonly explanation: Explanation };

export type Addressed = {
  readonly src: string;
  readonly dst: string;
  readonly proto: string | number;
  readonly sport: number | null;
  readonly dport: number | null;
  readonly icmpType: number | null;
  readonly icmpCode: number | null;
};

export type PacketWords = Addressed & {
  readonly file: string;
  readonly n: number;
  /** Record number of the packet that opened its connection, null when it is that packet or has none. */
  readonly opener: number | null;
  /** Whether it runs against its connection: an answer. */
  readonly reversed: boolean;
};

export type EndWords = {
  readonly address: string;
  readonly is: 'pod' | 'node' | 'service' | 'nobody';
  /** As reports name it; null for nobody. */
  readonly name: string | null;
  readonly node: string | null;
  /** `key=value`, the pod's own; then those of its namespace. */
  readonly labels: readonly string[];
  readonly namespaceLabels: readonly string[];
  /** Network sets that hold the address. */
  readonly networkSets: readonly string[];
  readonly at: string | null;
  /** Who it is in one sentence; why it is nobody's. */
  readonly sentence: string;
};

/** What one end was asked, and said. */
export type DirectionWords = {
  /** As in a line of `replay -o ndjson`. */
  readonly decision: Decision;
  readonly sentence: string;
  /** Tiers with a policy that selects the end, in order of evaluation. */
  readonly tiers: readonly TierWords[];
  /** Policies of this direction that do not select the end. */
  readonly notSelecting: number;
};

export type TierWords = {
  readonly tier: string;
  /** Null comes last. */
  readonly order: number | null;
  readonly defaultAction: 'deny' | 'pass';
  /** `decided` by a rule, `ended` in its default action, left by a `passed`, `not-reached`, or `not-enforced` at all. */
  readonly outcome: 'decided' | 'ended' | 'passed' | 'not-reached' | 'not-enforced';
  readonly policies: readonly PolicyWords[];
};

export type PolicyWords = {
  readonly kind: string;
  readonly policy: string;
  readonly order: number | null;
  readonly at: string;
  /** What its selector asks of the end. */
  readonly selects: string;
  readonly outcome: 'allows' | 'denies' | 'passes' | 'no-match' | 'not-reached' | 'not-enforced';
  /** The rules that were asked, in order. */
  readonly rules: readonly RuleWords[];
  /** The index of the rule with the fewest failing conditions, when none matched. */
  readonly nearest: number | null;
};

export type RuleWords = {
  readonly rule: number;
  readonly action: 'allow' | 'deny' | 'pass' | 'log';
  readonly at: string;
  readonly outcome: 'matches' | 'misses' | 'depends-on-ports';
  /** How many conditions fail, in the alternatives that fail least: 0 when it matches. */
  readonly distance: number;
  /** For each part that failed, its first failing condition; one for each alternative of a list. */
  readonly misses: readonly MissWords[];
  /** What people wrote beside it in `metadata.annotations`, in the order of the manifest. */
  readonly annotations: readonly { readonly key: string; readonly value: string }[];
  /** The lines of the manifest, of the deciding rule and of nearest rules alone. */
  readonly lines: readonly LineWords[];
};

export type MissWords = {
  /** `from`, `to`, `source`, `destination`, `ports`, `family`. */
  readonly where: string;
  readonly wants: string;
  readonly has: string;
};

export type LineWords = { readonly line: number; readonly text: string };

export type ChangeWords = {
  readonly direction: 'ingress' | 'egress';
  /** What to do, in one sentence. */
  readonly sentence: string;
  /** Where: `file:line:column` of the rule, the policy or the pod. */
  readonly at: string;
  /** What to write there. */
  readonly yaml: string;
  /** What else it would do. */
  readonly besides: string | null;
  /** True when it alone makes the packet pass; else the change of the other end is needed too. */
  readonly suffices: boolean;
};

export type StagedWords = { readonly verdict: VerdictWord; readonly egress: string; readonly ingress: string };
