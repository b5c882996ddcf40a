/** One thing that dataplanes do differently. The first value is what Calico does on iptables. */
type Switch = {
  readonly values: readonly [string, string];
  /** Lines of the ledger, see docs/dataplanes.md. */
  readonly ledger: readonly number[];
  /** Half a line. */
  readonly about: string;
};

/**
 * What a dataplane does beside policy, and how far it follows policy at all: every difference between dataplanes that
 * is simulated. By the name that `--switch NAME=VALUE` takes. docs/dataplanes.md says what each value changes.
 */
export const SWITCHES = {
  policies: {
    values: ['enforce', 'ignore'],
    ledger: [52],
    about: 'whether policies have an effect at all',
  },
  'block-of-pods': {
    values: ['match', 'miss'],
    ledger: [13],
    about: 'whether a block of addresses in a rule matches the addresses of pods',
  },
  invalid: {
    values: ['drop', 'judge'],
    ledger: [86],
    about: 'packets at a pod that connection tracking calls INVALID',
  },
  'node-to-own-pod': {
    values: ['allow', 'judge'],
    ledger: [54],
    about: 'from a node to a pod that it runs',
  },
  'pod-to-own-node': {
    values: ['accept', 'drop'],
    ledger: [57, 58],
    about: 'from a pod to its own node, once egress policy allowed it (defaultEndpointToHostAction)',
  },
  'vxlan-from-pods': {
    values: ['drop', 'allow'],
    ledger: [100],
    about: 'UDP to the port of VXLAN that a pod sends',
  },
  'ipip-from-pods': {
    values: ['drop', 'allow'],
    ledger: [100],
    about: 'IP in IP that a pod sends',
  },
  'spoofed-sources': {
    values: ['drop', 'allow'],
    ledger: [99],
    about: 'what a pod sends from an address that it does not have, where a capture at its device shows it',
  },
  hairpin: {
    values: ['judge', 'allow'],
    ledger: [61],
    about: 'from a pod through a Service to itself',
  },
  'node-port-source': {
    values: ['node', 'client'],
    ledger: [69, 71],
    about: 'whose address a backend sees of a client that entered on another node',
  },
  'node-port-from-pods': {
    values: ['there', 'here'],
    ledger: [68],
    about: "which node translates a pod's packet to the nodePort of another node: that one, or the pod's own",
  },
  'masquerade-all': {
    values: ['no', 'yes'],
    ledger: [76],
    about: "whether kube-proxy gives all that goes to a Service's address the address of the client's node",
  },
  'midstream-tcp': {
    values: ['adopt', 'drop'],
    ledger: [87, 94],
    about: 'TCP in mid-stream that belongs to no connection, under `--midstream loose`',
  },
  'syn-of-answerer': {
    values: ['follow', 'judge'],
    ledger: [88],
    about: 'a SYN on a live connection from the end that was connected to',
  },
  timeouts: {
    values: ['linux', 'bpf'],
    ledger: [92],
    about: 'how long a connection is remembered',
  },
} as const satisfies Readonly<Record<string, Switch>>;

export type SwitchName = keyof typeof SWITCHES;
export type Settings = { readonly [Name in SwitchName]: (typeof SWITCHES)[Name]['values'][number] };

export const SWITCH_NAMES = Object.keys(SWITCHES) as readonly SwitchName[];

/** Whether a value is one that the switch knows. */
export const isValueOf = (name: SwitchName, value: string): boolean =>
  (SWITCHES[name].values as readonly string[]).includes(value);
