import type { Check } from '../check.ts';
import { hostPathVolumes } from './host-path-volumes.ts';

const ALLOWED = [
  ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected'],
  'secret',
];

export const restrictedVolumes: Check = {
  id: 'restrictedVolumes',
  level: 'restricted',
  revisions: [
    {
      from: 0,
      faults: ({ volumes }) =>
        volumes
          .filter(({ type }) => !ALLOWED.includes(type))
          .map(({ index, name, type }) => ({
            path: ['spec', 'volumes', index ?? 0, ...(type === 'unknown' ? [] : [type])],
            message: `volume \`${name}\` is of type ${type}: expected one of ${ALLOWED.join(', ')}`,
          })),
      overrides: hostPathVolumes.id,
    },
  ],
};
