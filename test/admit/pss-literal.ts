/**
 * The Pod Security Standards as their page tells them: which fields, which values, from which version on. It reads the
 * pod as it was written, and knows nothing of readers and models.
 */
import type { Json } from './objects.ts';

type Line = {
  readonly id: string;
  readonly restricted?: boolean;
  readonly from?: number;
  readonly until?: number;
  readonly fields: readonly string[];
  readonly allowed: (value: unknown, pod: Json, minor: number) => boolean;
};

const CONTAINERS = ['containers', 'initContainers', 'ephemeralContainers'];
const inContainers = (field: string): string[] => CONTAINERS.map((list) => `spec.${list}[*].${field}`);
const inContexts = (field: string): string[] => [
  `spec.securityContext.${field}`,
  ...inContainers(`securityContext.${field}`),
];

const unset = (value: unknown): boolean => value === undefined || value === null;
const notTrue = (value: unknown): boolean => value !== true;
const among =
  (...values: unknown[]) =>
  (value: unknown): boolean =>
    unset(value) || values.includes(value);
const inUserNamespace = (pod: Json): boolean => (pod['spec'] as Json)['hostUsers'] === false;
/** Who runs there is asked for less since 1.25. */
const isWindows = (pod: Json, minor: number): boolean =>
  minor >= 25 && ((pod['spec'] as Json)['os'] as Json | undefined)?.['name'] === 'windows';
const podLevel = (pod: Json, field: string): unknown =>
  ((pod['spec'] as Json)['securityContext'] as Json | undefined)?.[field];

const OLD_SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
];
const SYSCTLS_29 = ['net.ipv4.ip_local_reserved_ports', 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout'];
const SYSCTLS_32 = [...SYSCTLS_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'];
const DEFAULT_CAPABILITIES =
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT';

const SYSCTL = ['spec.securityContext.sysctls[*].name'];
const ADDED = inContainers('securityContext.capabilities.add[*]');
const NON_ROOT = inContainers('securityContext.runAsNonRoot');

const LINES: readonly Line[] = [
  { id: 'hostNamespaces', fields: ['spec.hostNetwork', 'spec.hostPID', 'spec.hostIPC'], allowed: notTrue },
  { id: 'privileged', fields: inContainers('securityContext.privileged'), allowed: notTrue },
  { id: 'windowsHostProcess', fields: inContexts('windowsOptions.hostProcess'), allowed: notTrue },
  { id: 'hostPorts', fields: inContainers('ports[*].hostPort'), allowed: among(0) },
  // On the node's network every port is the node's.
  {
    id: 'hostPorts',
    fields: inContainers('ports[*].containerPort'),
    allowed: (value, pod) => unset(value) || (pod['spec'] as Json)['hostNetwork'] !== true,
  },
  { id: 'appArmorProfile', fields: inContexts('appArmorProfile.type'), allowed: among('RuntimeDefault', 'Localhost') },
  {
    id: 'seLinuxOptions',
    fields: [...inContexts('seLinuxOptions.user'), ...inContexts('seLinuxOptions.role')],
    allowed: among(''),
  },
  {
    id: 'seLinuxOptions',
    until: 30,
    fields: inContexts('seLinuxOptions.type'),
    allowed: among('', 'container_t', 'container_init_t', 'container_kvm_t'),
  },
  {
    id: 'seLinuxOptions',
    from: 31,
    fields: inContexts('seLinuxOptions.type'),
    allowed: among('', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'),
  },
  { id: 'procMount', until: 34, fields: inContainers('securityContext.procMount'), allowed: among('Default') },
  {
    id: 'procMount',
    from: 35,
    fields: inContainers('securityContext.procMount'),
    allowed: (value, pod) => among('Default')(value) || inUserNamespace(pod),
  },
  { id: 'sysctls', until: 26, fields: SYSCTL, allowed: among(...OLD_SYSCTLS) },
  { id: 'sysctls', from: 27, until: 28, fields: SYSCTL, allowed: among(...OLD_SYSCTLS, SYSCTLS_29[0]) },
  { id: 'sysctls', from: 29, until: 31, fields: SYSCTL, allowed: among(...OLD_SYSCTLS, ...SYSCTLS_29) },
  { id: 'sysctls', from: 32, fields: SYSCTL, allowed: among(...OLD_SYSCTLS, ...SYSCTLS_32) },
  {
    id: 'hostProbesAndHostLifecycle',
    from: 34,
    fields: [...inContainers('livenessProbe.httpGet.host'), ...inContainers('lifecycle.preStop.tcpSocket.host')],
    allowed: among(''),
  },
];

/** Checks that only one of the two levels has, as restricted says more of the same fields. */
const BASELINE_ALONE: readonly Line[] = [
  { id: 'capabilities_baseline', fields: ADDED, allowed: among(...DEFAULT_CAPABILITIES.split(' ')) },
  { id: 'hostPathVolumes', fields: ['spec.volumes[*].hostPath'], allowed: unset },
  {
    id: 'seccompProfile_baseline',
    fields: inContexts('seccompProfile.type'),
    allowed: among('RuntimeDefault', 'Localhost'),
  },
];

const RESTRICTED: readonly Line[] = [
  {
    id: 'restrictedVolumes',
    fields: ['hostPath', 'nfs', 'flexVolume', 'gitRepo'].map((type) => `spec.volumes[*].${type}`),
    allowed: unset,
  },
  {
    id: 'allowPrivilegeEscalation',
    fields: inContainers('securityContext.allowPrivilegeEscalation'),
    allowed: (value, pod, minor) => value === false || isWindows(pod, minor),
  },
  { id: 'runAsNonRoot', until: 34, fields: ['spec.securityContext.runAsNonRoot'], allowed: among(true) },
  {
    id: 'runAsNonRoot',
    until: 34,
    fields: NON_ROOT,
    allowed: (value, pod) => value === true || (unset(value) && podLevel(pod, 'runAsNonRoot') === true),
  },
  {
    id: 'runAsNonRoot',
    from: 35,
    fields: NON_ROOT,
    allowed: (value, pod) =>
      inUserNamespace(pod) || value === true || (unset(value) && podLevel(pod, 'runAsNonRoot') === true),
  },
  {
    id: 'runAsNonRoot',
    from: 35,
    fields: ['spec.securityContext.runAsNonRoot'],
    allowed: (value, pod) => inUserNamespace(pod) || value !== false,
  },
  { id: 'runAsUser', from: 23, until: 34, fields: inContexts('runAsUser'), allowed: (value) => value !== 0 },
  {
    id: 'runAsUser',
    from: 35,
    fields: inContexts('runAsUser'),
    allowed: (value, pod) => value !== 0 || inUserNamespace(pod),
  },
  {
    id: 'seccompProfile_restricted',
    fields: ['spec.securityContext.seccompProfile.type'],
    allowed: (value, pod, minor) => isWindows(pod, minor) || among('RuntimeDefault', 'Localhost')(value),
  },
  {
    id: 'seccompProfile_restricted',
    fields: inContainers('securityContext.seccompProfile.type'),
    allowed: (value, pod, minor) => {
      const usual = (podLevel(pod, 'seccompProfile') as Json | undefined)?.['type'];
      const good = ['RuntimeDefault', 'Localhost'];
      return isWindows(pod, minor) || good.includes(String(unset(value) ? usual : value));
    },
  },
  {
    id: 'capabilities_restricted',
    fields: inContainers('securityContext.capabilities.drop'),
    allowed: (value, pod, minor) => isWindows(pod, minor) || (Array.isArray(value) && value.includes('ALL')),
  },
  {
    id: 'capabilities_restricted',
    fields: ADDED,
    allowed: (value, pod, minor) => isWindows(pod, minor) || unset(value) || value === 'NET_BIND_SERVICE',
  },
  {
    id: 'procMount_restricted',
    from: 35,
    fields: inContainers('securityContext.procMount'),
    allowed: among('Default'),
  },
];

/** The values of a field, `[*]` standing for every item; a field that an item lacks is undefined. */
function valuesAt(value: unknown, steps: readonly string[]): unknown[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [value];
  const each = step.endsWith('[*]');
  const next = (value as Json | null | undefined)?.[each ? step.slice(0, -3) : step];
  if (!each) return valuesAt(next, rest);
  return Array.isArray(next) ? next.flatMap((item) => valuesAt(item, rest)) : [];
}

/** The checks of a level, as of a version of Kubernetes 1 from 22 to 36, that a pod does not pass. */
export function failedChecks(pod: Json, level: 'baseline' | 'restricted', minor: number): string[] {
  const lines = level === 'baseline' ? [...LINES, ...BASELINE_ALONE] : [...LINES, ...RESTRICTED];
  const failed = lines
    .filter(({ from = 0, until = 99 }) => from <= minor && minor <= until)
    .filter(({ fields, allowed }) =>
      fields.some((field) => valuesAt(pod, field.split('.')).some((value) => !allowed(value, pod, minor))),
    )
    .map(({ id }) => id);
  // Of one that restricted has a stricter form of only that is told.
  const told = new Set(failed);
  if (level === 'restricted' && minor >= 35) told.delete('procMount');
  return [...told].sort();
}
