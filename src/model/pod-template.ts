import type { SourcePos } from '../source/position.ts';
import type { FieldPath } from './field-path.ts';
import type { Labels } from './labels.ts';

/**
 * What a pod is made of, as far as somebody decides by it: admission, and whoever makes endpoints of templates. A value
 * that is not given is null, so that what admission fills in can be told from what was written. What the API server
 * itself fills in (the service account `default`, hostPort under hostNetwork, emptyDir) is filled in.
 */
export type PodTemplate = {
  readonly labels: Labels;
  readonly annotations: ReadonlyMap<string, string>;
  readonly serviceAccount: string;
  readonly automountToken: boolean | null;
  readonly hostNetwork: boolean;
  readonly hostPID: boolean;
  readonly hostIPC: boolean;
  /** False: the pod has a user namespace of its own. */
  readonly hostUsers: boolean | null;
  /** spec.os.name. */
  readonly os: string | null;
  readonly runtimeClass: string | null;
  readonly security: PodSecurityContext;
  /** Init containers, containers, ephemeral containers, in this order. */
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
};

export type Container = {
  /** Its place in the pod: `['spec', 'containers', 0]`. */
  readonly path: FieldPath;
  readonly name: string;
  readonly image: string | null;
  readonly ports: readonly ContainerPort[];
  readonly mounts: readonly Mount[];
  readonly security: ContainerSecurityContext;
  /** Hosts that probes and lifecycle handlers name instead of the pod itself. */
  readonly handlerHosts: readonly { readonly path: FieldPath; readonly host: string }[];
};

export type ContainerPort = {
  /** Its place among the container's ports, from 0. */
  readonly index: number;
  readonly name: string | null;
  readonly protocol: number;
  readonly port: number;
  readonly hostPort: number | null;
};

export type Mount = {
  readonly index: number;
  readonly volume: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
};

export type Volume = {
  /** Its place among the pod's volumes, from 0; null for one that admission adds. */
  readonly index: number | null;
  readonly name: string;
  /** The field that makes it what it is: `hostPath`, `configMap`, `csi`; `unknown` for one that no reader knows. */
  readonly type: string;
  /** Of a hostPath. */
  readonly hostPath: string | null;
  /** Of a flexVolume or csi. */
  readonly driver: string | null;
  /** A projected volume of nothing but what a service account's token needs. */
  readonly tokenOnly: boolean;
};

/** What pod and container can both say; a container's word counts before its pod's. */
export type SharedContext = {
  readonly runAsUser: number | null;
  readonly runAsGroup: number | null;
  readonly runAsNonRoot: boolean | null;
  readonly seLinux: SeLinuxOptions | null;
  readonly seccomp: SecurityProfile | null;
  readonly appArmor: SecurityProfile | null;
  readonly windowsHostProcess: boolean | null;
};

export type PodSecurityContext = SharedContext & {
  readonly fsGroup: number | null;
  readonly supplementalGroups: readonly number[];
  readonly sysctls: readonly string[];
};

export type ContainerSecurityContext = SharedContext & {
  readonly privileged: boolean | null;
  readonly readOnlyRootFilesystem: boolean | null;
  readonly allowPrivilegeEscalation: boolean | null;
  readonly procMount: string | null;
  readonly capabilities: { readonly add: readonly string[]; readonly drop: readonly string[] } | null;
};

/** Empty texts stand for what is not given. */
export type SeLinuxOptions = {
  readonly level: string;
  readonly role: string;
  readonly type: string;
  readonly user: string;
};

/** `RuntimeDefault`, `Localhost` with its profile, `Unconfined`. */
export type SecurityProfile = { readonly type: string; readonly localhostProfile: string | null };

/** The value that counts for a container. */
export const effective = <K extends keyof SharedContext>(
  field: K,
  container: Container,
  pod: PodTemplate,
): SharedContext[K] => {
  const own: SharedContext = container.security;
  return own[field] ?? pod.security[field];
};

/** Something that makes pods of one template: a workload, or a pod by itself. */
export type Workload = {
  /** As the manifest says: Pod, Deployment, ... */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** How many pods it asks for; null: one on each node that takes it. */
  readonly wanted: number | null;
  readonly template: PodTemplate;
  /** Where the template stands in the object; empty for a pod. */
  readonly templatePath: FieldPath;
  /** The controller that made it. */
  readonly owner: { readonly kind: string; readonly name: string } | null;
  readonly at: SourcePos;
  /** Where a field of the object stands, or the nearest that was written of those around it. */
  readonly place: (path: FieldPath) => SourcePos;
};
