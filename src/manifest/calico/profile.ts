import { quote } from '../../source/quote.ts';
import type { Kind } from '../kind.ts';
import { API_VERSIONS } from './dialect.ts';

/**
 * The profiles that Calico makes itself: one for each namespace (it allows everything), one for each service account
 * (it decides nothing), one that allows all. Source: libcalico-go, conversion.go and resources/profile.go.
 */
const OWN = /^(kns\.|ksa\.|projectcalico-default-allow$)/;

/** Pods have the profiles that Calico makes for them and no others. */
export const profile: Kind = {
  kind: 'Profile',
  apiVersions: API_VERSIONS,
  scope: 'cluster',
  fields: ['spec'],
  strictness: 'warning',
  simulated: 'those that Calico makes of namespaces and service accounts',
  warned: 'others: pods of Kubernetes have none',
  read: (object, { name, at }) => {
    if (!OWN.test(name)) {
      const message = `profile ${quote(name)} is not simulated: pods of Kubernetes cannot have it`;
      object.report.warning('NOT_SIMULATED', at, message);
    }
    return { type: 'nothing' };
  },
};
