import { type Check, containersOf } from '../check.ts';

export const privileged: Check = {
  id: 'privileged',
  level: 'baseline',
  revisions: [
    {
      from: 0,
      faults: (pod) =>
        containersOf(pod)
          .filter(({ security }) => security.privileged)
          .map(({ path }) => ({ path: [...path, 'privileged'], message: 'must not be true' })),
    },
  ],
};
