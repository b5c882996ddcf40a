import type { Admission } from '../model/admission.ts';
import type { Binding, Role, Subject } from '../model/rbac.ts';
import { quote } from '../source/quote.ts';
import type { Dangling } from '../verdict/admission.ts';
import { BUILT_IN_ROLES, isSystemRole } from './built-in-roles.ts';
import { hintOf } from './nearest.ts';
import { bindingName, concernsPolicies, rolesByName } from './rbac.ts';

/** The account that every namespace has. */
const DEFAULT_ACCOUNT = 'default';

/** Names in roles, bindings and workloads that nobody among the manifests has, in the order of the input. */
export function danglingNames(admission: Admission): Dangling[] {
  const accounts = accountsByNamespace(admission);
  const roleOf = rolesByName(admission.roles);
  return [
    ...admission.roles.flatMap((role) => absentPolicies(role, admission)),
    ...admission.bindings.flatMap((binding) => [
      ...(roleOf(binding) === null ? absentRole(binding, admission) : []),
      ...binding.subjects.flatMap((subject) => absentSubject(subject, binding, accounts)),
    ]),
    ...absentAccounts(admission, accounts),
  ];
}

type Accounts = ReadonlyMap<string, readonly string[]>;

function accountsByNamespace({ serviceAccounts }: Admission): Accounts {
  const names = new Map<string, string[]>();
  for (const { namespace, name } of serviceAccounts) {
    const known = names.get(namespace) ?? [];
    names.set(namespace, known);
    known.push(name);
  }
  return names;
}

/** Accounts of the system's namespaces are made by the system: unless some are given, nobody knows which there are. */
const isUnknowable = (namespace: string, accounts: Accounts): boolean =>
  namespace.startsWith('kube-') && !accounts.has(namespace);

const hasAccount = (namespace: string, name: string, accounts: Accounts): boolean =>
  name === DEFAULT_ACCOUNT || (accounts.get(namespace)?.includes(name) ?? false) || isUnknowable(namespace, accounts);

function absentPolicies({ namespace, name, rules }: Role, { policies }: Admission): Dangling[] {
  const known = policies.map((policy) => policy.name);
  const kind = namespace === null ? 'ClusterRole' : 'Role';
  return rules
    .filter((rule) => concernsPolicies(rule) && !rule.resources.includes('*'))
    .flatMap(({ resourceNames }) => resourceNames)
    .filter((resource) => !known.includes(resource.name))
    .map((resource) => ({
      code: 'POLICY_ABSENT',
      message: `${kind} ${quote(name)} names PodSecurityPolicy ${quote(resource.name)}, which does not exist${hintOf(resource.name, known)}`,
      at: resource.at,
    }));
}

function absentRole(binding: Binding, { roles }: Admission): Dangling[] {
  const { kind, name, at } = binding.role;
  if (kind === 'ClusterRole' && isSystemRole(name)) return [];
  const namespace = kind === 'Role' ? binding.namespace : null;
  const known = [...(kind === 'ClusterRole' ? BUILT_IN_ROLES : []), ...roles]
    .filter((role) => role.namespace === namespace)
    .map((role) => role.name);
  const message = `${bindingName(binding)} names ${kind} ${quote(name)}, which does not exist${hintOf(name, known)}`;
  return [{ code: 'ROLE_ABSENT', message, at }];
}

function absentSubject(subject: Subject, binding: Binding, accounts: Accounts): Dangling[] {
  const account = accountNamed(subject);
  if (account === null || hasAccount(account.namespace, account.name, accounts)) return [];
  const { namespace, name } = account;
  const message = `${bindingName(binding)} names ServiceAccount ${quote(`${namespace}/${name}`)}, which does not exist${accountHint(namespace, name, accounts)}`;
  return [{ code: 'SUBJECT_ABSENT', message, at: subject.at }];
}

/** The account that a subject means, be it by the name of its user. */
function accountNamed({
  kind,
  namespace,
  name,
}: Subject): { readonly namespace: string; readonly name: string } | null {
  if (kind === 'ServiceAccount') return { namespace: namespace!, name };
  const [, of, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(kind === 'User' ? name : '') ?? [];
  return of !== undefined && account !== undefined ? { namespace: of, name: account } : null;
}

/** The nearest of its namespace; the same name in another namespace where it has none. */
function accountHint(namespace: string, name: string, accounts: Accounts): string {
  const here = accounts.get(namespace) ?? [];
  const elsewhere = [...accounts].filter(([, names]) => names.includes(name)).map(([of]) => `${of}/${name}`);
  if (elsewhere.length > 0) return `: did you mean ${quote(elsewhere[0])}?`;
  return hintOf(name, here, (near) => `${namespace}/${near}`);
}

/**
 * The API server takes no pod whose account does not exist: it is judged here as if it did, as people give parts of
 * their clusters. Where no account at all is given nobody can tell.
 */
function absentAccounts({ workloads }: Admission, accounts: Accounts): Dangling[] {
  if (accounts.size === 0) return [];
  const told = new Set<string>();
  return workloads.flatMap(({ kind, namespace, name, template, templatePath, place }) => {
    const account = template.serviceAccount;
    const key = `${namespace}/${account}`;
    if (hasAccount(namespace, account, accounts) || told.has(key)) return [];
    told.add(key);
    const message = `${kind} ${quote(`${namespace}/${name}`)} runs as ServiceAccount ${quote(key)}, which is not among the manifests: no pod is made until it exists${accountHint(namespace, account, accounts)}`;
    return [
      { code: 'SERVICE_ACCOUNT_ABSENT' as const, message, at: place([...templatePath, 'spec', 'serviceAccountName']) },
    ];
  });
}
