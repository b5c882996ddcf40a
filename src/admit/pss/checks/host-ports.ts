import type { Check } from '../check.ts';

export const hostPorts: Check = {
  id: 'hostPorts',
  level: 'baseline',
  revisions: [
    {
      from: 0,
      faults: (pod) =>
        pod.containers.flatMap(({ path, ports }) =>
          ports
            .filter(({ hostPort }) => hostPort !== null)
            .map(({ index, hostPort }) => ({
              path: [...path, 'ports', index, 'hostPort'],
              message: `port ${hostPort} of the node must not be used`,
            })),
        ),
    },
  ],
};
