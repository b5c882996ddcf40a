import type { PodTemplate, SecurityProfile } from '../../../model/pod-template.ts';
import type { Fault } from '../../fault.ts';
import { SECCOMP_CONTAINER, SECCOMP_POD } from '../../profile-annotations.ts';
import { type Check, containersOf, contextsOf, type Revision, unlessWindows } from '../check.ts';

const ALLOWED = ['RuntimeDefault', 'Localhost'];

const isAllowed = (profile: SecurityProfile): boolean => ALLOWED.includes(profile.type);

const annotationAllowed = (value: string): boolean =>
  value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/');

/** Before 1.19 profiles were named by annotations. */
const annotationFaults: Revision['faults'] = (pod) =>
  [SECCOMP_POD, ...pod.containers.map(({ name }) => `${SECCOMP_CONTAINER}${name}`)].flatMap((key) => {
    const value = pod.annotations.get(key);
    if (value === undefined || annotationAllowed(value)) return [];
    const message = `must be \`runtime/default\` or begin with \`localhost/\`, is \`${value}\``;
    return [{ path: ['metadata', 'annotations', key], message }];
  });

const setFaults = (pod: PodTemplate): Fault[] =>
  contextsOf(pod).flatMap(({ path, security: { seccomp } }) =>
    seccomp === null || isAllowed(seccomp)
      ? []
      : [
          {
            path: [...path, 'seccompProfile', 'type'],
            message: `must be ${ALLOWED.join(' or ')}, is \`${seccomp.type}\``,
          },
        ],
  );

/** Every container must have a profile, of its own or its pod's. */
const missingFaults = (pod: PodTemplate): Fault[] =>
  pod.security.seccomp !== null && isAllowed(pod.security.seccomp)
    ? []
    : containersOf(pod)
        .filter(({ security }) => security.seccomp === null)
        .map(({ path }) => ({
          path: [...path, 'seccompProfile', 'type'],
          message: `must be ${ALLOWED.join(' or ')}, here or for the pod`,
        }));

const restrictedFaults: Revision['faults'] = (pod) => [...setFaults(pod), ...missingFaults(pod)];

export const seccompBaseline: Check = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  revisions: [
    { from: 0, faults: annotationFaults },
    { from: 19, faults: setFaults },
  ],
};

export const seccompRestricted: Check = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  revisions: [
    { from: 19, faults: restrictedFaults, overrides: seccompBaseline.id },
    { from: 25, faults: unlessWindows(restrictedFaults), overrides: seccompBaseline.id },
  ],
};
