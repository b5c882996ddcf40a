import type { Check } from '../check.ts';

export const hostNamespaces: Check = {
  id: 'hostNamespaces',
  level: 'baseline',
  revisions: [
    {
      from: 0,
      faults: (pod) =>
        (['hostNetwork', 'hostPID', 'hostIPC'] as const)
          .filter((field) => pod[field])
          .map((field) => ({ path: ['spec', field], message: 'must not be true' })),
    },
  ],
};
