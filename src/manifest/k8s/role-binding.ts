import type { Binding, Subject } from '../../model/rbac.ts';
import { quote } from '../../source/quote.ts';
import { oneOf, requiredChoice } from '../choice.ts';
import type { Fields, Known } from '../fields.ts';
import type { AdmissionPart, Kind, Metadata } from '../kind.ts';
import { positionOf } from '../node.ts';
import { RBAC_VERSIONS } from './role.ts';

/** Source: k8s.io/api, rbac/v1 Subject and RoleRef; pkg/apis/rbac/validation, ValidateRoleBinding. */
const SUBJECT: Known = ['kind', 'apiGroup', 'name', 'namespace'];
const ROLE_REF: Known = ['apiGroup', 'kind', 'name'];
const RBAC = 'rbac.authorization.k8s.io';

export const roleBinding: Kind = {
  kind: 'RoleBinding',
  apiVersions: RBAC_VERSIONS,
  scope: 'namespaced',
  fields: ['subjects', 'roleRef'],
  strictness: 'error',
  read: null,
  simulated: 'by `admit`: who may use PodSecurityPolicies',
  warned: '',
  admission: readBinding,
};

export const clusterRoleBinding: Kind = { ...roleBinding, kind: 'ClusterRoleBinding', scope: 'cluster' };

function readBinding(object: Fields, { namespace, name, at }: Metadata): AdmissionPart | null {
  const subjects = object.objects('subjects', SUBJECT).flatMap((subject) => readSubject(subject) ?? []);
  const role = readRoleRef(object, namespace);
  return role && { type: 'binding', binding: { namespace, name, role, subjects, at } };
}

function readRoleRef(object: Fields, namespace: string | null): Binding['role'] | null {
  const ref = object.object('roleRef', ROLE_REF);
  if (ref === null) {
    if (object.get('roleRef') === null) object.missing('roleRef', 'the role that is bound');
    return null;
  }
  checkGroup(ref, RBAC);
  const kinds = namespace === null ? (['ClusterRole'] as const) : (['Role', 'ClusterRole'] as const);
  const kind = requiredChoice(ref, 'kind', kinds);
  const name = ref.requiredString('name');
  return kind && name && { kind, name: name.value, at: positionOf(name.node) };
}

function readSubject(subject: Fields): Subject | null {
  const kind = requiredChoice(subject, 'kind', ['ServiceAccount', 'User', 'Group'] as const);
  const name = subject.requiredString('name');
  if (kind === null || name === null) return null;
  checkGroup(subject, kind === 'ServiceAccount' ? '' : RBAC);
  const at = positionOf(name.node);
  if (kind !== 'ServiceAccount') return { kind, namespace: null, name: name.value, at };
  const namespace = subject.requiredString('namespace');
  return namespace && { kind, namespace: namespace.value, name: name.value, at };
}

/** A missing group is filled in. */
function checkGroup(fields: Fields, expected: string): void {
  const group = fields.string('apiGroup');
  if (group === null || group.value === expected) return;
  if (expected !== '') oneOf(group, '`apiGroup`', [expected], fields);
  else
    fields.report.error(
      'BAD_VALUE',
      group.node,
      `a ServiceAccount is of the core group: leave ${quote(group.value)} out`,
    );
}
