import { type Family, ofContainers } from './family.ts';
import { isWithin, rangesText } from './ranges.ts';

export const hostNamespaces: Family = {
  name: 'host namespaces',
  check: (policy, pod) =>
    (['hostNetwork', 'hostPID', 'hostIPC'] as const)
      .filter((field) => pod[field] && !policy[field])
      .map((field) => ({ path: ['spec', field], message: 'must not be true' })),
};

export const hostPorts: Family = {
  name: 'hostPorts',
  check: ({ hostPorts: ranges }, pod) =>
    ofContainers(pod, ({ ports, path }) =>
      ports
        .filter(({ hostPort }) => hostPort !== null && !isWithin(hostPort, ranges))
        .map(({ index, hostPort }) => ({
          path: [...path, 'ports', index, 'hostPort'],
          message: `port ${hostPort} of the node is not allowed: expected ${rangesText(ranges)}`,
        })),
    ),
};
