import { type Check, containersOf, type Revision, unlessWindows } from '../check.ts';

const faults: Revision['faults'] = (pod) =>
  containersOf(pod)
    .filter(({ security }) => security.allowPrivilegeEscalation !== false)
    .map(({ path }) => ({ path: [...path, 'allowPrivilegeEscalation'], message: 'must be false' }));

export const allowPrivilegeEscalation: Check = {
  id: 'allowPrivilegeEscalation',
  level: 'restricted',
  revisions: [
    { from: 8, faults },
    { from: 25, faults: unlessWindows(faults) },
  ],
};
