import type { DecisionReason } from './reasons.ts';

/**
 * What one end of a packet decided, in words: the `egress` and `ingress` of an NDJSON line. Every key is always
 * there, in this order; unknown is null.
 */
export type Decision = {
  /** `none`: the end is not policed, or no endpoint. Null: nobody was asked, or nobody can tell. */
  readonly action: 'allow' | 'deny' | 'none' | null;
  readonly tier: string | null;
  readonly kind: string | null;
  /** `namespace/name`, or the name alone. */
  readonly policy: string | null;
  /** Index from 0 in the list of its direction. */
  readonly rule: number | null;
  /** `file:line:column`. */
  readonly at: string | null;
  readonly reason: DecisionReason;
  /** At the end of a tier: the policies of that tier that select the endpoint, in order, at most eight. */
  readonly isolatedBy: readonly string[] | null;
};
