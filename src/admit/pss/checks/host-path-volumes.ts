import type { Check } from '../check.ts';

export const hostPathVolumes: Check = {
  id: 'hostPathVolumes',
  level: 'baseline',
  revisions: [
    {
      from: 0,
      faults: ({ volumes }) =>
        volumes
          .filter(({ type }) => type === 'hostPath')
          .map(({ index, name }) => ({
            path: ['spec', 'volumes', index ?? 0, 'hostPath'],
            message: `volume \`${name}\` must not be a hostPath`,
          })),
    },
  ],
};
