import type { NetworkSet } from '../model/endpoint.ts';
import { LABEL_NAMESPACE, type Labels } from '../model/labels.ts';

/**
 * Network sets with the labels by which selectors see them: a set in a namespace has the namespace's labels too, and
 * its own where both have one. A global set has its own alone.
 * Source: libcalico-go, updateprocessors/networksetprocessor.go, globalnetworksetprocessor.go.
 */
export const withNamespaceLabels = (
  sets: readonly NetworkSet[],
  labelsOf: (namespace: string) => Labels,
): NetworkSet[] =>
  sets.map((set) =>
    set.namespace === null
      ? set
      : { ...set, labels: new Map([...labelsOf(set.namespace), ...set.labels, [LABEL_NAMESPACE, set.namespace]]) },
  );
