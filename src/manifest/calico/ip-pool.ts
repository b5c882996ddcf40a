import type { Fields } from '../fields.ts';
import { readPrefix } from '../k8s/address.ts';
import type { Kind, Parsed } from '../kind.ts';
import { API_VERSIONS } from './dialect.ts';

/**
 * Where addresses of pods come from. It says which of them leave the pools masqueraded as their node; of packets
 * between the addresses that they have it decides nothing.
 */
export const ipPool: Kind = {
  kind: 'IPPool',
  apiVersions: API_VERSIONS,
  scope: 'cluster',
  fields: 'any',
  strictness: 'warning',
  read: readPool,
};

function readPool(object: Fields): Parsed {
  const spec = object.object('spec', 'any');
  const cidr = spec?.string('cidr') ?? null;
  const net = cidr === null ? null : readPrefix(cidr, object.report);
  return net === null
    ? { type: 'nothing' }
    : { type: 'pool', pool: { net, natOutgoing: spec!.boolean('natOutgoing') } };
}
