import { BUILT_IN_TIERS, type Tier } from '../../model/policy.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';
import type { Kind, Metadata } from '../kind.ts';
import { isDnsLabel } from '../names.ts';
import { API_VERSIONS, isBypassed } from './dialect.ts';

const TIER_SPEC: Known = ['order', 'defaultAction'];

/** Source: api v3 tier.go and its validation rules; updateprocessors/tierprocessor.go. */
export const tier: Kind = {
  kind: 'Tier',
  apiVersions: API_VERSIONS,
  scope: 'cluster',
  fields: ['spec', 'status'],
  strictness: 'error',
  simulated: '`order`, `defaultAction`; the built-in tiers are always there',
  warned: 'policies of a tier that is not given',
  read: (object, metadata, apiVersion) => ({ type: 'tier', tier: readTier(object, metadata, apiVersion) }),
};

function readTier(object: Fields, { name, at }: Metadata, apiVersion: string): Tier {
  const spec = object.object('spec', TIER_SPEC);
  const order = spec?.number('order')?.value ?? null;
  const defaultAction = spec === null ? 'deny' : readDefaultAction(spec);
  if (!isDnsLabel(name))
    object.report.error('BAD_NAME', at, `the name of a tier, ${quote(name)}, may not have dots in it`);
  const builtIn = BUILT_IN_TIERS.find((known) => known.name === name);
  if (builtIn === undefined) return { name, order, defaultAction };
  // A stored tier of an older version has neither field; Calico writes them again when it starts.
  const given = spec !== null && (spec.get('order') !== null || spec.get('defaultAction') !== null);
  if (given && !isBypassed(apiVersion) && (order !== builtIn.order || defaultAction !== builtIn.defaultAction)) {
    const action = builtIn.defaultAction === 'pass' ? 'Pass' : 'Deny';
    const message = `tier ${quote(name)} is built in: \`order: ${builtIn.order}\` and \`defaultAction: ${action}\` are its only values`;
    object.report.error('BAD_TIER', spec.node, message);
  }
  return builtIn;
}

function readDefaultAction(spec: Fields): Tier['defaultAction'] {
  const written = spec.string('defaultAction');
  if (written === null || written.value === 'Deny') return 'deny';
  if (written.value === 'Pass') return 'pass';
  spec.report.error('BAD_ACTION', written.node, `defaultAction ${quote(written.value)} must be Deny or Pass`);
  return 'deny';
}
