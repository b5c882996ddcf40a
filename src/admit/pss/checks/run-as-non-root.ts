import { type Check, containersOf, contextsOf, type Revision, unlessUserNamespace } from '../check.ts';

const faults: Revision['faults'] = (pod) => [
  ...contextsOf(pod)
    .filter(({ security }) => security.runAsNonRoot === false)
    .map(({ path }) => ({ path: [...path, 'runAsNonRoot'], message: 'must not be false' })),
  ...containersOf(pod)
    .filter(({ security }) => security.runAsNonRoot === null && pod.security.runAsNonRoot !== true)
    .map(({ path }) => ({ path: [...path, 'runAsNonRoot'], message: 'must be true, here or for the pod' })),
];

export const runAsNonRoot: Check = {
  id: 'runAsNonRoot',
  level: 'restricted',
  revisions: [
    { from: 0, faults },
    { from: 35, faults: unlessUserNamespace(faults) },
  ],
};
