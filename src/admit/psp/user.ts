import { effective } from '../../model/pod-template.ts';
import { contextOf, type Family, ofContainers, withContexts } from './family.ts';
import { isWithin, rangesText } from './ranges.ts';

export const runAsUser: Family = {
  name: 'runAsUser',
  fill: ({ runAsUser: { rule, ranges } }, pod) =>
    withContexts(pod, (container) => {
      if (rule === 'RunAsAny' || effective('runAsUser', container, pod) !== null) return null;
      if (rule === 'MustRunAs') return { runAsUser: ranges[0]!.min };
      // The kubelet does the rest: it asks the image for its user.
      return effective('runAsNonRoot', container, pod) === null ? { runAsNonRoot: true } : null;
    }),
  check: ({ runAsUser: { rule, ranges } }, pod) =>
    ofContainers(pod, (container) => {
      const user = effective('runAsUser', container, pod);
      const path = contextOf(container);
      if (rule === 'MustRunAs')
        return user !== null && isWithin(user, ranges)
          ? []
          : [{ path: [...path, 'runAsUser'], message: `user ${user} is not within ${rangesText(ranges)}` }];
      if (rule === 'RunAsAny') return [];
      if (effective('runAsNonRoot', container, pod) === false)
        return [{ path: [...path, 'runAsNonRoot'], message: 'must not be false' }];
      return user === 0 ? [{ path: [...path, 'runAsUser'], message: 'must not be 0, the root user' }] : [];
    }),
};
