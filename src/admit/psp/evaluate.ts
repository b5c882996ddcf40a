import type { PodSecurityPolicy } from '../../model/pod-security-policy.ts';
import type { PodTemplate } from '../../model/pod-template.ts';
import type { Fault } from '../fault.ts';
import { FAMILIES } from './registry.ts';

export type FamilyFault = Fault & { readonly family: string };

/** What a policy makes of a pod. */
export type Outcome = {
  /** With what the policy filled in. */
  readonly pod: PodTemplate;
  readonly faults: readonly FamilyFault[];
};

export function evaluatePolicy(policy: PodSecurityPolicy, given: PodTemplate): Outcome {
  const pod = FAMILIES.reduce((filled, { fill }) => fill?.(policy, filled) ?? filled, given);
  const faults = FAMILIES.flatMap(({ name, check }) =>
    check(policy, pod).map((fault): FamilyFault => ({ ...fault, family: name })),
  );
  return { pod, faults };
}

/** Why the API server would take the policy and never use it; null when it can be used. */
export function whyUnusable(policy: PodSecurityPolicy): string | null {
  for (const name of ['runAsUser', 'runAsGroup', 'fsGroup', 'supplementalGroups'] as const) {
    const { rule, ranges } = policy[name];
    if ((rule === 'MustRunAs' || rule === 'MayRunAs') && ranges.length === 0)
      return `\`${name}\` says ${rule} and gives no ranges`;
  }
  const { rule, options } = policy.seLinux;
  return rule === 'MustRunAs' && options === null ? '`seLinux` says MustRunAs and gives no options' : null;
}
