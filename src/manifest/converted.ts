import { formatPosition } from '../source/position.ts';
import type { ReadObject } from './kind.ts';
import { nameOf } from './objects.ts';
import type { Report } from './report.ts';

/**
 * Calico's API server and calicoctl list what Calico makes of Kubernetes' own policies among Calico's, under names with
 * these prefixes. Source: libcalico-go/lib/names and backend/k8s/conversion, up to Calico 3.31.
 */
const CONVERTED: readonly { readonly prefix: string; readonly kind: string; readonly of: string }[] = [
  { prefix: 'knp.default.', kind: 'NetworkPolicy', of: 'NetworkPolicy' },
  { prefix: 'kanp.adminnetworkpolicy.', kind: 'GlobalNetworkPolicy', of: 'AdminNetworkPolicy' },
  {
    prefix: 'kbanp.baselineadminnetworkpolicy.',
    kind: 'GlobalNetworkPolicy',
    of: 'BaselineAdminNetworkPolicy',
  },
];

const CALICO_GROUP = 'projectcalico.org/';

/**
 * Leaves out what Calico made of a Kubernetes policy that is given too: judged twice, the old version would go on
 * allowing what a new version of the original no longer allows.
 */
export function withoutConverted(objects: readonly ReadObject[], report: Report): ReadObject[] {
  const originals = new Map(objects.filter((o) => !isCalicos(o)).map((o) => [keyOf(o, o.kind.kind, ''), o]));
  return objects.filter((object) => {
    const { metadata, kind } = object;
    const made = CONVERTED.find((one) => one.kind === kind.kind && metadata.name.startsWith(one.prefix));
    const original = made && isCalicos(object) ? originals.get(keyOf(object, made.of, made.prefix)) : undefined;
    if (original === undefined) return true;
    const message = `${nameOf(object)} is what Calico made of ${nameOf(original)} (${formatPosition(original.metadata.at)}), which counts in its place`;
    report.warning('CONVERTED_POLICY', metadata.at, message);
    return false;
  });
}

const isCalicos = ({ kind }: ReadObject): boolean => kind.apiVersions[0]!.startsWith(CALICO_GROUP);

const keyOf = ({ metadata: { namespace, name } }: ReadObject, kind: string, prefix: string): string =>
  `${kind} ${namespace ?? ''}/${name.slice(prefix.length)}`;
