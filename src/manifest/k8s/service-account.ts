import type { Kind } from '../kind.ts';

export const serviceAccount: Kind = {
  kind: 'ServiceAccount',
  apiVersions: ['v1'],
  scope: 'namespaced',
  fields: ['secrets', 'imagePullSecrets', 'automountServiceAccountToken'],
  strictness: 'warning',
  simulated: 'labels',
  warned: '',
  read: (_, { labels }) => ({ type: 'service-account', labels }),
  admission: (object, { namespace, name }) => ({
    type: 'service-account',
    account: { namespace: namespace as string, name, automountToken: object.flag('automountServiceAccountToken') },
  }),
};
