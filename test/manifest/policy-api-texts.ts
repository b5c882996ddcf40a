/** Texts of policies of policy.networking.k8s.io. */

export type KindName = 'ClusterNetworkPolicy' | 'AdminNetworkPolicy' | 'BaselineAdminNetworkPolicy';

/** A policy around the lines of its spec, which begin in line 5. */
export const written = (kind: KindName, spec: readonly string[], name = 'default'): string =>
  [
    `apiVersion: policy.networking.k8s.io/${kind === 'ClusterNetworkPolicy' ? 'v1alpha2' : 'v1alpha1'}`,
    `kind: ${kind}`,
    `metadata: {name: ${name}}`,
    'spec:',
    ...spec.map((line) => `  ${line}`),
  ].join('\n');

export const SUBJECT = 'subject: {namespaces: {}}';
/** The lines before the rules of a sound policy: rules begin in line 8 (6 of a Baseline one). */
const HEAD: Readonly<Record<KindName, readonly string[]>> = {
  ClusterNetworkPolicy: ['tier: Admin', 'priority: 10', SUBJECT],
  AdminNetworkPolicy: ['priority: 10', SUBJECT],
  BaselineAdminNetworkPolicy: [SUBJECT],
};
export const cnp = (...lines: string[]): string =>
  written('ClusterNetworkPolicy', [...HEAD.ClusterNetworkPolicy, ...lines]);
export const anp = (...lines: string[]): string =>
  written('AdminNetworkPolicy', [...HEAD.AdminNetworkPolicy, ...lines]);
export const banp = (...lines: string[]): string =>
  written('BaselineAdminNetworkPolicy', [...HEAD.BaselineAdminNetworkPolicy, ...lines]);

export const ALL_PODS = '[{namespaces: {}}]';
