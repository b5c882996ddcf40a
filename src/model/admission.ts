import type { SourcePos } from '../source/position.ts';
import type { Labels } from './labels.ts';
import type { PodSecurityConfiguration } from './pod-security.ts';
import type { PodSecurityPolicy } from './pod-security-policy.ts';
import type { Workload } from './pod-template.ts';
import type { Binding, Role } from './rbac.ts';

export type ServiceAccount = {
  readonly namespace: string;
  readonly name: string;
  readonly automountToken: boolean | null;
};

export type Namespace = { readonly name: string; readonly labels: Labels; readonly at: SourcePos };

/** Everything that decides which pods exist, in the order of the input. */
export type Admission = {
  readonly workloads: readonly Workload[];
  readonly namespaces: readonly Namespace[];
  readonly serviceAccounts: readonly ServiceAccount[];
  readonly policies: readonly PodSecurityPolicy[];
  readonly roles: readonly Role[];
  readonly bindings: readonly Binding[];
  readonly podSecurity: PodSecurityConfiguration;
};
