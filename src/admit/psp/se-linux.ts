import type { FieldPath } from '../../model/field-path.ts';
import type { PodSecurityPolicy } from '../../model/pod-security-policy.ts';
import type { SeLinuxOptions } from '../../model/pod-template.ts';
import type { Fault } from '../fault.ts';
import { contextOf, type Family, ofContainers, POD_CONTEXT } from './family.ts';

export const seLinux: Family = {
  name: 'seLinux',
  // Containers that say nothing have what their pod has.
  fill: ({ seLinux: { rule, options } }, pod) =>
    rule === 'RunAsAny' || pod.security.seLinux !== null
      ? pod
      : { ...pod, security: { ...pod.security, seLinux: options } },
  check: (policy, pod) => [
    ...faults(policy, pod.security.seLinux, POD_CONTEXT),
    ...ofContainers(pod, (container) =>
      container.security.seLinux === null ? [] : faults(policy, container.security.seLinux, contextOf(container)),
    ),
  ],
};

function faults(
  { seLinux: { rule, options } }: PodSecurityPolicy,
  given: SeLinuxOptions | null,
  at: FieldPath,
): Fault[] {
  if (rule === 'RunAsAny' || options === null || given === null) return [];
  return (['level', 'role', 'type', 'user'] as const)
    .filter((field) => (field === 'level' ? !sameLevel(options.level, given.level) : options[field] !== given[field]))
    .map((field) => ({
      path: [...at, 'seLinuxOptions', field],
      message: `must be \`${options[field]}\`, is \`${given[field]}\``,
    }));
}

/** `s0:c1,c0` is `s0:c0,c1`: categories are a set. */
function sameLevel(expected: string, given: string): boolean {
  if (expected === given) return true;
  const sorted = (level: string): string | null => {
    const colon = level.indexOf(':');
    if (colon < 0) return null;
    return `${level.slice(0, colon)}:${level
      .slice(colon + 1)
      .split(',')
      .sort()
      .join(',')}`;
  };
  return sorted(expected) !== null && sorted(expected) === sorted(given);
}
