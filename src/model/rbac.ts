import type { SourcePos } from '../source/position.ts';
import type { Labels } from './labels.ts';
import type { Selector } from './selector.ts';

export type RbacRule = {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  /** Empty: whatever the name. */
  readonly resourceNames: readonly { readonly name: string; readonly at: SourcePos }[];
};

/** A Role, or (without a namespace) a ClusterRole. */
export type Role = {
  readonly namespace: string | null;
  readonly name: string;
  readonly labels: Labels;
  readonly rules: readonly RbacRule[];
  /** A ClusterRole that has the rules of those with such labels; null for one with rules of its own. */
  readonly aggregates: Selector | null;
  readonly at: SourcePos;
};

export type Subject = {
  readonly kind: 'ServiceAccount' | 'User' | 'Group';
  /** Of a service account. */
  readonly namespace: string | null;
  readonly name: string;
  readonly at: SourcePos;
};

/** A RoleBinding, or (without a namespace) a ClusterRoleBinding. */
export type Binding = {
  readonly namespace: string | null;
  readonly name: string;
  readonly role: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string; readonly at: SourcePos };
  readonly subjects: readonly Subject[];
  readonly at: SourcePos;
};

/** Who asks the API server, as authentication has found out. */
export type User = { readonly name: string; readonly groups: readonly string[] };

/** The name by which the API server knows a service account. */
export const serviceAccountUser = (namespace: string, name: string): string =>
  `system:serviceaccount:${namespace}:${name}`;
