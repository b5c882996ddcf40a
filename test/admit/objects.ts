/** Objects of manifests around what a test is about, and what admission says of them. */
import { type AdmitOptions, admit } from '../../src/admit/admit.ts';
import type { AdmissionReport, WorkloadAdmission } from '../../src/verdict/admission.ts';
import { load } from '../manifest/reading.ts';

export type Json = Record<string, unknown>;

export const container = (more: Json = {}): Json => ({ name: 'c', image: 'img', ...more });
/** A container with a security context. */
export const secured = (securityContext: Json): Json => ({ containers: [container({ securityContext })] });

export const pod = (spec: Json = {}, metadata: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'ns', ...metadata },
  // No token: its volume is a matter of one test alone.
  spec: { automountServiceAccountToken: false, containers: [container()], ...spec },
});

export const deployment = (spec: Json = {}, more: Json = {}): Json => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', namespace: 'ns' },
  spec: {
    selector: { matchLabels: { app: 'd' } },
    ...more,
    template: { metadata: { labels: { app: 'd' } }, spec: { containers: [container()], ...spec } },
  },
});

export const namespace = (labels: Json = {}, name = 'ns'): Json => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

export const level = (text: string, version = 'latest'): Json =>
  namespace({ 'pod-security.kubernetes.io/enforce': text, 'pod-security.kubernetes.io/enforce-version': version });

const ANY = { rule: 'RunAsAny' };
/** Takes everything that has a name for everything, but what `spec` says. */
export const policy = (spec: Json = {}, name = 'psp', annotations: Json = {}): Json => ({
  apiVersion: 'policy/v1beta1',
  kind: 'PodSecurityPolicy',
  metadata: { name, annotations },
  spec: { runAsUser: ANY, seLinux: ANY, fsGroup: ANY, supplementalGroups: ANY, volumes: ['*'], ...spec },
});

export const account = (name: string, namespace = 'ns'): Json => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace },
});

export const rule = (...resourceNames: string[]): Json => ({
  apiGroups: ['policy'],
  resources: ['podsecuritypolicies'],
  verbs: ['use'],
  ...(resourceNames.length > 0 && { resourceNames }),
});

const RBAC = 'rbac.authorization.k8s.io';
export const role = (rules: readonly Json[], name = 'r', ns: string | null = null, labels: Json = {}): Json => ({
  apiVersion: `${RBAC}/v1`,
  kind: ns === null ? 'ClusterRole' : 'Role',
  metadata: { name, labels, ...(ns !== null && { namespace: ns }) },
  rules,
});

export const binding = (
  subjects: readonly Json[],
  name = 'r',
  ns: string | null = null,
  kind = 'ClusterRole',
): Json => ({
  apiVersion: `${RBAC}/v1`,
  kind: ns === null ? 'ClusterRoleBinding' : 'RoleBinding',
  metadata: { name: 'b', ...(ns !== null && { namespace: ns }) },
  roleRef: { apiGroup: RBAC, kind, name },
  subjects,
});

export const toAccount = (name: string, namespace = 'ns'): Json => ({ kind: 'ServiceAccount', name, namespace });
export const toUser = (name: string): Json => ({ kind: 'User', name });
export const toGroup = (name: string): Json => ({ kind: 'Group', name });

/** Everybody may use every policy. */
export const EVERYBODY: readonly Json[] = [role([rule()]), binding([toGroup('system:authenticated')])];

export async function report(objects: readonly Json[], options: Partial<AdmitOptions> = {}): Promise<AdmissionReport> {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { admission } = await load(text, { admission: true });
  return admit(admission!, { policies: false, levels: false, ...options });
}

/** What the first workload came to. */
export const judged = async (objects: readonly Json[], options: Partial<AdmitOptions>): Promise<WorkloadAdmission> =>
  (await report(objects, options)).workloads[0]!;

export const underPolicies = (...objects: readonly Json[]): Promise<WorkloadAdmission> =>
  judged(objects, { policies: true });
export const underLevels = (...objects: readonly Json[]): Promise<WorkloadAdmission> =>
  judged(objects, { levels: true });

/** The fields that were objected to. */
export const fields = ({ objections }: WorkloadAdmission): (string | null)[] => objections.map(({ path }) => path);
