import type { IdRange, IdRule, PodSecurityPolicy, ProfileRule } from '../../model/pod-security-policy.ts';
import { quote } from '../../source/quote.ts';
import { requiredChoice } from '../choice.ts';
import type { Fields, Known } from '../fields.ts';
import type { AdmissionPart, Kind, Metadata } from '../kind.ts';
import { MAX_PORT } from '../names.ts';
import { MAX_ID } from './id.ts';
import { checkPolicy } from './pod-security-policy-checks.ts';
import { readSeLinux } from './security-context.ts';

/** Source: k8s.io/api v0.24, policy/v1beta1 PodSecurityPolicySpec; pkg/apis/policy/validation. */
const SPEC: Known = [
  ...['privileged', 'defaultAddCapabilities', 'requiredDropCapabilities', 'allowedCapabilities', 'volumes'],
  ...['hostNetwork', 'hostPorts', 'hostPID', 'hostIPC', 'seLinux', 'runAsUser', 'runAsGroup', 'supplementalGroups'],
  ...['fsGroup', 'readOnlyRootFilesystem', 'defaultAllowPrivilegeEscalation', 'allowPrivilegeEscalation'],
  ...['allowedHostPaths', 'allowedFlexVolumes', 'allowedCSIDrivers', 'allowedUnsafeSysctls', 'forbiddenSysctls'],
  ...['allowedProcMountTypes', 'runtimeClass'],
];
const RANGE: Known = ['min', 'max'];
const GROUP_RULES = ['RunAsAny', 'MustRunAs', 'MayRunAs'] as const;
const ANY_ID: IdRule = { rule: 'RunAsAny', ranges: [] };

export const podSecurityPolicy: Kind = {
  kind: 'PodSecurityPolicy',
  apiVersions: ['policy/v1beta1', 'extensions/v1beta1'],
  scope: 'cluster',
  fields: ['spec'],
  strictness: 'error',
  read: null,
  simulated: 'by `admit`: every field',
  warned: '',
  admission: readPolicy,
};

function readPolicy(object: Fields, metadata: Metadata): AdmissionPart | null {
  const spec = object.object('spec', SPEC);
  if (spec === null) {
    if (object.get('spec') === null) object.missing('spec', 'what pods may ask for');
    return null;
  }
  const texts = (name: string): string[] => spec.strings(name).map(({ value }) => value);
  const policy: PodSecurityPolicy = {
    name: metadata.name,
    privileged: spec.boolean('privileged'),
    hostNetwork: spec.boolean('hostNetwork'),
    hostPID: spec.boolean('hostPID'),
    hostIPC: spec.boolean('hostIPC'),
    hostPorts: readRanges(spec, 'hostPorts', MAX_PORT),
    defaultAddCapabilities: texts('defaultAddCapabilities'),
    requiredDropCapabilities: texts('requiredDropCapabilities'),
    allowedCapabilities: texts('allowedCapabilities'),
    volumes: texts('volumes'),
    allowedHostPaths: readHostPaths(spec),
    allowedFlexVolumes: readNames(spec, 'allowedFlexVolumes', 'driver'),
    allowedCSIDrivers: readNames(spec, 'allowedCSIDrivers', 'name'),
    runAsUser: readIds(spec, 'runAsUser', ['RunAsAny', 'MustRunAs', 'MustRunAsNonRoot'] as const) ?? ANY_ID_USER,
    runAsGroup: spec.get('runAsGroup') === null ? ANY_ID : (readIds(spec, 'runAsGroup', GROUP_RULES) ?? ANY_ID),
    fsGroup: readIds(spec, 'fsGroup', GROUP_RULES) ?? ANY_ID,
    supplementalGroups: readIds(spec, 'supplementalGroups', GROUP_RULES) ?? ANY_ID,
    seLinux: readSeLinuxRule(spec),
    readOnlyRootFilesystem: spec.boolean('readOnlyRootFilesystem'),
    allowPrivilegeEscalation: spec.flag('allowPrivilegeEscalation') ?? true,
    defaultAllowPrivilegeEscalation: spec.flag('defaultAllowPrivilegeEscalation'),
    allowedProcMountTypes: texts('allowedProcMountTypes'),
    allowedUnsafeSysctls: texts('allowedUnsafeSysctls'),
    forbiddenSysctls: texts('forbiddenSysctls'),
    runtimeClass: readRuntimeClass(spec),
    appArmor: readProfiles(metadata, 'apparmor.security.beta.kubernetes.io/'),
    seccomp: readProfiles(metadata, 'seccomp.security.alpha.kubernetes.io/'),
    at: metadata.at,
  };
  checkPolicy(policy, spec);
  return { type: 'pod-security-policy', policy };
}

/** Stands for a rule with an error: the policy is left out then. */
const ANY_ID_USER = { rule: 'RunAsAny', ranges: [] } as const;

function readIds<Rule extends string>(spec: Fields, name: string, rules: readonly Rule[]): IdRule<Rule> | null {
  const options = spec.object(name, ['rule', 'ranges']);
  if (options === null) {
    if (spec.get(name) === null) spec.missing(name, `a mapping with a \`rule\`: ${rules.join(', ')}`);
    return null;
  }
  const rule = requiredChoice(options, 'rule', rules);
  const ranges = readRanges(options, 'ranges', MAX_ID);
  return rule && { rule, ranges };
}

/** A range's end that is not given is 0, as in Go. */
function readRanges(fields: Fields, name: string, most: number): IdRange[] {
  return fields.objects(name, RANGE).flatMap((range) => {
    const min = range.integer('min')?.value ?? 0;
    const max = range.integer('max')?.value ?? 0;
    if (min >= 0 && min <= max && max <= most) return [{ min, max }];
    const message = `a range of ${quote(name)} must be within 0 and ${most}, its \`min\` not above its \`max\``;
    range.report.error('BAD_RANGE', range.node, `${message}: found ${quote(`${min} to ${max}`)}`);
    return [];
  });
}

function readSeLinuxRule(spec: Fields): PodSecurityPolicy['seLinux'] {
  const seLinux = spec.object('seLinux', ['rule', 'seLinuxOptions']);
  if (seLinux === null && spec.get('seLinux') === null) spec.missing('seLinux', 'a mapping with a `rule`');
  const rule = seLinux && requiredChoice(seLinux, 'rule', ['RunAsAny', 'MustRunAs'] as const);
  return { rule: rule ?? 'RunAsAny', options: readSeLinux(seLinux, 'seLinuxOptions') };
}

const readHostPaths = (spec: Fields): PodSecurityPolicy['allowedHostPaths'] =>
  spec.objects('allowedHostPaths', ['pathPrefix', 'readOnly']).flatMap((path) => {
    const prefix = path.requiredString('pathPrefix');
    if (prefix?.value.split('/').includes('..'))
      path.report.error('BAD_VALUE', prefix.node, `${quote(prefix.value)} must not hold \`..\``);
    return prefix === null ? [] : [{ pathPrefix: prefix.value, readOnly: path.boolean('readOnly') }];
  });

const readNames = (spec: Fields, list: string, field: string): string[] =>
  spec.objects(list, [field]).flatMap((item) => item.requiredString(field)?.value ?? []);

function readRuntimeClass(spec: Fields): PodSecurityPolicy['runtimeClass'] {
  const fields = spec.object('runtimeClass', ['allowedRuntimeClassNames', 'defaultRuntimeClassName']);
  if (fields === null) return null;
  return {
    allowed: fields.strings('allowedRuntimeClassNames').map(({ value }) => value),
    usual: fields.string('defaultRuntimeClassName')?.value ?? null,
  };
}

function readProfiles({ annotations }: Metadata, prefix: string): ProfileRule {
  const allowed = annotations.get(`${prefix}allowedProfileNames`)?.value.split(',') ?? null;
  return { usual: annotations.get(`${prefix}defaultProfileName`)?.value || null, allowed };
}
