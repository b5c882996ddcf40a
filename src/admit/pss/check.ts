import type { FieldPath } from '../../model/field-path.ts';
import type { Level } from '../../model/pod-security.ts';
import type { PodTemplate, SharedContext } from '../../model/pod-template.ts';
import type { Fault } from '../fault.ts';

/**
 * One check of the Pod Security Standards. The revision that counts is the last whose `from` is not above the minor
 * version asked for; before the first there is no such check. Source of all: k8s.io/pod-security-admission, policy.
 */
export type Check = {
  readonly id: string;
  readonly level: Exclude<Level, 'privileged'>;
  /** By rising minor version of Kubernetes 1. */
  readonly revisions: readonly Revision[];
};

export type Revision = {
  readonly from: number;
  readonly faults: (pod: PodTemplate) => readonly Fault[];
  /** A check of baseline that this one stands for where restricted is asked for. */
  readonly overrides?: string;
};

/** The security contexts of a pod and its containers, with their places. */
export const contextsOf = (pod: PodTemplate): { readonly path: FieldPath; readonly security: SharedContext }[] => [
  { path: ['spec', 'securityContext'], security: pod.security },
  ...containersOf(pod),
];

export const containersOf = (pod: PodTemplate) =>
  pod.containers.map(({ path, security }) => ({ path: [...path, 'securityContext'], security }));

/** Fields that no pod for Windows may set are not asked of it. */
export const unlessWindows =
  (faults: Revision['faults']): Revision['faults'] =>
  (pod) =>
    pod.os === 'windows' ? [] : faults(pod);

/** What is root in a user namespace is nobody outside. */
export const unlessUserNamespace =
  (faults: Revision['faults']): Revision['faults'] =>
  (pod) =>
    pod.hostUsers === false ? [] : faults(pod);
