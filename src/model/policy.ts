import type { Family } from '../net/address.ts';
import type { Prefix } from '../net/prefix.ts';
import type { SourcePos } from '../source/position.ts';
import type { Selector } from './selector.ts';

export type Direction = 'ingress' | 'egress';

/** What a rule says. `pass` leaves its tier; `log` goes on to the next rule. */
export type Action = 'allow' | 'deny' | 'pass' | 'log';

/** First and last port, both included, 0 to 65535. */
export type PortRange = readonly [first: number, last: number];

/**
 * Ports by number and by name; a port is in the set when any of either holds it. A name stands for the numbers that
 * *that end* of the packet gives it, for the packet's own protocol: nothing, where the address is no endpoint.
 */
export type PortSet = {
  readonly ranges: readonly PortRange[];
  readonly names: readonly string[];
  /**
   * Endpoints whose ports the names stand for, where not all count. Calico asks a name of the endpoints that the
   * rule's selector for that end matches (felix/calc/rule_scanner.go, namedPortsToIPSets): where a network set with
   * such labels holds the address of a pod without them, the pod's port names do not count.
   */
  readonly namesOf?: Selector | null;
};

/** An ICMP or ICMPv6 type, with a code or (null) any code. */
export type IcmpMatch = { readonly type: number; readonly code: number | null };

/** One way for the transport layer to match; every field that is not null must hold. */
export type L4Match = {
  readonly protocol: number | null;
  readonly notProtocol: number | null;
  readonly sourcePorts: PortSet | null;
  readonly notSourcePorts: PortSet | null;
  readonly destinationPorts: PortSet | null;
  readonly notDestinationPorts: PortSet | null;
  readonly icmp: IcmpMatch | null;
  readonly notIcmp: IcmpMatch | null;
};

export const ANY_L4: L4Match = {
  protocol: null,
  notProtocol: null,
  sourcePorts: null,
  notSourcePorts: null,
  destinationPorts: null,
  notDestinationPorts: null,
  icmp: null,
  notIcmp: null,
};

/** One way for an end of the packet to match; every field that is not null must hold. */
export type PeerMatch = {
  /** In one of these blocks (of its own family). */
  readonly nets: readonly Prefix[] | null;
  /** In none of these. */
  readonly notNets: readonly Prefix[] | null;
  /** An endpoint or network set with such labels holds the address. */
  readonly selector: Selector | null;
  /** No endpoint or network set with such labels holds the address: true of addresses that nobody holds. */
  readonly notSelector: Selector | null;
  /**
   * Address, protocol and port stand together behind this Service (`namespace/name`), whatever the rule's own ports.
   * As a source only the address counts (Calico: rule.services).
   */
  readonly service: string | null;
};

export const ANY_PEER: PeerMatch = { nets: null, notNets: null, selector: null, notSelector: null, service: null };

/** A rule as written: it matches when all of its parts do. `null` is no condition; an empty list matches nothing. */
export type Rule = {
  readonly action: Action;
  /** Its position in its direction's list, from 0. */
  readonly index: number;
  /** Packets of the other family pass the rule by. */
  readonly family: Family | null;
  /** Any of these. */
  readonly l4: readonly L4Match[] | null;
  /** Any of these. */
  readonly source: readonly PeerMatch[] | null;
  /** Any of these. */
  readonly destination: readonly PeerMatch[] | null;
  /** What people wrote beside it; it decides nothing. */
  readonly annotations?: ReadonlyMap<string, string>;
  readonly at: SourcePos;
};

export type Policy = {
  /** As the manifest says: NetworkPolicy, GlobalNetworkPolicy, ClusterNetworkPolicy, ... */
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly tier: string;
  /** Lower comes first; null comes last. */
  readonly order: number | null;
  /**
   * The name that breaks ties of order, as Calico sorts it (`name/namespace/kind`, compared as text).
   * Source: felix/calc/policy_sorter.go, PolKVLess.
   */
  readonly tieBreak: string;
  /** Which endpoints it applies to, over effective labels. */
  readonly selector: Selector;
  /** Which directions it governs: an endpoint that it selects is policed there, rules or none. */
  readonly directions: readonly Direction[];
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
  /** Its API does not say which of its policies of equal order comes first: `tieBreak` is Calico's choice. Absent: it does. */
  readonly isOrderOpen?: boolean;
  /** Carried and not enforced. */
  readonly staged: boolean;
  /** metadata.creationTimestamp as written; absent: not told. It decides nothing. */
  readonly created?: string | null;
  readonly at: SourcePos;
};

export type Tier = {
  readonly name: string;
  /** Lower comes first; null comes last. */
  readonly order: number | null;
  /** What becomes of traffic that a policy of the tier governs and no rule decided. */
  readonly defaultAction: 'deny' | 'pass';
};

/** The tier of every Kubernetes NetworkPolicy. Source: libcalico-go/lib/names, DefaultTierName and its order. */
export const DEFAULT_TIER: Tier = { name: 'default', order: 1_000_000, defaultAction: 'deny' };

/** The tier of Kubernetes' cluster-wide policies that come before NetworkPolicies. */
export const KUBE_ADMIN_TIER: Tier = { name: 'kube-admin', order: 1000, defaultAction: 'pass' };

/** The tier of Kubernetes' cluster-wide policies that come after NetworkPolicies. */
export const KUBE_BASELINE_TIER: Tier = { name: 'kube-baseline', order: 10_000_000, defaultAction: 'pass' };

/**
 * The tiers that Calico creates itself, and creates again when they are deleted. A tier without policies decides
 * nothing, so they are always there. Source: libcalico-go/lib/clientv3/client.go, EnsureInitialized; api tier.go.
 */
export const BUILT_IN_TIERS: readonly Tier[] = [KUBE_ADMIN_TIER, DEFAULT_TIER, KUBE_BASELINE_TIER];

/** The order of every Kubernetes NetworkPolicy in its tier. Source: libcalico-go conversion, K8s policies at 1000. */
export const KUBERNETES_POLICY_ORDER = 1000;
