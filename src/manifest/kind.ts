import type { Namespace, ServiceAccount } from '../model/admission.ts';
import type { Unsimulated } from '../model/cluster.ts';
import type { Felix } from '../model/dataplane.ts';
import type { AddressPool, Node as ClusterNode, Endpoint, NetworkSet, Service } from '../model/endpoint.ts';
import type { HostPod, ServiceEndpoint } from '../model/exposure.ts';
import type { HostEndpoint } from '../model/host-endpoint.ts';
import type { Labels } from '../model/labels.ts';
import type { PodSecurityConfiguration } from '../model/pod-security.ts';
import type { PodSecurityPolicy } from '../model/pod-security-policy.ts';
import type { Workload } from '../model/pod-template.ts';
import type { Policy, Tier } from '../model/policy.ts';
import type { Binding, Role } from '../model/rbac.ts';
import type { SourcePos } from '../source/position.ts';
import type { Fields, Known, Strictness } from './fields.ts';
import type { Located } from './node.ts';

/** What every object says of itself. */
export type Metadata = {
  readonly name: string;
  /** Null for what lives in no namespace. */
  readonly namespace: string | null;
  readonly labels: Labels;
  readonly annotations: ReadonlyMap<string, Located<string>>;
  /** metadata.creationTimestamp as written. */
  readonly created: string | null;
  /** metadata.deletionTimestamp is there. */
  readonly terminating: boolean;
  /** Where the object begins. */
  readonly at: SourcePos;
};

/** A pod with its own labels: what it has of its namespace and service account is joined to it by `assemble`. */
export type Pod = Endpoint & { readonly namespace: string; readonly serviceAccount: string };

/** What a staged policy would have done to the enforced one of its name. `learn` and `ignore` do nothing. */
export type StagedAction = 'set' | 'delete' | 'learn' | 'ignore';

/** What an object comes to, for `assemble` to join. A kind that decides in a new way adds a member here. */
export type Parsed =
  | { readonly type: 'namespace'; readonly labels: Labels }
  | { readonly type: 'service-account'; readonly labels: Labels }
  | { readonly type: 'pod'; readonly pod: Pod }
  | { readonly type: 'node'; readonly node: ClusterNode }
  | { readonly type: 'service'; readonly service: Service }
  | {
      readonly type: 'backends';
      readonly service: string | null;
      readonly backends: Service['backends'];
      readonly endpoints: readonly ServiceEndpoint[];
    }
  | { readonly type: 'endpoints'; readonly service: string; readonly endpoints: readonly ServiceEndpoint[] }
  | { readonly type: 'host-pod'; readonly pod: HostPod }
  | { readonly type: 'policy'; readonly policy: Policy }
  /** What it says at host endpoints by one of its fields is not simulated; `policy` is all else that it says. */
  | { readonly type: 'host-policy'; readonly policy: Policy; readonly field: Unsimulated['field'] }
  /** `replaces`: the `tieBreak` of the enforced policy of its name. */
  | { readonly type: 'staged'; readonly policy: Policy; readonly action: StagedAction; readonly replaces: string }
  | { readonly type: 'tier'; readonly tier: Tier }
  /** With its own labels: those that it has of its namespace are joined to it by `assemble`. */
  | { readonly type: 'network-set'; readonly set: NetworkSet }
  | { readonly type: 'host-endpoint'; readonly host: HostEndpoint }
  | { readonly type: 'pool'; readonly pool: AddressPool }
  /** Settings of the dataplane for all nodes. */
  | { readonly type: 'felix'; readonly felix: Felix }
  /** It was read, and decides nothing: a finished pod. */
  | { readonly type: 'nothing' };

/** What an object means to admission, for `joinAdmission`. */
export type AdmissionPart =
  | { readonly type: 'workload'; readonly workload: Workload }
  | { readonly type: 'namespace'; readonly namespace: Namespace }
  | { readonly type: 'service-account'; readonly account: ServiceAccount }
  | { readonly type: 'pod-security-policy'; readonly policy: PodSecurityPolicy }
  | { readonly type: 'role'; readonly role: Role }
  | { readonly type: 'binding'; readonly binding: Binding }
  | { readonly type: 'pod-security'; readonly configuration: PodSecurityConfiguration };

/** Reads the objects of one kind. */
export type Kind = {
  readonly kind: string;
  /** The apiVersions that are read, the preferred first. */
  readonly apiVersions: readonly string[];
  /** A `file` is a configuration of the API server: it has no metadata. */
  readonly scope: 'namespaced' | 'cluster' | 'file';
  /** The fields of the object beside apiVersion, kind and metadata. */
  readonly fields: Known;
  /** What an unknown field of such an object is. */
  readonly strictness: Strictness;
  /** What of it counts, for people: a cell of the table in README.md. */
  readonly simulated: string;
  /** What of it is told of, and left out or read otherwise; empty: nothing. */
  readonly warned: string;
  /** Reports every fault that it finds, and gives what it can: the caller leaves out an object with errors. */
  readonly read: ((object: Fields, metadata: Metadata, apiVersion: string) => Parsed) | null;
  /** What admission asks of it, read where that is asked for. A kind without `read` is read for this alone. */
  readonly admission?: (object: Fields, metadata: Metadata, apiVersion: string) => AdmissionPart | null;
};

export type ReadObject = {
  readonly kind: Kind;
  readonly metadata: Metadata;
  readonly parsed: Parsed;
  /** Null where admission is not asked for, or has nothing to do with it. */
  readonly admission: AdmissionPart | null;
};
