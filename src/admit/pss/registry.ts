import type { Check } from './check.ts';
import { appArmorProfile } from './checks/app-armor.ts';
import { capabilitiesBaseline, capabilitiesRestricted } from './checks/capabilities.ts';
import { hostProbesAndHostLifecycle } from './checks/handler-hosts.ts';
import { hostNamespaces } from './checks/host-namespaces.ts';
import { hostPathVolumes } from './checks/host-path-volumes.ts';
import { hostPorts } from './checks/host-ports.ts';
import { allowPrivilegeEscalation } from './checks/privilege-escalation.ts';
import { privileged } from './checks/privileged.ts';
import { procMount, procMountRestricted } from './checks/proc-mount.ts';
import { restrictedVolumes } from './checks/restricted-volumes.ts';
import { runAsNonRoot } from './checks/run-as-non-root.ts';
import { runAsUser } from './checks/run-as-user.ts';
import { seLinuxOptions } from './checks/se-linux.ts';
import { seccompBaseline, seccompRestricted } from './checks/seccomp.ts';
import { sysctls } from './checks/sysctls.ts';
import { windowsHostProcess } from './checks/windows-host-process.ts';

/** Every check. To add one: a file among the checks and a line here. */
export const CHECKS: readonly Check[] = [
  ...[appArmorProfile, capabilitiesBaseline, hostNamespaces, hostPathVolumes, hostPorts, hostProbesAndHostLifecycle],
  ...[privileged, procMount, seLinuxOptions, seccompBaseline, sysctls, windowsHostProcess],
  ...[allowPrivilegeEscalation, capabilitiesRestricted, procMountRestricted, restrictedVolumes, runAsNonRoot],
  ...[runAsUser, seccompRestricted],
];

/** The minor version of Kubernetes 1 whose checks are the newest known: what `latest` means. */
export const NEWEST = Math.max(...CHECKS.flatMap(({ revisions }) => revisions.map(({ from }) => from)));
