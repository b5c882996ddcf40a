import type { SourcePos } from '../source/position.ts';

/** Who says no: a control of the API server, or the kubelet that would have to run the container. */
export type Control = 'PodSecurityPolicy' | 'PodSecurity' | 'kubelet';

/** One thing that stands between a pod and its running, or that somebody is warned of. */
export type Objection = {
  readonly control: Control;
  /** The policy, or the level with its version; null when no policy could be asked at all. */
  readonly policy: string | null;
  /** The field family or check; stable, for programs: `hostPorts`, `no-usable-policy`. */
  readonly check: string;
  /** The field of the object, as the API server writes it; null when it is none of its fields. */
  readonly path: string | null;
  readonly message: string;
  readonly at: SourcePos;
};

/** An objection that stops nobody. */
export type Remark = Objection & { readonly mode: 'warn' | 'audit' };

/** How a pod stands to NetworkPolicy. */
export type Reach =
  /** Policies select it. */
  | 'policed'
  /** Its pods share their node's network: no policy selects them. */
  | 'host-network'
  /** Policies select it, and ports of its node lead to it as well. */
  | 'host-port';

export type AdmittedBy = {
  readonly control: Control | 'static pod';
  /** The policy or level. */
  readonly policy: string;
  /** What let the pod use the policy: a binding. */
  readonly through: string | null;
};

export type WorkloadAdmission = {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Pods; null: one for each node that takes it. */
  readonly wanted: number | null;
  readonly admitted: number | null;
  readonly running: number | null;
  readonly verdict: 'running' | 'not-running' | 'refused';
  readonly serviceAccount: string;
  /** Who asks for the pods. */
  readonly createdBy: string;
  readonly by: readonly AdmittedBy[];
  readonly objections: readonly Objection[];
  readonly remarks: readonly Remark[];
  readonly reach: Reach;
  /** `8080/TCP`. */
  readonly hostPorts: readonly string[];
  readonly at: SourcePos;
};

/** A name in a role or binding that nobody has. */
export type Dangling = {
  readonly code: 'SUBJECT_ABSENT' | 'ROLE_ABSENT' | 'POLICY_ABSENT' | 'SERVICE_ACCOUNT_ABSENT';
  readonly message: string;
  readonly at: SourcePos;
};

export type AdmissionReport = {
  readonly apiVersion: 'netpol-replay/v1';
  readonly kind: 'AdmissionReport';
  /** The controls that were on. */
  readonly controls: readonly ('PodSecurityPolicy' | 'PodSecurity')[];
  /** What `latest` meant: `v1.37`. */
  readonly latest: string;
  readonly workloads: readonly WorkloadAdmission[];
  readonly dangling: readonly Dangling[];
  /** Workloads that a workload of the list makes, and that are therefore not in it. */
  readonly owned: number;
};
