import type { Failsafes } from './failsafe.ts';

/** What a dataplane does beside policy, as switches. Each names the ledger line of docs/semantics.md behind it. */
export type Dataplane = {
  /** Shown in reports: whose behaviour was followed. */
  readonly name: string;
  /** Packets that connection tracking calls INVALID are dropped at policed ends and elsewhere (ledger 86). */
  readonly dropInvalid: boolean;
  /** Traffic from a node to a pod that it runs is not policed (ledger 54). */
  readonly nodeToOwnPod: 'allow' | 'police';
  /** From a pod to its own node, once egress policy allowed it: defaultEndpointToHostAction (ledger 57). */
  readonly podToOwnNode?: 'accept' | 'drop';
  /** Encapsulated packets of a pod's own are dropped before policy: UDP to this port; null lets them be (ledger 100). */
  readonly vxlanFromPods?: number | null;
  /** Likewise of protocol 4: true lets them be. */
  readonly ipipFromPods?: boolean;
  /** Ports that host endpoints always let through (ledger 126). Absent: Calico's defaults. */
  readonly failsafes?: Failsafes;
};

export const CALICO_IPTABLES: Dataplane = {
  name: 'calico-iptables',
  dropInvalid: true,
  nodeToOwnPod: 'allow',
  podToOwnNode: 'accept',
  vxlanFromPods: 4789,
  ipipFromPods: false,
};
