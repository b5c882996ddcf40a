/**
 * Labels by key. A Map, never an object: label keys come from input.
 *
 * The labels of an endpoint or network set are its *effective* labels, as Calico's label index sees them:
 * its own, then what it has of its namespace and service account under prefixes that nobody can write themselves.
 * So one selector, over one set of labels, says everything that a peer can ask (Calico: libcalico-go, updateprocessors).
 */
export type Labels = ReadonlyMap<string, string>;

/** Labels of the namespace, as its members have them: `pcns.` and the key. */
export const NAMESPACE_LABEL_PREFIX = 'pcns.';
/** Labels of the service account, as its pods have them: `pcsa.` and the key. */
export const SERVICE_ACCOUNT_LABEL_PREFIX = 'pcsa.';
/** The name of the namespace that an object lives in. What has no namespace has no such label. */
export const LABEL_NAMESPACE = 'projectcalico.org/namespace';
/** `k8s` for pods. */
export const LABEL_ORCHESTRATOR = 'projectcalico.org/orchestrator';
/** The name of a pod's service account. */
export const LABEL_SERVICE_ACCOUNT = 'projectcalico.org/serviceaccount';
/** Beside the labels of a namespace or service account: its own name (under the prefixes above). */
export const LABEL_NAME = 'projectcalico.org/name';
