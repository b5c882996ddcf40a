import type { RbacRule } from '../../model/rbac.ts';
import { or } from '../../model/selector.ts';
import type { Fields, Known } from '../fields.ts';
import type { AdmissionPart, Kind, Metadata } from '../kind.ts';
import { positionOf } from '../node.ts';
import { LABEL_SELECTOR, readLabelSelector } from './label-selector.ts';

/** Source: k8s.io/api, rbac/v1 PolicyRule; pkg/apis/rbac/validation, ValidatePolicyRule. */
const RULE: Known = ['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'];
export const RBAC_VERSIONS: readonly string[] = ['rbac.authorization.k8s.io/v1', 'rbac.authorization.k8s.io/v1beta1'];

export const role: Kind = {
  kind: 'Role',
  apiVersions: RBAC_VERSIONS,
  scope: 'namespaced',
  fields: ['rules'],
  strictness: 'error',
  read: null,
  simulated: 'by `admit`: who may use PodSecurityPolicies',
  warned: '',
  admission: readRole,
};

export const clusterRole: Kind = {
  ...role,
  kind: 'ClusterRole',
  scope: 'cluster',
  fields: ['rules', 'aggregationRule'],
};

function readRole(object: Fields, { namespace, name, labels, at }: Metadata): AdmissionPart {
  const rules = object.objects('rules', RULE).map((rule) => readRule(rule, namespace));
  const aggregation = object.object('aggregationRule', ['clusterRoleSelectors']);
  const selectors = aggregation?.objects('clusterRoleSelectors', LABEL_SELECTOR) ?? [];
  const aggregates = selectors.length === 0 ? null : or(...selectors.map((selector) => readLabelSelector(selector)));
  return { type: 'role', role: { namespace, name, labels, rules, aggregates, at } };
}

function readRule(rule: Fields, namespace: string | null): RbacRule {
  const texts = (key: string): string[] => rule.strings(key).map(({ value }) => value);
  const urls = rule.list('nonResourceURLs');
  if (rule.list('verbs').length === 0) rule.missing('verbs', 'at least one verb');
  if (urls.length > 0 && namespace !== null)
    rule.report.error('CONTRADICTION', urls[0]!, 'a Role cannot speak of `nonResourceURLs`: they lie in no namespace');
  if (urls.length === 0) {
    if (rule.list('apiGroups').length === 0) rule.missing('apiGroups', 'at least one group, `""` for the core');
    if (rule.list('resources').length === 0) rule.missing('resources', 'at least one resource');
  }
  return {
    verbs: texts('verbs'),
    apiGroups: texts('apiGroups'),
    resources: texts('resources'),
    resourceNames: rule.strings('resourceNames').map(({ value, node }) => ({ name: value, at: positionOf(node) })),
  };
}
