import { LABEL_NAMESPACE, LABEL_ORCHESTRATOR, NAMESPACE_LABEL_PREFIX } from '../../model/labels.ts';
import { and, equals, has, type Selector } from '../../model/selector.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';
import { LABEL_SELECTOR, readLabelSelector } from '../k8s/label-selector.ts';
import { onlyField } from './bounds.ts';

/** Fields that first drafts of v1alpha1 had: peers relative to the namespace of the subject. */
const REMOVED = ['sameLabels', 'notSameLabels'] as const;
const NAMESPACES: Known = [...(LABEL_SELECTOR as readonly string[]), ...REMOVED];
const PODS: Known = ['namespaceSelector', 'podSelector', ...REMOVED];

/** Whether `namespaceSelector` may be left out beside `podSelector`: since v1alpha2, and it then selects all. */
export type PodsForm = 'both-required' | 'namespaces-optional';

/**
 * Who is governed: pods alone, never host endpoints or network sets.
 * Source: network-policy-api, ClusterNetworkPolicySubject; libcalico-go, clusternetworkpolicy.go.
 */
export function readSubject(spec: Fields, form: PodsForm): Selector | null {
  const subject = spec.object('subject', ['namespaces', 'pods']);
  if (subject === null) {
    if (spec.get('subject') === null) spec.missing('subject', '`namespaces` or `pods`');
    return null;
  }
  switch (onlyField(subject, ['namespaces', 'pods'], 'BAD_SUBJECT', 'a subject')) {
    case 'namespaces':
      return and(PODS_ALONE, readNamespaces(subject, 'namespaces'));
    case 'pods':
      return readPods(subject, form);
    case null:
      return null;
  }
}

const PODS_ALONE = equals(LABEL_ORCHESTRATOR, 'k8s');

/** Pods by their own labels and those of their namespace. */
export function readPods(owner: Fields, form: PodsForm): Selector | null {
  const pods = owner.object('pods', PODS);
  if (pods === null) return null;
  refuseRemoved(pods);
  if (form === 'both-required') warnOfMissing(pods, 'namespaceSelector');
  warnOfMissing(pods, 'podSelector');
  const own = pods.object('podSelector', LABEL_SELECTOR);
  return and(PODS_ALONE, readNamespaces(pods, 'namespaceSelector'), own === null ? and() : readLabelSelector(own));
}

/**
 * Whoever is in one of the namespaces. A selector without terms asks for a namespace of whatever name; one with terms
 * asks for its terms alone, so one of negative terms also finds what lives in no namespace.
 * Source: libcalico-go, k8sSelectorToCalico and getEndpointSelector.
 */
export function readNamespaces(owner: Fields, name: string): Selector {
  const fields = owner.object(name, NAMESPACES);
  if (fields === null) return IN_A_NAMESPACE;
  refuseRemoved(fields);
  const selector = readLabelSelector(fields, NAMESPACE_LABEL_PREFIX);
  return selector.op === 'all' ? IN_A_NAMESPACE : selector;
}

/** A required selector that is not there selects all, as whoever reads the object past the schema sees it. */
function warnOfMissing(pods: Fields, name: string): void {
  if (pods.get(name) !== null) return;
  const message = `${quote(name)} is missing: it is read as \`{}\`, which selects all, and an API server would refuse it`;
  pods.report.warning('MISSING_SELECTOR', pods.node, message);
}

const IN_A_NAMESPACE = has(LABEL_NAMESPACE);

function refuseRemoved(fields: Fields): void {
  for (const name of REMOVED) {
    const node = fields.get(name);
    if (node === null) continue;
    const message = `${quote(name)} was removed from the API and is not read: write a policy for each value of the labels`;
    fields.report.error('REMOVED_FIELD', node, message);
  }
}
