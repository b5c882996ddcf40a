import { pathText } from '../../model/field-path.ts';
import { type LevelVersion, levelText } from '../../model/pod-security.ts';
import type { PodTemplate, Workload } from '../../model/pod-template.ts';
import type { User } from '../../model/rbac.ts';
import type { AdmittedBy, Objection, Remark } from '../../verdict/admission.ts';
import type { World } from '../world.ts';
import { evaluateLevel } from './evaluate.ts';
import { modesOf } from './modes.ts';

const CONTROL = 'PodSecurity';

export type LevelVerdict = {
  readonly by: AdmittedBy;
  readonly objections: readonly Objection[];
  readonly remarks: readonly Remark[];
};

/**
 * What the levels of its namespace say of a pod: `enforce` stops it, `warn` and `audit` speak of pods and of what
 * makes them. @param pod the workload's, with what was filled in before
 */
export function judgeByLevels(
  workload: Workload,
  pod: PodTemplate,
  creator: User,
  world: World,
  newest: number,
): LevelVerdict {
  const exempt = exemption(workload, pod, creator, world);
  if (exempt !== null) return { by: admittedBy(`exempt: ${exempt}`), objections: [], remarks: [] };
  const modes = modesOf(world.labelsOf(workload.namespace), world.podSecurity.defaults);
  const objections = objectionsOf(modes.enforce, workload, pod, newest);
  // What makes pods is asked about its template as it is: policies fill in pods alone.
  const spoken = workload.kind === 'Pod' ? pod : workload.template;
  const ask = (level: LevelVersion): Objection[] => objectionsOf(level, workload, spoken, newest);
  return {
    by: admittedBy(levelText(modes.enforce)),
    objections,
    remarks: [
      // A pod that is refused is not warned of; what makes it is, as that is taken.
      ...(objections.length > 0 && workload.kind === 'Pod' ? [] : ask(modes.warn).map(remark('warn'))),
      ...ask(modes.audit).map(remark('audit')),
    ],
  };
}

const remark =
  (mode: Remark['mode']) =>
  (objection: Objection): Remark => ({ ...objection, mode });

const admittedBy = (policy: string): AdmittedBy => ({ control: CONTROL, policy, through: null });

function exemption({ namespace }: Workload, pod: PodTemplate, creator: User, { podSecurity }: World): string | null {
  const { users, namespaces, runtimeClasses } = podSecurity.exempt;
  if (namespaces.includes(namespace)) return `namespace ${namespace}`;
  if (users.includes(creator.name)) return `user ${creator.name}`;
  const { runtimeClass } = pod;
  return runtimeClass !== null && runtimeClasses.includes(runtimeClass) ? `runtime class ${runtimeClass}` : null;
}

function objectionsOf(
  level: LevelVersion,
  { templatePath, place }: Workload,
  pod: PodTemplate,
  newest: number,
): Objection[] {
  return evaluateLevel(level, pod, newest).map(({ check, path, message }) => ({
    control: CONTROL,
    policy: levelText(level),
    check,
    path: pathText([...templatePath, ...path]),
    message,
    at: place([...templatePath, ...path]),
  }));
}
