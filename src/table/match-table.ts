import type { SourcePos } from '../source/position.ts';
import type { HostTable } from './hosts.ts';
import type { RouteTable } from './routes.ts';

/**
 * The compiled rules: immutable, typed arrays on SharedArrayBuffers and a dictionary of names. What `compile` makes
 * and `replay` asks. docs/architecture.md draws it.
 *
 *     address --prefixes--> address class --+--> egress profile, ingress profile, role
 *     protocol, ports ----> L4 class        |
 *     (profile of this end, class of the other end) --cells--> program
 *     program[L4 class] ----> decision
 */
export type MatchTable = {
  readonly prefixes: PrefixTable;
  readonly l4: L4Table;
  readonly classes: ClassTable;
  readonly profiles: ProfileTable;
  readonly cells: CellTable;
  readonly decisions: DecisionTable;
  readonly endpoints: EndpointTable;
  readonly nodes: NodeTable;
  readonly services: ServiceTable;
  /** Absent or null: no node's traffic is judged. */
  readonly hosts?: HostTable | null;
  readonly switches: Switches;
  readonly stats: TableStats;
};

/** Class ids, program ids and decisions: 16 bits wide where they fit. */
export type Ids = Uint16Array | Uint32Array;

/** Address to class, see prefixes.ts. */
export type PrefixTable = {
  /** IPv4, 16-8-8: 65,536 entries for the top half, then blocks of 256. An entry is a class, or CHILD | block. */
  readonly v4: Uint32Array;
  /** IPv6 hosts by hash: slots of five words, four of address and class + 1 (0 is free). Length is a power of two x 5. */
  readonly v6Hosts: Uint32Array;
  /** IPv6 ranges: each begins where its class begins to hold, sorted; four words a range. */
  readonly v6Starts: Uint32Array;
  readonly v6Classes: Uint32Array;
  /** Where the ranges of each top 16 bits begin in v6Classes: 65,537 entries. */
  readonly v6Top: Uint32Array;
};

/** Protocol and ports to class, see l4.ts. */
export type L4Table = {
  readonly count: number;
  /** By protocol: first class of the protocol. */
  readonly base: Uint32Array;
  /** By protocol: offset of its plane in `destination` and `source`, or NO_PLANE. */
  readonly destinationPlane: Int32Array;
  readonly sourcePlane: Int32Array;
  /** By protocol: how many source port classes it has, the stride of the pair. */
  readonly width: Uint32Array;
  /** Planes of 65,536: port (or ICMP type * 256 + code) to class within the protocol. */
  readonly destination: Uint16Array;
  readonly source: Uint16Array;
  /** By protocol: the class of packets whose ports are unknown; for a protocol without ports its only class. */
  readonly unknown: Uint32Array;
};

export const ROLE_OUTSIDE = 0;
export const ROLE_WORKLOAD = 1;
export const ROLE_NODE = 2;
export const ROLE_SERVICE = 3;
/** In a node's pod range, and no pod's. */
export const ROLE_UNKNOWN_WORKLOAD = 4;

/** By address class. */
export type ClassTable = {
  readonly count: number;
  readonly egressProfile: Uint32Array;
  readonly ingressProfile: Uint32Array;
  readonly role: Uint8Array;
  /** Which group of net atoms, selector atoms and port bindings the addresses of the class have. */
  readonly netGroup: Uint32Array;
  readonly selectorGroup: Uint32Array;
  readonly bindingGroup: Uint32Array;
  /** By endpoint (index of EndpointTable): the class of it, with unknown net atoms where it has no address. */
  readonly ofEndpoint: Uint32Array;
};

/**
 * A profile is an ordered list of entries, for one direction and one kind of end: what is left of the rules once the
 * questions about that end itself are answered.
 *
 *     entry word    0          1         2        3           4
 *               | decision | L4 term | peer   | next tier | maybe |
 *
 * `peer` is an index into peers, or ANY. `next tier` is the entry, counted from the profile's first, where a pass goes
 * on. `maybe` is 1 where a question about the end itself cannot be answered, as it has no address.
 */
export const ENTRY_DECISION = 0;
export const ENTRY_TERM = 1;
export const ENTRY_PEER = 2;
export const ENTRY_NEXT_TIER = 3;
export const ENTRY_MAYBE = 4;
export const ENTRY_WORDS = 5;

/** An alternative of a peer condition: three words, each an atom or ANY; all of them must hold. */
export const PEER_NETS = 0;
export const PEER_SELECTOR = 1;
export const PEER_NOT_SELECTOR = 2;
export const PEER_WORDS = 3;

/** No condition. */
export const ANY = 0xffff_ffff;
/** The net group of what has no address: whether its nets match is unknown. */
export const UNKNOWN_NETS = 0;
/** By protocol: it has no plane of ports. */
export const NO_PLANE = -1;
/** An entry of the IPv4 trie whose low bits are a block, not a class. */
export const CHILD = 0x8000_0000;

export type ProfileTable = {
  readonly count: number;
  /** By profile, and one more: where its entries begin. */
  readonly start: Uint32Array;
  readonly entries: Uint32Array;
  /** By profile: the policies that select the end in this direction, in order: slices of policyList. */
  readonly policyStart: Uint32Array;
  readonly policyList: Uint32Array;
};

/** What cells are derived from, and those that were derived at compile. See cell.ts. */
export type CellTable = {
  /** Peer conditions: by peer, and one more, where its alternatives begin; an alternative is PEER_WORDS words. */
  readonly peerStart: Uint32Array;
  readonly peers: Uint32Array;
  /** By net group, and one more: slices of sorted net atoms. Group 0 is "no address": unknown. */
  readonly netStart: Uint32Array;
  readonly netAtoms: Uint32Array;
  /** By selector group, and one more: slices of sorted selector atoms. */
  readonly selectorStart: Uint32Array;
  readonly selectorAtoms: Uint32Array;
  /** L4 terms: by term, its set for each binding group (termWidth 1 or bindingGroups). */
  readonly termStart: Uint32Array;
  readonly termWidth: Uint32Array;
  readonly termSets: Uint32Array;
  /** L4 sets: `setWords` words each, bit c is set when L4 class c is in it. */
  readonly l4Sets: Uint32Array;
  readonly setWords: number;
  /** (profile, class) to program, profile * class count + class; null when cells are derived on first touch. */
  readonly dense: Ids | null;
  /** Programs of the dense table, `l4.count` decisions each. */
  readonly programs: Ids;
};

export const ACTION_NONE = 0;
export const ACTION_ALLOW = 1;
export const ACTION_DENY = 2;
export const ACTION_PASS = 3;
export const ACTION_UNDETERMINED = 4;

/** Decision numbers and their words, see decisions.ts. */
export type DecisionTable = {
  /** How many general decisions there are; rules come after them. */
  readonly general: number;
  readonly count: number;
  /** By decision: ACTION_*. */
  readonly action: Uint8Array;
  readonly tiers: readonly string[];
  readonly policies: readonly PolicyEntry[];
  /** Rule r is decision general + r. */
  readonly rules: readonly RuleEntry[];
};

export type PolicyEntry = {
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly tier: number;
  /** From 1: policies with one number leave open which of them is asked first. Absent: its place is certain. */
  readonly tie?: number;
  /** When it was made, as the manifest says; absent: not told. */
  readonly created?: string;
  /** A fingerprint of what it says, wherever it is written; absent unless `compile` was asked for contents. */
  readonly content?: string;
  readonly at: SourcePos;
};

export type RuleEntry = {
  readonly policy: number;
  readonly direction: 'ingress' | 'egress';
  readonly index: number;
  readonly action: 'allow' | 'deny' | 'pass' | 'log';
  /** As of a policy. */
  readonly content?: string;
  readonly at: SourcePos;
};

/** Names of endpoints by address, off the hot path. Keys are formatted addresses. */
export type EndpointTable = {
  readonly list: readonly {
    readonly namespace: string | null;
    readonly name: string;
    readonly node: string | null;
    readonly containerPorts: readonly { readonly protocol: number; readonly port: number }[];
  }[];
  /** Formatted address to index in list: the endpoint that is the subject there. */
  readonly byAddress: ReadonlyMap<string, number>;
};

export type NodeTable = {
  readonly names: readonly string[];
  /** Formatted address to index in names. */
  readonly byAddress: ReadonlyMap<string, number>;
  /** By node: what stands for a pod that leaves the pools by it, its own first address of each family, formatted. */
  readonly own: readonly (readonly string[])[];
  /**
   * Blocks that pods have their addresses of, as `address/length`, and whether what their pods send beyond the pools
   * leaves with their node's address. Empty: nobody told.
   */
  readonly pools: readonly { readonly net: string; readonly natOutgoing: boolean }[];
};

export type ServiceTable = {
  readonly list: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly ports: readonly { readonly protocol: number; readonly port: number; readonly nodePort: number | null }[];
  }[];
  readonly byAddress: ReadonlyMap<string, number>;
  /** Protocol * 65536 + nodePort. */
  readonly nodePorts: ReadonlySet<number>;
  /** Absent or null: where the addresses lead is not known. */
  readonly routes?: RouteTable | null;
};

/** The dataplane's switches, copied from the model. */
export type Switches = {
  readonly dataplane: string;
  /** Whose behaviour that is. */
  readonly dataplaneVersion?: string;
  readonly dropInvalid: boolean;
  readonly nodeToOwnPod: boolean;
  /** Absent: let through. */
  readonly podToOwnNode?: boolean;
  /** UDP to this port from a pod is dropped; absent or null: none is. */
  readonly vxlanFromPods?: number | null;
  /** Protocol 4 from a pod is let through; absent: it is. */
  readonly ipipFromPods?: boolean;
  /** What a pod sends from an address that it does not have is judged. This and the rest: absent is as on iptables. */
  readonly allowSpoofed?: boolean;
  /** What a pod sends itself through a Service is never judged. */
  readonly allowHairpin?: boolean;
  /** Who enters by a nodePort keeps its address, wherever the backend is. */
  readonly keepClient?: boolean;
  /** A pod's packet to a nodePort of another node is translated before it leaves the pod's own. */
  readonly translateAtPod?: boolean;
  /** Who goes to a Service's address on another node has the address of its own. */
  readonly masqueradeAll?: boolean;
  /** Under `loose` too: TCP without SYN opens nothing. */
  readonly dropMidstreamTcp?: boolean;
  /** A SYN that runs against its live connection is judged for itself. */
  readonly judgeSynOfAnswerer?: boolean;
  readonly bpfTimeouts?: boolean;
  /** All switches, in the words of `--switch`; those that are not as the dataplane usually has them. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly changed?: readonly string[];
};

export type TableStats = {
  readonly endpoints: number;
  /** Those of them that workloads stand for, or that wait for one. */
  readonly endpointsWithoutAddress: number;
  readonly addresses: number;
  readonly policies: number;
  readonly rules: number;
  readonly prefixes: number;
  readonly addressClasses: number;
  readonly l4Classes: number;
  readonly profiles: number;
  readonly programs: number;
  readonly cellsFilled: number;
  readonly cellsPossible: number;
  readonly bytes: number;
  readonly buildMilliseconds: number;
};
