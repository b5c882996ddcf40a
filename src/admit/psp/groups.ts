import type { FieldPath } from '../../model/field-path.ts';
import type { IdRule } from '../../model/pod-security-policy.ts';
import { effective } from '../../model/pod-template.ts';
import type { Fault } from '../fault.ts';
import { contextOf, type Family, ofContainers, POD_CONTEXT, withContexts } from './family.ts';
import { isWithin, rangesText } from './ranges.ts';

export const fsGroup: Family = {
  name: 'fsGroup',
  fill: ({ fsGroup: rule }, pod) => {
    if (rule.rule !== 'MustRunAs' || pod.security.fsGroup !== null) return pod;
    return { ...pod, security: { ...pod.security, fsGroup: rule.ranges[0]!.min } };
  },
  check: ({ fsGroup: rule }, { security }) =>
    faults(rule, security.fsGroup === null ? [] : [security.fsGroup], [...POD_CONTEXT, 'fsGroup']),
};

export const supplementalGroups: Family = {
  name: 'supplementalGroups',
  fill: ({ supplementalGroups: rule }, pod) => {
    if (rule.rule !== 'MustRunAs' || pod.security.supplementalGroups.length > 0) return pod;
    return { ...pod, security: { ...pod.security, supplementalGroups: [rule.ranges[0]!.min] } };
  },
  check: ({ supplementalGroups: rule }, { security }) =>
    faults(rule, security.supplementalGroups, [...POD_CONTEXT, 'supplementalGroups']),
};

export const runAsGroup: Family = {
  name: 'runAsGroup',
  fill: ({ runAsGroup: rule }, pod) =>
    withContexts(pod, (container) =>
      rule.rule === 'MustRunAs' && effective('runAsGroup', container, pod) === null
        ? { runAsGroup: rule.ranges[0]!.min }
        : null,
    ),
  check: ({ runAsGroup: rule }, pod) =>
    ofContainers(pod, (container) => {
      const group = effective('runAsGroup', container, pod);
      return faults(rule, group === null ? [] : [group], [...contextOf(container), 'runAsGroup']);
    }),
};

function faults({ rule, ranges }: IdRule, groups: readonly number[], path: FieldPath): Fault[] {
  if (rule === 'RunAsAny') return [];
  return groups
    .filter((group) => !isWithin(group, ranges))
    .map((group) => ({ path, message: `group ${group} is not within ${rangesText(ranges)}` }));
}
