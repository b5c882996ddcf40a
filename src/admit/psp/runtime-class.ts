import type { Family } from './family.ts';

export const runtimeClass: Family = {
  name: 'runtimeClass',
  fill: ({ runtimeClass: rule }, pod) =>
    rule === null || rule.usual === null || pod.runtimeClass !== null ? pod : { ...pod, runtimeClass: rule.usual },
  check: ({ runtimeClass: rule }, pod) => {
    if (rule === null || pod.runtimeClass === null) return [];
    if (rule.allowed.includes('*') || rule.allowed.includes(pod.runtimeClass)) return [];
    const expected = rule.allowed.length === 0 ? 'none may be set' : `expected ${rule.allowed.join(', ')}`;
    const message = `runtime class \`${pod.runtimeClass}\` is not allowed: ${expected}`;
    return [{ path: ['spec', 'runtimeClassName'], message }];
  },
};
