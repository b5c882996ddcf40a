/** What a dataplane does beside policy, as switches. Each names the ledger line of docs/semantics.md behind it. */
export type Dataplane = {
  /** Shown in reports: whose behaviour was followed. */
  readonly name: string;
  /** Packets that connection tracking calls INVALID are dropped at policed ends and elsewhere (ledger 86). */
  readonly dropInvalid: boolean;
  /** Traffic from a node to a pod that it runs is not policed (ledger 54). */
  readonly nodeToOwnPod: 'allow' | 'police';
};

export const CALICO_IPTABLES: Dataplane = {
  name: 'calico-iptables',
  dropInvalid: true,
  nodeToOwnPod: 'allow',
};
