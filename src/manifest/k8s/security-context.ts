import type {
  ContainerSecurityContext,
  PodSecurityContext,
  SecurityProfile,
  SeLinuxOptions,
} from '../../model/pod-template.ts';
import { quote } from '../../source/quote.ts';
import { choice, requiredChoice } from '../choice.ts';
import type { Fields, Known } from '../fields.ts';
import { readId } from './id.ts';

/** Source: k8s.io/api, core/v1 PodSecurityContext, SecurityContext; pkg/apis/core/validation. */
const POD_CONTEXT: Known = [
  ...['appArmorProfile', 'fsGroup', 'fsGroupChangePolicy', 'runAsGroup', 'runAsNonRoot', 'runAsUser'],
  ...['seLinuxChangePolicy', 'seLinuxOptions', 'seccompProfile', 'supplementalGroups', 'supplementalGroupsPolicy'],
  ...['sysctls', 'windowsOptions'],
];
const CONTAINER_CONTEXT: Known = [
  ...['allowPrivilegeEscalation', 'appArmorProfile', 'capabilities', 'privileged', 'procMount'],
  ...['readOnlyRootFilesystem', 'runAsGroup', 'runAsNonRoot', 'runAsUser', 'seLinuxOptions', 'seccompProfile'],
  'windowsOptions',
];
const WINDOWS: Known = ['gmsaCredentialSpec', 'gmsaCredentialSpecName', 'hostProcess', 'runAsUserName'];
const PROFILES = ['RuntimeDefault', 'Localhost', 'Unconfined'] as const;
const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;

export const readPodContext = (spec: Fields): PodSecurityContext => {
  const context = spec.object('securityContext', POD_CONTEXT);
  return {
    ...readShared(context),
    fsGroup: readId(context, 'fsGroup'),
    supplementalGroups: (context?.list('supplementalGroups') ?? []).flatMap((node) =>
      node.type === 'scalar' && Number.isSafeInteger(node.value) ? [Number(node.value)] : [],
    ),
    sysctls: context === null ? [] : readSysctls(context),
  };
};

export function readContainerContext(container: Fields): ContainerSecurityContext {
  const context = container.object('securityContext', CONTAINER_CONTEXT);
  const capabilities = context?.object('capabilities', ['add', 'drop']) ?? null;
  const read: ContainerSecurityContext = {
    ...readShared(context),
    privileged: context?.flag('privileged') ?? null,
    readOnlyRootFilesystem: context?.flag('readOnlyRootFilesystem') ?? null,
    allowPrivilegeEscalation: context?.flag('allowPrivilegeEscalation') ?? null,
    procMount: context === null ? null : choice(context, 'procMount', ['Default', 'Unmasked']),
    capabilities: capabilities && { add: texts(capabilities, 'add'), drop: texts(capabilities, 'drop') },
  };
  if (context !== null && read.allowPrivilegeEscalation === false) checkEscalation(context, read);
  return read;
}

/** What says that nothing may be gained, and gains it itself, is refused. */
function checkEscalation(context: Fields, { privileged, capabilities }: ContainerSecurityContext): void {
  const node = context.get('allowPrivilegeEscalation')!;
  const beside = privileged ? '`privileged: true`' : capabilities?.add.includes('SYS_ADMIN') ? '`SYS_ADMIN`' : null;
  if (beside !== null)
    context.report.error('CONTRADICTION', node, `\`allowPrivilegeEscalation: false\` cannot stand beside ${beside}`);
}

const texts = (fields: Fields, name: string): string[] => fields.strings(name).map(({ value }) => value);

function readShared(context: Fields | null) {
  return {
    runAsUser: readId(context, 'runAsUser'),
    runAsGroup: readId(context, 'runAsGroup'),
    runAsNonRoot: context?.flag('runAsNonRoot') ?? null,
    seLinux: readSeLinux(context, 'seLinuxOptions'),
    seccomp: readProfile(context, 'seccompProfile'),
    appArmor: readProfile(context, 'appArmorProfile'),
    windowsHostProcess: context?.object('windowsOptions', WINDOWS)?.flag('hostProcess') ?? null,
  };
}

export function readSeLinux(fields: Fields | null, name: string): SeLinuxOptions | null {
  const options = fields?.object(name, ['level', 'role', 'type', 'user']) ?? null;
  if (options === null) return null;
  const text = (key: string): string => options.string(key)?.value ?? '';
  return { level: text('level'), role: text('role'), type: text('type'), user: text('user') };
}

function readProfile(context: Fields | null, name: string): SecurityProfile | null {
  const profile = context?.object(name, ['type', 'localhostProfile']) ?? null;
  if (profile === null) return null;
  const type = requiredChoice(profile, 'type', PROFILES);
  const local = profile.string('localhostProfile');
  if (type === 'Localhost' && !local?.value) profile.missing('localhostProfile', 'the path of a profile of the node');
  if (type !== null && type !== 'Localhost' && local !== null)
    profile.report.error('CONTRADICTION', local.node, '`localhostProfile` goes with `type: Localhost` alone');
  return type === null ? null : { type, localhostProfile: local?.value ?? null };
}

function readSysctls(context: Fields): string[] {
  return context.objects('sysctls', ['name', 'value']).flatMap((sysctl) => {
    const name = sysctl.requiredString('name');
    if (name === null) return [];
    if (name.value.length > 253 || !SYSCTL.test(name.value))
      sysctl.report.error('BAD_VALUE', name.node, `${quote(name.value)} is no name of a sysctl`);
    return [name.value];
  });
}
