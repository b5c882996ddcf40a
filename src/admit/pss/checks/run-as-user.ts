import { type Check, contextsOf, type Revision, unlessUserNamespace } from '../check.ts';

const faults: Revision['faults'] = (pod) =>
  contextsOf(pod)
    .filter(({ security }) => security.runAsUser === 0)
    .map(({ path }) => ({ path: [...path, 'runAsUser'], message: 'must not be 0' }));

export const runAsUser: Check = {
  id: 'runAsUser',
  level: 'restricted',
  revisions: [
    { from: 23, faults },
    { from: 35, faults: unlessUserNamespace(faults) },
  ],
};
