import { type Check, contextsOf } from '../check.ts';

export const windowsHostProcess: Check = {
  id: 'windowsHostProcess',
  level: 'baseline',
  revisions: [
    {
      from: 0,
      faults: (pod) =>
        contextsOf(pod)
          .filter(({ security }) => security.windowsHostProcess)
          .map(({ path }) => ({ path: [...path, 'windowsOptions', 'hostProcess'], message: 'must not be true' })),
    },
  ],
};
