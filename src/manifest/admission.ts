import type { Admission } from '../model/admission.ts';
import { NO_CONFIGURATION } from '../model/pod-security.ts';
import { quote } from '../source/quote.ts';
import type { AdmissionPart, ReadObject } from './kind.ts';
import type { Report } from './report.ts';

/** Everything that decides which pods exist, out of what was read of each object. Each object is there once. */
export function joinAdmission(objects: readonly ReadObject[], report: Report): Admission {
  const parts = objects.flatMap(({ admission }) => admission ?? []);
  const of = <T extends AdmissionPart['type']>(type: T) =>
    parts.filter((part): part is AdmissionPart & { type: T } => part.type === type);
  const configurations = of('pod-security');
  const second = objects.filter(({ admission }) => admission?.type === 'pod-security')[1];
  if (second !== undefined)
    report.warning(
      'DUPLICATE_OBJECT',
      second.metadata.at,
      'the defaults of Pod Security are given twice: the last count',
    );
  const admission: Admission = {
    workloads: of('workload').map(({ workload }) => workload),
    namespaces: of('namespace').map(({ namespace }) => namespace),
    serviceAccounts: of('service-account').map(({ account }) => account),
    policies: of('pod-security-policy').map(({ policy }) => policy),
    roles: of('role').map(({ role }) => role),
    bindings: of('binding').map(({ binding }) => binding),
    podSecurity: configurations.at(-1)?.configuration ?? NO_CONFIGURATION,
  };
  warnOfMissingNamespaces(admission, report);
  return admission;
}

/** Of pods `assemble` tells already. */
function warnOfMissingNamespaces({ workloads, namespaces }: Admission, report: Report): void {
  const known = new Set([
    ...namespaces.map(({ name }) => name),
    ...workloads.filter(({ kind }) => kind === 'Pod').map(({ namespace }) => namespace),
  ]);
  for (const { namespace, at } of workloads) {
    if (known.has(namespace)) continue;
    known.add(namespace);
    const message = `namespace ${quote(namespace)} is not among the manifests: it is taken to have its name for its only label`;
    report.warning('NAMESPACE_ABSENT', at, message);
  }
}
