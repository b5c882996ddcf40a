import type { Address } from '../net/address.ts';
import type { Prefix } from '../net/prefix.ts';
import type { SourcePos } from '../source/position.ts';
import type { Exposure, HostPort, Serving } from './exposure.ts';
import type { Labels } from './labels.ts';

/** A container port with a name: what a policy's named port resolves to on this endpoint. */
export type NamedPort = { readonly name: string; readonly protocol: number; readonly port: number };

/** A workload with a network of its own: a pod that runs or may run, never a hostNetwork or finished one. */
export type Endpoint = {
  /** Null for what has none. */
  readonly namespace: string | null;
  readonly name: string;
  /** Effective labels, see labels.ts. */
  readonly labels: Labels;
  /** Empty when it has no address (yet): a template, a pending pod. */
  readonly addresses: readonly Address[];
  readonly namedPorts: readonly NamedPort[];
  /** Every declared container port by number, named or not: a hint to who serves whom, never a restriction. */
  readonly containerPorts: readonly { readonly protocol: number; readonly port: number }[];
  /** The node that it runs on, by name. */
  readonly node: string | null;
  /** metadata.creationTimestamp as written, for telling the newest of two owners of one address. */
  readonly created: string | null;
  /** What decides after the tiers. A Kubernetes pod has its namespace's profile, which allows. */
  readonly profile: 'allow' | 'deny';
  /** Absent: it serves. */
  readonly serving?: Serving;
  readonly hostPorts?: readonly HostPort[];
  readonly at: SourcePos;
};

/** Named blocks of addresses that selectors find by label (Calico NetworkSet, GlobalNetworkSet). */
export type NetworkSet = {
  readonly namespace: string | null;
  readonly name: string;
  readonly labels: Labels;
  readonly nets: readonly Prefix[];
  readonly at: SourcePos;
};

/** A node of the cluster: its own addresses and the blocks that its pods live in. */
export type Node = {
  readonly name: string;
  /** InternalIP, ExternalIP and, where annotations tell them, tunnel addresses. */
  readonly addresses: readonly Address[];
  /** Those of `addresses` that are its tunnels'. */
  readonly tunnelAddresses?: readonly Address[];
  readonly podNets: readonly Prefix[];
  /** Its zone, for endpoints that hints keep to one. */
  readonly zone?: string | null;
  readonly at: SourcePos;
};

/** A block that pods have their addresses of. */
export type AddressPool = {
  readonly net: Prefix;
  /** What its pods send to beyond all pools leaves their node with the node's address. */
  readonly natOutgoing: boolean;
};

/** A Service as far as it owns addresses and ports; where it leads is its backends. */
export type Service = {
  readonly namespace: string;
  readonly name: string;
  /** clusterIPs, externalIPs and load balancer addresses. */
  readonly addresses: readonly Address[];
  readonly ports: readonly {
    readonly name: string | null;
    readonly protocol: number;
    readonly port: number;
    readonly nodePort: number | null;
  }[];
  /** Endpoint slices: every address and port behind the Service, ready or not. Empty when none was given. */
  readonly backends: readonly { readonly address: Address; readonly protocol: number; readonly port: number }[];
  /** Absent: where it leads is not known. */
  readonly exposure?: Exposure;
  readonly at: SourcePos;
};

/** `namespace/name`, or the name alone of what lives in no namespace. */
export const qualifiedName = (object: { readonly namespace: string | null; readonly name: string }): string =>
  object.namespace === null ? object.name : `${object.namespace}/${object.name}`;
