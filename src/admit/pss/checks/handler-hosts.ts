import type { Check } from '../check.ts';

export const hostProbesAndHostLifecycle: Check = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  revisions: [
    {
      from: 34,
      faults: (pod) =>
        pod.containers.flatMap(({ handlerHosts }) =>
          handlerHosts.map(({ path, host }) => ({ path, message: `host \`${host}\` must not be named` })),
        ),
    },
  ],
};
