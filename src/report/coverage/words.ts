import type { RuleStatus } from '../../verdict/coverage.ts';
import type { InputWords, Settings } from '../summary.ts';

/** What decides in a rule's stead. `at`: `file:line:column`; null for what is no rule. */
export type Decider = { readonly what: string; readonly at: string | null };

/** Null where nothing can tell: passing and logging rules decide nothing, tuples have no time. */
export type Hits = {
  readonly packets: number | null;
  readonly bytes: number | null;
  readonly connections: number | null;
  /** Seconds since 1970. */
  readonly first: number | null;
  readonly last: number | null;
};

type Place = {
  readonly kind: string;
  /** `namespace/name`, or the name alone. */
  readonly policy: string;
  readonly tier: string;
  readonly direction: 'ingress' | 'egress';
  readonly at: string;
};

export type RuleCoverage = Place &
  Hits & {
    readonly rule: number;
    readonly action: 'allow' | 'deny' | 'pass' | 'log';
    readonly status: RuleStatus;
    readonly by: readonly Decider[];
  };

/** Packets that were dropped at the end of a tier, for each policy that isolates their end there. */
export type IsolationCoverage = Place & Hits;

export type Seen = {
  readonly total: number;
  readonly seen: number;
  readonly unseen: readonly string[];
};

/**
 * How far an answer reaches that came from this traffic. Keys are a contract: adding one is an extension, renaming one a
 * break.
 */
export type CoverageSummary = {
  readonly apiVersion: 'netpol-replay/v1';
  readonly kind: 'CoverageSummary';
  readonly complete: boolean;
  readonly interrupted: boolean;
  readonly enforcement: Settings & { readonly dataplane: string };
  readonly inputs: readonly InputWords[];
  readonly time: { readonly first: number | null; readonly last: number | null };
  readonly packets: number;
  /** In the order of evaluation. */
  readonly rules: readonly RuleCoverage[];
  readonly isolation: readonly IsolationCoverage[];
  /** Those that a policy selects. */
  readonly workloads: Seen;
  /** Declared ports: `shop/web 80/TCP`. */
  readonly containerPorts: Seen;
  readonly servicePorts: Seen;
  /** Packets by hour of the day, UTC, and by day of the week from Sunday. */
  readonly hours: readonly number[];
  readonly weekdays: readonly number[];
  readonly notes: readonly string[];
};
