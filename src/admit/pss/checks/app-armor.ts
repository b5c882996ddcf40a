import { APP_ARMOR_CONTAINER } from '../../profile-annotations.ts';
import { type Check, contextsOf } from '../check.ts';

const ALLOWED = ['RuntimeDefault', 'Localhost'];

const allowedAnnotation = (profile: string): boolean =>
  profile === '' || profile === 'runtime/default' || profile.startsWith('localhost/');

export const appArmorProfile: Check = {
  id: 'appArmorProfile',
  level: 'baseline',
  revisions: [
    {
      from: 0,
      faults: (pod) => [
        ...contextsOf(pod)
          .filter(({ security: { appArmor } }) => appArmor !== null && !ALLOWED.includes(appArmor.type))
          .map(({ path, security }) => ({
            path: [...path, 'appArmorProfile', 'type'],
            message: `must be ${ALLOWED.join(' or ')}, is \`${security.appArmor!.type}\``,
          })),
        ...[...pod.annotations]
          .filter(([key, profile]) => key.startsWith(APP_ARMOR_CONTAINER) && !allowedAnnotation(profile))
          .map(([key, profile]) => ({
            path: ['metadata', 'annotations', key],
            message: `must be \`runtime/default\` or begin with \`localhost/\`, is \`${profile}\``,
          })),
      ],
    },
  ],
};
