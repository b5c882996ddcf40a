import type { FieldPath } from '../../model/field-path.ts';
import type { PodSecurityPolicy } from '../../model/pod-security-policy.ts';
import type { Container, PodTemplate, SecurityProfile } from '../../model/pod-template.ts';
import type { Fault } from '../fault.ts';
import { SECCOMP_CONTAINER, SECCOMP_POD } from '../profile-annotations.ts';
import { contextOf, type Family, ofContainers, POD_CONTEXT } from './family.ts';

/** The same profile under its old and its new name: whoever allows one allows both. */
const RUNTIME_DEFAULT = ['runtime/default', 'docker/default'];

/** Policies speak of profiles as annotations did; fields of later versions are translated. */
export const seccomp: Family = {
  name: 'seccomp',
  fill: (policy, pod) => {
    if (pod.annotations.get(SECCOMP_POD)) return pod;
    const profile = profileName(pod.security.seccomp) || policy.seccomp.usual || '';
    return profile === '' ? pod : { ...pod, annotations: new Map([...pod.annotations, [SECCOMP_POD, profile]]) };
  },
  check: (policy, pod) => [
    ...faults(policy, profileOfPod(pod), pathOfPod(pod)),
    ...ofContainers(pod, (container) => faults(policy, profileOf(container, pod), pathOf(container, pod))),
  ],
};

function profileName(profile: SecurityProfile | null): string {
  switch (profile?.type) {
    case 'Unconfined':
      return 'unconfined';
    case 'RuntimeDefault':
      return 'runtime/default';
    case 'Localhost':
      return `localhost/${profile.localhostProfile}`;
    default:
      return '';
  }
}

const profileOfPod = (pod: PodTemplate): string =>
  pod.annotations.get(SECCOMP_POD) || profileName(pod.security.seccomp);

const pathOfPod = (pod: PodTemplate): FieldPath =>
  pod.security.seccomp === null ? ['metadata', 'annotations', SECCOMP_POD] : [...POD_CONTEXT, 'seccompProfile'];

function profileOf(container: Container, pod: PodTemplate): string {
  if (container.security.seccomp !== null) return profileName(container.security.seccomp);
  const annotation = pod.annotations.get(`${SECCOMP_CONTAINER}${container.name}`);
  if (annotation !== undefined) return annotation;
  return profileName(pod.security.seccomp) || (pod.annotations.get(SECCOMP_POD) ?? '');
}

function pathOf(container: Container, pod: PodTemplate): FieldPath {
  if (container.security.seccomp !== null) return [...contextOf(container), 'seccompProfile'];
  const key = `${SECCOMP_CONTAINER}${container.name}`;
  return pod.annotations.has(key) ? ['metadata', 'annotations', key] : pathOfPod(pod);
}

function faults({ seccomp: { allowed } }: PodSecurityPolicy, profile: string, path: FieldPath): Fault[] {
  const any = allowed?.includes('*') ?? false;
  const names = (allowed ?? [])
    .filter((name) => name !== '*')
    .flatMap((name) => (RUNTIME_DEFAULT.includes(name) ? RUNTIME_DEFAULT : [name]));
  if (any || (names.length === 0 && profile === '') || names.includes(profile)) return [];
  const expected = names.length === 0 ? 'none may be set' : `expected ${allowed!.join(', ')}`;
  return [{ path, message: `seccomp profile \`${profile}\` is not allowed: ${expected}` }];
}
