import type { PodSecurityPolicy } from '../../model/pod-security-policy.ts';
import { didYouMean } from '../../source/did-you-mean.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';
import { VOLUME_TYPES } from './volume.ts';

/** Types that a PodSecurityPolicy can name. Source: policy/v1beta1 FSType. */
const POLICY_VOLUMES: readonly string[] = ['*', 'none', ...VOLUME_TYPES.filter((type) => type !== 'image')];
const PROC_MOUNTS = ['Default', 'Unmasked'];
/** A name with dots or slashes, or the beginning of one and `*`. */
const SYSCTL_PATTERN = /^([a-z0-9][-_a-z0-9]*[./])*([a-z0-9][-_a-z0-9]*)?\*?$/;

/** What the API server refuses of a policy whose fields are all of the right type. */
export function checkPolicy(policy: PodSecurityPolicy, spec: Fields): void {
  checkWords(spec, 'volumes', POLICY_VOLUMES);
  checkWords(spec, 'allowedProcMountTypes', PROC_MOUNTS);
  checkCapabilities(policy, spec);
  checkSysctls(policy, spec);
  checkRuntimeClass(policy, spec);
  if (policy.defaultAllowPrivilegeEscalation === true && !policy.allowPrivilegeEscalation) {
    const node = spec.get('defaultAllowPrivilegeEscalation')!;
    const message = '`defaultAllowPrivilegeEscalation: true` cannot stand beside `allowPrivilegeEscalation: false`';
    spec.report.error('CONTRADICTION', node, message);
  }
}

function checkWords(spec: Fields, name: string, words: readonly string[]): void {
  for (const { value, node } of spec.strings(name)) {
    if (words.includes(value)) continue;
    const near = didYouMean(value, words);
    const hint = near === null ? '' : `: did you mean ${quote(near)}?`;
    spec.report.error('BAD_VALUE', node, `${quote(value)} cannot stand in ${quote(name)}${hint}`);
  }
}

function checkCapabilities(policy: PodSecurityPolicy, spec: Fields): void {
  for (const { value, node } of spec.strings('requiredDropCapabilities')) {
    if (value === '*')
      spec.report.error('BAD_VALUE', node, '`*` cannot stand in `requiredDropCapabilities`: did you mean `ALL`?');
    for (const list of ['defaultAddCapabilities', 'allowedCapabilities'] as const)
      if (policy[list].includes(value)) {
        const message = `capability ${quote(value)} is in ${quote(list)} and in \`requiredDropCapabilities\``;
        spec.report.error('CONTRADICTION', node, message);
      }
  }
}

function checkSysctls(policy: PodSecurityPolicy, spec: Fields): void {
  for (const list of ['allowedUnsafeSysctls', 'forbiddenSysctls'] as const)
    for (const { value, node } of spec.strings(list))
      if (value === '' || value.length > 253 || !SYSCTL_PATTERN.test(value))
        spec.report.error(
          'BAD_VALUE',
          node,
          `${quote(value)} is no name of a sysctl, nor the beginning of one and \`*\``,
        );
  for (const { value, node } of spec.strings('forbiddenSysctls'))
    if (policy.allowedUnsafeSysctls.includes(value))
      spec.report.error('CONTRADICTION', node, `sysctl ${quote(value)} is allowed and forbidden`);
}

function checkRuntimeClass({ runtimeClass }: PodSecurityPolicy, spec: Fields): void {
  if (runtimeClass === null || runtimeClass.usual === null) return;
  const { allowed, usual } = runtimeClass;
  if (allowed.includes('*') || allowed.includes(usual)) return;
  const message = `\`defaultRuntimeClassName\` ${quote(usual)} is not in \`allowedRuntimeClassNames\``;
  spec.report.error('CONTRADICTION', spec.get('runtimeClass')!, message);
}
