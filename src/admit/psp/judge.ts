import { pathText } from '../../model/field-path.ts';
import type { PodTemplate, Workload } from '../../model/pod-template.ts';
import type { User } from '../../model/rbac.ts';
import { quote } from '../../source/quote.ts';
import type { AdmittedBy, Objection } from '../../verdict/admission.ts';
import { nearGrants } from '../near-grants.ts';
import { isController, SOMEBODY } from '../users.ts';
import type { World } from '../world.ts';
import { choosePolicy, type Tried } from './choose.ts';
import { whyUnusable } from './evaluate.ts';

const CONTROL = 'PodSecurityPolicy';

export type PolicyVerdict =
  | { readonly by: AdmittedBy; readonly pod: PodTemplate; readonly objections: readonly [] }
  | { readonly by: null; readonly pod: PodTemplate; readonly objections: readonly Objection[] };

/** Whether a pod gets past the control, by which policy, or what stands against it. */
export function judgeByPolicies(workload: Workload, users: readonly User[], world: World): PolicyVerdict {
  const choice = choosePolicy(workload, users, world);
  if (choice.policy !== null) {
    const by: AdmittedBy = { control: CONTROL, policy: choice.policy.name, through: choice.through.words };
    return { by, pod: choice.pod, objections: [] };
  }
  const objections =
    choice.tried.length === 0
      ? [noUsablePolicy(workload, users, world)]
      : choice.tried.flatMap((tried) => objectionsOf(tried, workload));
  return { by: null, pod: workload.template, objections };
}

const objectionsOf = ({ policy, faults }: Tried, { templatePath, place }: Workload): Objection[] =>
  faults.map(({ family, path, message }) => ({
    control: CONTROL,
    policy: policy.name,
    check: family,
    path: pathText([...templatePath, ...path]),
    message,
    at: place([...templatePath, ...path]),
  }));

function noUsablePolicy(workload: Workload, users: readonly User[], world: World): Objection {
  return {
    control: CONTROL,
    policy: null,
    check: 'no-usable-policy',
    path: null,
    message: `${asking(workload, users)}: ${whyNone(workload, world)}`,
    at: workload.at,
  };
}

/** Whoever might have been allowed and is not: the account, and who asks where that is nobody's controller. */
function asking({ namespace, template }: Workload, [creator]: readonly User[]): string {
  const account = `ServiceAccount ${quote(`${namespace}/${template.serviceAccount}`)}`;
  const named = creator !== undefined && creator !== SOMEBODY && !isController(creator);
  const all = named ? `neither user ${quote(creator.name)} nor ${account} may use a` : `${account} may use no`;
  return `${all} PodSecurityPolicy`;
}

function whyNone(workload: Workload, world: World): string {
  const { policies } = world;
  if (policies.length === 0) return 'there is none';
  const faults = policies.flatMap((policy) => {
    const why = whyUnusable(policy);
    return why === null ? [] : [`${quote(policy.name)} cannot be used: ${why}`];
  });
  if (faults.length === policies.length) return faults.join('; ');
  const [near] = nearGrants(workload, world);
  return near ?? 'no binding lets anybody use one';
}
