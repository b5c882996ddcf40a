import { APP_ARMOR_CONTAINER } from '../profile-annotations.ts';
import { type Family, ofContainers } from './family.ts';

export const appArmor: Family = {
  name: 'appArmor',
  fill: ({ appArmor: { usual } }, pod) => {
    if (usual === null) return pod;
    const missing = pod.containers
      .map(({ name }) => `${APP_ARMOR_CONTAINER}${name}`)
      .filter((key) => !pod.annotations.get(key));
    if (missing.length === 0) return pod;
    return { ...pod, annotations: new Map([...pod.annotations, ...missing.map((key) => [key, usual] as const)]) };
  },
  check: ({ appArmor: { allowed } }, pod) =>
    ofContainers(pod, ({ name }) => {
      if (allowed === null) return [];
      const key = `${APP_ARMOR_CONTAINER}${name}`;
      const profile = pod.annotations.get(key) ?? '';
      if (profile !== '' && allowed.includes(profile)) return [];
      const found = profile === '' ? 'must be set' : `\`${profile}\` is not allowed`;
      const message = `AppArmor profile ${found}: expected ${allowed.join(', ')}`;
      return [{ path: ['metadata', 'annotations', key], message }];
    }),
};
