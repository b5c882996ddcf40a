import type { Role } from '../model/rbac.ts';
import { equals } from '../model/selector.ts';

const AT = { file: 'kubernetes', line: 1, column: 1 };
const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to-';

const aggregating = (name: string, into: string | null): Role => ({
  namespace: null,
  name,
  labels: new Map(into === null ? [] : [[`${AGGREGATE}${into}`, 'true']]),
  rules: [],
  aggregates: equals(`${AGGREGATE}${name}`, 'true'),
  at: AT,
});

/**
 * ClusterRoles that every cluster has, as far as they can let somebody use a PodSecurityPolicy: by themselves or by
 * the roles that are added to them. Source: plugin/pkg/auth/authorizer/rbac/bootstrappolicy
 */
export const BUILT_IN_ROLES: readonly Role[] = [
  {
    namespace: null,
    name: 'cluster-admin',
    labels: new Map(),
    rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [] }],
    aggregates: null,
    at: AT,
  },
  aggregating('admin', null),
  aggregating('edit', 'admin'),
  aggregating('view', 'edit'),
];

/** The other roles of that kind, none of which speaks of PodSecurityPolicies. */
export const isSystemRole = (name: string): boolean => name.startsWith('system:');
