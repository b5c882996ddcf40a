import type { SourcePos } from '../source/position.ts';
import type { SeLinuxOptions } from './pod-template.ts';

/** First and last, both included. */
export type IdRange = { readonly min: number; readonly max: number };
export type IdRule<Rule extends string = 'RunAsAny' | 'MustRunAs' | 'MayRunAs'> = {
  readonly rule: Rule;
  readonly ranges: readonly IdRange[];
};
/** Names of profiles, as annotations of the policy list them; `allowed` null: nothing is said. */
export type ProfileRule = { readonly usual: string | null; readonly allowed: readonly string[] | null };

/** A PodSecurityPolicy of policy/v1beta1, its defaults resolved. */
export type PodSecurityPolicy = {
  readonly name: string;
  readonly privileged: boolean;
  readonly hostNetwork: boolean;
  readonly hostPID: boolean;
  readonly hostIPC: boolean;
  readonly hostPorts: readonly IdRange[];
  readonly defaultAddCapabilities: readonly string[];
  readonly requiredDropCapabilities: readonly string[];
  readonly allowedCapabilities: readonly string[];
  /** `*` is every type. */
  readonly volumes: readonly string[];
  /** Empty: any path. */
  readonly allowedHostPaths: readonly { readonly pathPrefix: string; readonly readOnly: boolean }[];
  /** Empty: any driver. */
  readonly allowedFlexVolumes: readonly string[];
  /** Empty: any driver. */
  readonly allowedCSIDrivers: readonly string[];
  readonly runAsUser: IdRule<'RunAsAny' | 'MustRunAs' | 'MustRunAsNonRoot'>;
  readonly runAsGroup: IdRule;
  readonly fsGroup: IdRule;
  readonly supplementalGroups: IdRule;
  readonly seLinux: { readonly rule: 'RunAsAny' | 'MustRunAs'; readonly options: SeLinuxOptions | null };
  readonly readOnlyRootFilesystem: boolean;
  readonly allowPrivilegeEscalation: boolean;
  readonly defaultAllowPrivilegeEscalation: boolean | null;
  readonly allowedProcMountTypes: readonly string[];
  readonly allowedUnsafeSysctls: readonly string[];
  readonly forbiddenSysctls: readonly string[];
  /** Null: any, and none is filled in. */
  readonly runtimeClass: { readonly allowed: readonly string[]; readonly usual: string | null } | null;
  readonly appArmor: ProfileRule;
  readonly seccomp: ProfileRule;
  readonly at: SourcePos;
};
