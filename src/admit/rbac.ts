import type { Admission } from '../model/admission.ts';
import { type Binding, type RbacRule, type Role, type Subject, serviceAccountUser, type User } from '../model/rbac.ts';
import { matches } from '../model/selector.ts';
import { BUILT_IN_ROLES } from './built-in-roles.ts';

/** PodSecurityPolicies moved from one group to the other, and a rule for either counts. */
const GROUPS = ['policy', 'extensions', '*'];
const RESOURCES = ['podsecuritypolicies', '*'];
const VERBS = ['use', '*'];
/** Members may do anything, whatever the roles say. */
const MASTERS = 'system:masters';

/** A binding whose role lets its subjects use policies: those of these names, or (null) all. */
export type Grant = { readonly binding: Binding; readonly policies: ReadonlySet<string> | null };

/** The roles by the reference that names them, those that every cluster has included. */
export function rolesByName(roles: readonly Role[]): (binding: Binding) => Role | null {
  const key = (namespace: string | null, name: string): string => `${namespace ?? ''}/${name}`;
  const byKey = new Map([...BUILT_IN_ROLES, ...roles].map((role) => [key(role.namespace, role.name), role]));
  return ({ namespace, role }) => byKey.get(key(role.kind === 'Role' ? namespace : null, role.name)) ?? null;
}

/** The rules of a role; an aggregating one has those of all that its selector finds, and they of theirs. */
export function rulesOf(role: Role, roles: readonly Role[], seen: ReadonlySet<Role> = new Set()): readonly RbacRule[] {
  const { aggregates } = role;
  if (aggregates === null) return role.rules;
  if (seen.has(role)) return [];
  const path = new Set([...seen, role]);
  return [...BUILT_IN_ROLES, ...roles]
    .filter((other) => other.namespace === null && other !== role && matches(aggregates, other.labels))
    .flatMap((other) => rulesOf(other, roles, path));
}

const any = (given: readonly string[], wanted: readonly string[]): boolean =>
  given.some((word) => wanted.includes(word));

/** Whether a rule speaks of PodSecurityPolicies, whatever may be done with them. */
export const concernsPolicies = (rule: RbacRule): boolean =>
  any(rule.resources, RESOURCES) && any(rule.apiGroups, GROUPS);

const letsUse = (rule: RbacRule): boolean => concernsPolicies(rule) && any(rule.verbs, VERBS);

/** Every binding that lets somebody use a policy. */
export function grantsOf({ roles, bindings }: Admission): Grant[] {
  const roleOf = rolesByName(roles);
  return bindings.flatMap((binding): Grant[] => {
    const role = roleOf(binding);
    const rules = role === null ? [] : rulesOf(role, roles).filter(letsUse);
    if (rules.length === 0) return [];
    const all = rules.some(({ resourceNames }) => resourceNames.length === 0);
    const names = rules.flatMap(({ resourceNames }) => resourceNames.map(({ name }) => name));
    return [{ binding, policies: all ? null : new Set(names) }];
  });
}

export const isSubject = ({ kind, namespace, name }: Subject, user: User): boolean => {
  if (kind === 'Group') return user.groups.includes(name);
  return user.name === (kind === 'User' ? name : serviceAccountUser(namespace!, name));
};

/** A binding of a namespace counts for the pods of that namespace. */
export const countsIn = (binding: Binding, namespace: string): boolean =>
  binding.namespace === null || binding.namespace === namespace;

/** How a user came to be allowed: the binding, or the words for what needs none. */
export type Permission = { readonly binding: Binding | null; readonly words: string };

/** By what one of the users may use a policy for a pod of a namespace; null when none may. */
export function permission(
  policy: string,
  users: readonly User[],
  namespace: string,
  grants: readonly Grant[],
): Permission | null {
  for (const user of users) {
    if (user.groups.includes(MASTERS)) return { binding: null, words: `group ${MASTERS}` };
    const grant = grants.find(
      ({ binding, policies }) =>
        (policies === null || policies.has(policy)) &&
        countsIn(binding, namespace) &&
        binding.subjects.some((subject) => isSubject(subject, user)),
    );
    if (grant !== undefined) return { binding: grant.binding, words: bindingName(grant.binding) };
  }
  return null;
}

export const bindingName = ({ namespace, name }: Binding): string =>
  namespace === null ? `ClusterRoleBinding ${name}` : `RoleBinding ${namespace}/${name}`;
