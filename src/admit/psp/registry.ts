import { appArmor } from './app-armor.ts';
import { capabilities } from './capabilities.ts';
import { privileged, privilegeEscalation, procMount, readOnlyRootFilesystem } from './container-switches.ts';
import type { Family } from './family.ts';
import { fsGroup, runAsGroup, supplementalGroups } from './groups.ts';
import { hostNamespaces, hostPorts } from './host-namespaces.ts';
import { runtimeClass } from './runtime-class.ts';
import { seLinux } from './se-linux.ts';
import { seccomp } from './seccomp.ts';
import { sysctls } from './sysctls.ts';
import { runAsUser } from './user.ts';
import { volumes } from './volumes.ts';

/** Every field of a PodSecurityPolicy, in the order in which the API server asked them. */
export const FAMILIES: readonly Family[] = [
  ...[fsGroup, supplementalGroups, seccomp, seLinux, hostNamespaces, sysctls, volumes, runtimeClass],
  ...[runAsUser, runAsGroup, appArmor, privileged, procMount, capabilities, hostPorts],
  ...[readOnlyRootFilesystem, privilegeEscalation],
];
