import type { FieldPath } from '../../model/field-path.ts';
import type { PodSecurityPolicy } from '../../model/pod-security-policy.ts';
import type { Container, ContainerSecurityContext, PodTemplate } from '../../model/pod-template.ts';
import type { Fault } from '../fault.ts';

/**
 * One family of fields: what a policy fills in where a pod says nothing, and what it takes. `check` sees what `fill`
 * made. Source of all: Kubernetes 1.24, pkg/security/podsecuritypolicy.
 */
export type Family = {
  readonly name: string;
  /** Gives the pod itself back when there is nothing to fill in: a policy that changes nothing is preferred. */
  readonly fill?: (policy: PodSecurityPolicy, pod: PodTemplate) => PodTemplate;
  readonly check: (policy: PodSecurityPolicy, pod: PodTemplate) => readonly Fault[];
};

export const POD_CONTEXT: FieldPath = ['spec', 'securityContext'];
export const contextOf = (container: Container): FieldPath => [...container.path, 'securityContext'];

/** The pod with what each container is given; the pod itself when none is given anything. */
export function withContexts(
  pod: PodTemplate,
  give: (container: Container) => Partial<ContainerSecurityContext> | null,
): PodTemplate {
  const given = pod.containers.map((container) => give(container));
  if (given.every((context) => context === null)) return pod;
  const containers = pod.containers.map((container, i) => ({
    ...container,
    security: { ...container.security, ...given[i] },
  }));
  return { ...pod, containers };
}

/** Faults of the containers, one by one. */
export const ofContainers = (pod: PodTemplate, check: (container: Container) => readonly Fault[]): Fault[] =>
  pod.containers.flatMap((container) => check(container));
