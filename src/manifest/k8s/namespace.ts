import type { Kind } from '../kind.ts';
import { checkModeLabels } from './pod-security-configuration.ts';

/** The API server sets this label on every namespace; nobody can write another value. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** The labels that a namespace has beside those that its manifest gives. */
export const withNameLabel = (name: string, labels: ReadonlyMap<string, string>): Map<string, string> =>
  new Map([...labels, [NAME_LABEL, name]]);

export const namespace: Kind = {
  kind: 'Namespace',
  apiVersions: ['v1'],
  scope: 'cluster',
  fields: ['spec', 'status'],
  strictness: 'warning',
  simulated: 'labels',
  warned: '',
  read: (_, { name, labels }) => ({ type: 'namespace', labels: withNameLabel(name, labels) }),
  admission: (object, { name, labels, at }) => {
    checkModeLabels(object);
    return { type: 'namespace', namespace: { name, labels, at } };
  },
};
