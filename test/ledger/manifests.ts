/** Short ways to write the manifests of a ledger line. All of them give YAML text: a line may as well write its own. */

/**
 * A NetworkPolicy for `namespace/pod` (the label `pod` of the fixture) or `namespace/*`, with the lines of its spec.
 * Policies of one test differ in `name`.
 */
export function np(subject: string, ...spec: readonly string[]): string {
  return named('p', subject, ...spec);
}

export function named(name: string, subject: string, ...spec: readonly string[]): string {
  const [namespace, pod] = subject.split('/');
  const selector = pod === '*' ? '{}' : `{matchLabels: {pod: ${pod}}}`;
  return [
    'apiVersion: networking.k8s.io/v1',
    'kind: NetworkPolicy',
    `metadata: {name: ${name}, namespace: ${namespace}}`,
    'spec:',
    ...[`podSelector: ${selector}`, ...spec].map((line) => `  ${line}`),
  ].join('\n');
}

/** A running pod `namespace/name` on node n1 or n2, with more of its spec and metadata as flow YAML. */
export function pod(subject: string, ip: string, o: { labels?: string; spec?: string; status?: string } = {}): string {
  const [namespace, name] = subject.split('/');
  return [
    'apiVersion: v1',
    'kind: Pod',
    `metadata: {name: ${name}, namespace: ${namespace}, labels: {${o.labels ?? `pod: ${name}`}}}`,
    `spec: {nodeName: n1, ${o.spec ?? 'containers: [{name: c}]'}}`,
    `status: {${o.status ?? 'phase: Running'}, podIP: '${ip}'}`,
  ].join('\n');
}

export const namespace = (name: string, labels = ''): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {${labels}}}`;

/** Peers, as flow YAML. */
export const ofNamespace = (ns: string): string => `{namespaceSelector: {matchLabels: {ns: ${ns}}}}`;
export const ofPod = (name: string): string => `{podSelector: {matchLabels: {pod: ${name}}}}`;
export const block = (cidr: string, ...except: readonly string[]): string =>
  `{ipBlock: {cidr: '${cidr}', except: [${except.map((one) => `'${one}'`).join(', ')}]}}`;

/** Rules, as lines of a spec. */
export const from = (...peers: readonly string[]): string => `ingress: [{from: [${peers.join(', ')}]}]`;
export const to = (...peers: readonly string[]): string => `egress: [{to: [${peers.join(', ')}]}]`;

export const DENY_INGRESS = 'policyTypes: [Ingress]';
export const DENY_EGRESS = 'policyTypes: [Egress]';
export const DENY_ALL = 'policyTypes: [Ingress, Egress]';

/** An object that lives in no namespace, with the lines of its spec. */
export const clusterWide = (apiVersion: string, kind: string, name: string, ...spec: readonly string[]): string =>
  [
    `apiVersion: ${apiVersion}`,
    `kind: ${kind}`,
    `metadata: {name: ${name}}`,
    'spec:',
    ...spec.map((line) => `  ${line}`),
  ].join('\n');

const V3 = 'projectcalico.org/v3';

/** Calico's kinds: those of the whole cluster, and those of a namespace (`namespace/name`). */
export const v3 = (kind: string, name: string, ...spec: readonly string[]): string =>
  clusterWide(V3, kind, name, ...spec);
export const v3In = (kind: string, where: string, ...spec: readonly string[]): string => {
  const [namespace, name] = where.split('/');
  return clusterWide(V3, kind, `${name}, namespace: ${namespace}`, ...spec);
};
