import type { Cluster } from '../model/cluster.ts';
import { type Endpoint, qualifiedName } from '../model/endpoint.ts';
import type { Direction, Policy, Rule } from '../model/policy.ts';
import { matches } from '../model/selector.ts';
import type { Diagnostic } from '../source/errors.ts';
import type { SourcePos } from '../source/position.ts';

/** Something that readers of policies would want to know, and no error: the rules are as they are. */
export type Remark = { readonly at: SourcePos; readonly message: string };

/** One thing to look for. Its code is stable: people filter by it. */
export type Lint = {
  readonly code: string;
  /** `warning`: it does hardly what was meant. `note`: it may well be meant. */
  readonly severity: Extract<Diagnostic['severity'], 'warning' | 'note'>;
  /** What a remark of this code means, in half a sentence. */
  readonly about: string;
  /** @param cluster with the templates of workloads among its endpoints */
  readonly find: (cluster: Cluster) => Remark[];
};

export type PlacedRule = { readonly policy: Policy; readonly direction: Direction; readonly rule: Rule };

export const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

/** Every rule in force or staged, with where it stands. */
export const placedRules = ({ policies }: Pick<Cluster, 'policies'>): PlacedRule[] =>
  policies.flatMap((policy) =>
    DIRECTIONS.flatMap((direction) => policy[direction].map((rule) => ({ policy, direction, rule }))),
  );

export const titleOf = (policy: Policy): string => `${policy.kind} \`${qualifiedName(policy)}\``;

export const ruleTitle = ({ policy, direction, rule }: PlacedRule): string =>
  `${direction} rule ${rule.index} of ${titleOf(policy)}`;

export const selectedBy = ({ selector }: Policy, { endpoints }: Cluster): Endpoint[] =>
  endpoints.filter(({ labels }) => matches(selector, labels));

/** `1 pod`, `3 pods`: templates count as one. */
export const podCount = (pods: readonly unknown[]): string => (pods.length === 1 ? '1 pod' : `${pods.length} pods`);
