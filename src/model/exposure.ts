import type { Address } from '../net/address.ts';
import type { Prefix } from '../net/prefix.ts';
import type { Labels } from './labels.ts';

/** Where a Service listens beside its ports, and whom it leads to: what address translation asks. */
export type Exposure = {
  /** clusterIPs; empty when headless. */
  readonly clusterAddresses: readonly Address[];
  readonly externalAddresses: readonly Address[];
  /** status.loadBalancer.ingress: `loadBalancerSourceRanges` guard these alone. */
  readonly balancerAddresses: readonly Address[];
  /** Null: no selector, whoever made the Service writes its endpoints too. */
  readonly selector: Labels | null;
  /** By index of the Service's ports: targetPort, a number or a pod's name for one. */
  readonly targets: readonly (number | string)[];
  /** sessionAffinity ClientIP: for how long; null without. */
  readonly affinitySeconds: number | null;
  /** internalTrafficPolicy: Local. */
  readonly internalLocal: boolean;
  /** externalTrafficPolicy: Local. */
  readonly externalLocal: boolean;
  /** Empty: everybody. */
  readonly sourceRanges: readonly Prefix[];
  readonly publishNotReady: boolean;
  /** Of EndpointSlices, else of Endpoints; null when neither was given: the pods that the selector finds. */
  readonly endpoints: readonly ServiceEndpoint[] | null;
};

/** An address behind a Service, as an EndpointSlice tells of it. */
export type ServiceEndpoint = {
  readonly addresses: readonly Address[];
  readonly node: string | null;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  /** Hints: the nodes and zones that are to keep to it. */
  readonly forNodes?: readonly string[];
  readonly forZones?: readonly string[];
  readonly ports: readonly { readonly name: string | null; readonly protocol: number; readonly port: number }[];
};

/** What a pod's status says of its fitness to serve; `serving` is its Ready condition, whether it terminates or not. */
export type Serving = { readonly serving: boolean; readonly terminating: boolean };

/** A port of a node that is led to a pod. */
export type HostPort = {
  /** Null: every address of the node. */
  readonly address: Address | null;
  readonly protocol: number;
  readonly hostPort: number;
  readonly port: number;
};

/** A pod on its node's network: no endpoint of a policy, and yet it may stand behind a Service. */
export type HostPod = {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly addresses: readonly Address[];
  readonly namedPorts: readonly { readonly name: string; readonly protocol: number; readonly port: number }[];
  readonly node: string | null;
  readonly serving: Serving;
};
