import type { Unsimulated } from '../../model/cluster.ts';
import { DEFAULT_TIER } from '../../model/policy.ts';
import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';
import type { Kind, Metadata, Parsed } from '../kind.ts';
import { API_VERSIONS, isBypassed, v3Metadata } from './dialect.ts';
import { GLOBAL_POLICY_SPEC, POLICY_SPEC, readPolicy } from './policy-spec.ts';

/** Source: api v3 networkpolicy.go. */
export const networkPolicy: Kind = {
  kind: 'NetworkPolicy',
  apiVersions: API_VERSIONS,
  scope: 'namespaced',
  fields: ['spec', 'status'],
  strictness: 'error',
  simulated: 'every field but these',
  warned: '`http` of a rule: the rest of the rule decides',
  read: (object, metadata, apiVersion) => {
    checkPolicyName(object, metadata, apiVersion);
    const spec = openSpec(object, POLICY_SPEC);
    const shown = v3Metadata(metadata, apiVersion, tierOf(spec), object.report);
    return { type: 'policy', policy: readPolicy(spec, shown, 'NetworkPolicy', apiVersion) };
  },
};

/** Source: api v3 globalnetworkpolicy.go. */
export const globalNetworkPolicy: Kind = {
  kind: 'GlobalNetworkPolicy',
  apiVersions: API_VERSIONS,
  scope: 'cluster',
  fields: ['spec', 'status'],
  strictness: 'error',
  simulated: 'every field but these',
  warned: '`http` of a rule; `doNotTrack`, `preDNAT`, `applyOnForward`',
  read: (object, metadata, apiVersion): Parsed => {
    checkPolicyName(object, metadata, apiVersion);
    const spec = openSpec(object, GLOBAL_POLICY_SPEC);
    const shown = v3Metadata(metadata, apiVersion, tierOf(spec), object.report);
    const policy = readPolicy(spec, shown, 'GlobalNetworkPolicy', apiVersion);
    const field = spec === null ? null : hostField(spec, shown);
    return field === null ? { type: 'policy', policy } : { type: 'host-policy', policy, field };
  },
};

/** What Calico and OpenStack make of their own policies may have more dots. */
const OF_SYSTEMS = /^(knp|ossg)\.default\./;
const MOST_DOTS = 1;

/**
 * A policy's name may have one dot. It decides nothing but ties, so others are told of.
 * Source: libcalico-go, validator.go, networkPolicyNameRegex and globalNetworkPolicyNameRegex.
 */
export function checkPolicyName({ report }: Fields, { name, namespace, at }: Metadata, apiVersion: string): void {
  const dots = name.split('.').length - 1;
  if (isBypassed(apiVersion) || dots <= MOST_DOTS || (namespace !== null && OF_SYSTEMS.test(name))) return;
  const message = `the name of a policy, ${quote(name)}, may have one dot: the API server would refuse it`;
  report.warning('BAD_NAME', at, message);
}

export const tierOf = (spec: Fields | null): string => spec?.string('tier')?.value || DEFAULT_TIER.name;

export function openSpec(object: Fields, known: Known): Fields | null {
  if (object.get('spec') === null) {
    object.report.warning(
      'EMPTY_SPEC',
      object.node,
      'a policy without `spec` denies all ingress of whatever it is for',
    );
  }
  return object.object('spec', known);
}

/** What each field makes a policy do at host endpoints, and what following it would take. */
const UNSIMULATED: Readonly<Record<Unsimulated['field'], string>> = {
  doNotTrack:
    'the policy is left out. It is asked of every packet of host endpoints, answers too, before connection tracking: that needs a judgement of each packet beside that of its connection',
  preDNAT:
    "the policy is left out. It is asked where packets enter a node by a host endpoint, before a Service's address is translated: that needs the node and the interface by which each packet came in",
  applyOnForward:
    'what the policy says of traffic through host endpoints is left out: that needs the nodes and the interfaces by which each packet goes. What it says of traffic that begins or ends at a node, and of pods, is in force',
};

/**
 * The field by which a policy judges at host endpoints in a way that is not simulated, with a warning; or null. One
 * before connection tracking or address translation is in force at host endpoints only; what a policy says of forwarded
 * traffic is in force there too, beside what it says of pods and of the nodes' own traffic.
 * Source: felix/calc/event_sequencer.go, tierInfoToProtoTierInfo; api v3 globalnetworkpolicy.go, validation rules.
 */
export function hostField(spec: Fields, { at }: Metadata): Unsimulated['field'] | null {
  const { report } = spec;
  const onForward = spec.boolean('applyOnForward');
  const early = (['doNotTrack', 'preDNAT'] as const).filter((name) => spec.boolean(name));
  if (early.length === 2) {
    report.error('BAD_HOST_POLICY', spec.get('preDNAT')!, '`preDNAT` and `doNotTrack` cannot both be true');
  }
  if (early.length > 0 && !onForward) {
    report.error('BAD_HOST_POLICY', spec.get(early[0]!)!, `\`${early[0]}\` needs \`applyOnForward: true\``);
  }
  if (early.includes('preDNAT')) {
    const egress = spec.list('egress').length > 0 || spec.strings('types').some(({ value }) => value === 'Egress');
    if (egress) report.error('BAD_HOST_POLICY', spec.get('preDNAT')!, 'a policy with `preDNAT` cannot govern egress');
  }
  const field = early[0] ?? (onForward ? 'applyOnForward' : null);
  if (field === null) return null;
  const where = early.length > 0 ? at : spec.get(field)!;
  report.warning('HOST_POLICY_IGNORED', where, `\`${field}\` is not simulated: ${UNSIMULATED[field]}`);
  return field;
}
