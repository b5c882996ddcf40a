import type { Dataplane, Felix } from './dataplane.ts';
import type { AddressPool, Endpoint, NetworkSet, Node, Service } from './endpoint.ts';
import type { HostPod } from './exposure.ts';
import type { Policy, Tier } from './policy.ts';

/**
 * Everything that decides a verdict, in one model: what `manifest` reads and `compile` lowers. All of a dialect's
 * defaults are resolved; lists are in the order of the input.
 */
export type Cluster = {
  readonly dataplane: Dataplane;
  /** What the manifests say of it: counts under whichever dataplane reads them. */
  readonly felix?: Felix;
  readonly tiers: readonly Tier[];
  readonly policies: readonly Policy[];
  readonly endpoints: readonly Endpoint[];
  readonly networkSets: readonly NetworkSet[];
  readonly nodes: readonly Node[];
  readonly services: readonly Service[];
  readonly hostPods?: readonly HostPod[];
  /** Where pods have their addresses of (Calico IPPool). Absent or empty: nobody told. */
  readonly pools?: readonly AddressPool[];
};
