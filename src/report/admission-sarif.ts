import type { AdmissionReport, Objection, WorkloadAdmission } from '../verdict/admission.ts';
import { type SarifResult, type SarifRule, sarifLog } from './sarif.ts';

const DANGLING_TEXTS = {
  SUBJECT_ABSENT: 'a binding names a subject that does not exist',
  ROLE_ABSENT: 'a binding names a role that does not exist',
  POLICY_ABSENT: 'a role names a PodSecurityPolicy that does not exist',
  SERVICE_ACCOUNT_ABSENT: 'a pod runs as a service account that does not exist',
} as const;

const LEVELS = { refused: 'error', warn: 'warning', audit: 'note' } as const;

/** What is refused as errors, what is warned of as warnings, what is audited as notes, each at its field. */
export function admissionSarif({ workloads, dangling }: AdmissionReport, version: string): string {
  const results: SarifResult[] = [
    ...workloads.flatMap((workload) => [
      ...workload.objections.map((objection) => resultOf(workload, objection, LEVELS.refused)),
      ...workload.remarks.map((remark) => resultOf(workload, remark, LEVELS[remark.mode])),
    ]),
    ...dangling.map(({ code, message, at }): SarifResult => ({ rule: code, level: 'warning', message, at })),
  ];
  const objections = workloads.flatMap((workload) => [...workload.objections, ...workload.remarks]);
  const rules = new Map<string, SarifRule>([
    ...objections.map((objection): [string, SarifRule] => [ruleOf(objection), ruleText(objection)]),
    ...dangling.map(({ code }): [string, SarifRule] => [code, { id: code, text: DANGLING_TEXTS[code] }]),
  ]);
  return sarifLog(version, [...rules.values()], results);
}

const ruleOf = ({ control, check }: Objection): string => `${control}/${check}`;

const ruleText = (objection: Objection): SarifRule => ({
  id: ruleOf(objection),
  text: `${objection.control} does not take the pod: ${objection.check}`,
});

function resultOf(
  { kind, namespace, name }: WorkloadAdmission,
  objection: Objection,
  level: SarifResult['level'],
): SarifResult {
  const { policy, path, message, at } = objection;
  const parts = [`${kind} ${namespace}/${name}`, policy, path, message];
  return { rule: ruleOf(objection), level, message: parts.filter((part) => part !== null).join(': '), at };
}
