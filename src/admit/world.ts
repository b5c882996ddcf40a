import type { Admission, ServiceAccount } from '../model/admission.ts';
import type { Labels } from '../model/labels.ts';
import type { Binding, Role } from '../model/rbac.ts';
import { type Grant, grantsOf, rolesByName } from './rbac.ts';

/** What was read, and what every pod asks of it again. */
export type World = Admission & {
  readonly grants: readonly Grant[];
  readonly roleOf: (binding: Binding) => Role | null;
  readonly accountOf: (namespace: string, name: string) => ServiceAccount | undefined;
  /** None for a namespace that is not among the manifests. */
  readonly labelsOf: (namespace: string) => Labels;
};

export function worldOf(admission: Admission): World {
  const accounts = new Map(
    admission.serviceAccounts.map((account) => [`${account.namespace}/${account.name}`, account]),
  );
  const labels = new Map(admission.namespaces.map((namespace) => [namespace.name, namespace.labels]));
  const none: Labels = new Map();
  return {
    ...admission,
    grants: grantsOf(admission),
    roleOf: rolesByName(admission.roles),
    accountOf: (namespace, name) => accounts.get(`${namespace}/${name}`),
    labelsOf: (namespace) => labels.get(namespace) ?? none,
  };
}
