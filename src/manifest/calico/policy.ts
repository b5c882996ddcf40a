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
    return spec !== null && isForHostsAlone(spec, shown) ? { type: 'nothing' } : { type: 'policy', policy };
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

/**
 * Whether a policy is in force at host endpoints only: before connection tracking or address translation. What it says
 * of forwarded traffic is in force there too, beside what it says of pods.
 * Source: felix/calc/event_sequencer.go, tierInfoToProtoTierInfo; api v3 globalnetworkpolicy.go, validation rules.
 */
export function isForHostsAlone(spec: Fields, { at }: Metadata): boolean {
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
  if (early.length > 0) {
    const message = `\`${early[0]}\` is not simulated: the policy is in force at host endpoints alone, before their other rules, and is left out`;
    report.warning('HOST_POLICY_IGNORED', at, message);
  } else if (onForward) {
    const message =
      '`applyOnForward` is not simulated: what the policy says of traffic through host endpoints is left out';
    report.warning('HOST_POLICY_IGNORED', spec.get('applyOnForward')!, message);
  }
  return early.length > 0;
}
