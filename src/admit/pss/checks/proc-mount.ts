import { type Check, containersOf, type Revision, unlessUserNamespace } from '../check.ts';

const faults: Revision['faults'] = (pod) =>
  containersOf(pod)
    .filter(({ security }) => security.procMount !== null && security.procMount !== 'Default')
    .map(({ path, security }) => ({
      path: [...path, 'procMount'],
      message: `must be \`Default\`, is \`${security.procMount}\``,
    }));

export const procMount: Check = {
  id: 'procMount',
  level: 'baseline',
  revisions: [
    { from: 0, faults },
    { from: 35, faults: unlessUserNamespace(faults) },
  ],
};

/** Since baseline makes an exception for user namespaces. */
export const procMountRestricted: Check = {
  id: 'procMount_restricted',
  level: 'restricted',
  revisions: [{ from: 35, faults, overrides: procMount.id }],
};
