import type { Fields } from '../fields.ts';
import { readPrefix } from '../k8s/address.ts';
import type { Kind, Parsed } from '../kind.ts';
import { API_VERSIONS } from './dialect.ts';

/** Where addresses of pods come from, and whether they show outside. Source: api v3 ippool.go. */
export const ipPool: Kind = {
  kind: 'IPPool',
  apiVersions: API_VERSIONS,
  scope: 'cluster',
  fields: ['spec'],
  strictness: 'warning',
  simulated: '`natOutgoing`',
  warned: '',
  read: readPool,
};

/** A disabled pool gives out no addresses, and those that it gave are still of it. */
function readPool(object: Fields): Parsed {
  const spec = object.object('spec', 'any');
  const cidr = spec?.string('cidr') ?? null;
  const net = cidr === null ? null : readPrefix(cidr, object.report);
  if (spec === null || net === null) return { type: 'nothing' };
  // The field of calico.org/v1 was written with a dash.
  return { type: 'pool', pool: { net, natOutgoing: spec.boolean('natOutgoing') || spec.boolean('nat-outgoing') } };
}
