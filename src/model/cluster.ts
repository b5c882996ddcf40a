import type { Dataplane, Felix } from './dataplane.ts';
import type { AddressPool, Endpoint, NetworkSet, Node, Service } from './endpoint.ts';
import type { HostPod } from './exposure.ts';
import type { HostEndpoint } from './host-endpoint.ts';
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
  /** Every one's node is among `nodes`, with its addresses. */
  readonly hostEndpoints?: readonly HostEndpoint[];
  /** What policies that are in force at host endpoints say there and is not simulated: for reports to tell. */
  readonly unsimulated?: readonly Unsimulated[];
  /** Where pods have their addresses of (Calico IPPool). Absent or empty: nobody told. */
  readonly pools?: readonly AddressPool[];
};

/** A policy, and the field of it that makes it judge at host endpoints in a way that is not simulated. */
export type Unsimulated = { readonly policy: string; readonly field: 'preDNAT' | 'doNotTrack' | 'applyOnForward' };
