import type { LevelVersion } from '../../model/pod-security.ts';
import type { PodTemplate } from '../../model/pod-template.ts';
import type { Fault } from '../fault.ts';
import type { Check, Revision } from './check.ts';
import { CHECKS } from './registry.ts';

export type CheckFault = Fault & { readonly check: string };

/**
 * What of a pod a level does not take.
 * @param newest the minor version of the API server: it knows no later checks, and `latest` means its own
 */
export function evaluateLevel({ level, minor }: LevelVersion, pod: PodTemplate, newest: number): CheckFault[] {
  if (level === 'privileged') return [];
  return checksOf(level, Math.min(minor ?? newest, newest)).flatMap(({ id, revision }) =>
    revision.faults(pod).map((fault): CheckFault => ({ ...fault, check: id })),
  );
}

/** The checks of a level; restricted has those of baseline too, but for those that it has a stricter one for. */
function checksOf(level: Check['level'], minor: number): { readonly id: string; readonly revision: Revision }[] {
  const found = CHECKS.flatMap((check) => {
    if (level === 'baseline' && check.level === 'restricted') return [];
    const revision = check.revisions.findLast(({ from }) => from <= minor);
    return revision === undefined ? [] : [{ id: check.id, revision }];
  });
  const overridden = new Set(found.map(({ revision }) => revision.overrides));
  return found.filter(({ id }) => !overridden.has(id));
}
