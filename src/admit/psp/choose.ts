import { compareText } from '../../model/order.ts';
import type { PodSecurityPolicy } from '../../model/pod-security-policy.ts';
import type { PodTemplate, Workload } from '../../model/pod-template.ts';
import type { User } from '../../model/rbac.ts';
import { type Permission, permission } from '../rbac.ts';
import type { World } from '../world.ts';
import { evaluatePolicy, type FamilyFault, whyUnusable } from './evaluate.ts';
import { withTokenVolume } from './token-volume.ts';

export type Tried = { readonly policy: PodSecurityPolicy; readonly faults: readonly FamilyFault[] };

export type Choice =
  | { readonly policy: PodSecurityPolicy; readonly through: Permission; readonly pod: PodTemplate }
  /** What each policy that may be used says against the pod; empty when none may be used. */
  | { readonly policy: null; readonly tried: readonly Tried[] };

/**
 * The policy that admits a pod: of those that its creator or its service account may use, in order of name, the first
 * that needs to fill nothing in; else the first. Source: Kubernetes 1.24, plugin/pkg/admission/security/podsecuritypolicy
 */
export function choosePolicy(workload: Workload, users: readonly User[], world: World): Choice {
  const { namespace, template } = workload;
  const given = withTokenVolume(template, world.accountOf(namespace, template.serviceAccount));
  const tried: Tried[] = [];
  let first: (Choice & { policy: PodSecurityPolicy }) | null = null;
  for (const policy of usable(world.policies)) {
    const through = permission(policy.name, users, namespace, world.grants);
    if (through === null) continue;
    const { pod, faults } = evaluatePolicy(policy, given);
    if (faults.length > 0) tried.push({ policy, faults });
    else if (pod === given) return { policy, through, pod };
    else first ??= { policy, through, pod };
  }
  return first ?? { policy: null, tried };
}

const usable = (policies: readonly PodSecurityPolicy[]): PodSecurityPolicy[] =>
  policies.filter((policy) => whyUnusable(policy) === null).sort((a, b) => compareText(a.name, b.name));
