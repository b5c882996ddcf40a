import {
  LABEL_NAME,
  LABEL_NAMESPACE,
  LABEL_ORCHESTRATOR,
  LABEL_SERVICE_ACCOUNT,
  type Labels,
  NAMESPACE_LABEL_PREFIX,
  SERVICE_ACCOUNT_LABEL_PREFIX,
} from '../model/labels.ts';
import type { Pod } from './kind.ts';

/** Labels that carry a prefix which only the system may give are no labels that a manifest can set. */
const isReserved = (key: string): boolean =>
  key.startsWith(NAMESPACE_LABEL_PREFIX) || key.startsWith(SERVICE_ACCOUNT_LABEL_PREFIX);

/** What the members of a namespace have of it. */
export const labelsOfNamespace = (name: string, labels: Labels): Labels =>
  prefixed(NAMESPACE_LABEL_PREFIX, name, labels);

/** What the pods of a service account have of it. */
export const labelsOfServiceAccount = (name: string, labels: Labels): Labels =>
  prefixed(SERVICE_ACCOUNT_LABEL_PREFIX, name, labels);

const prefixed = (prefix: string, name: string, labels: Labels): Labels =>
  new Map([...[...labels].map(([key, value]): [string, string] => [prefix + key, value]), [prefix + LABEL_NAME, name]]);

/**
 * The labels by which selectors see a pod: its own, Calico's three, and those that it inherits.
 * Source: libcalico-go, workload_endpoint_default.go and workloadendpointprocessor.go.
 */
export function effectiveLabels(pod: Pod, inherited: readonly Labels[]): Labels {
  const labels = new Map<string, string>();
  for (const group of inherited) for (const [key, value] of group) labels.set(key, value);
  for (const [key, value] of pod.labels) if (!isReserved(key)) labels.set(key, value);
  labels.set(LABEL_NAMESPACE, pod.namespace);
  labels.set(LABEL_ORCHESTRATOR, 'k8s');
  labels.set(LABEL_SERVICE_ACCOUNT, pod.serviceAccount);
  return labels;
}
