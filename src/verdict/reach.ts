import type { VerdictWord } from './reasons.ts';

/** The addresses of `cidr` that are in none of `except`. */
export type Blocks = { readonly cidr: string; readonly except: readonly string[] };

/**
 * One end of all the packets of a line. Workloads stand for their addresses; `blocks` speak of the addresses that no
 * workload has, so a workload within a block is meant only where it is named.
 */
export type EndSet = {
  /** `namespace/name`, sorted; with ` (IPv4)` or ` (IPv6)` where the cluster has workloads of both. */
  readonly workloads: readonly string[];
  readonly blocks: readonly Blocks[];
};

/** Packets of one protocol, or of several without ports. Null: all, or the protocol has none. */
export type Transport = {
  /** `TCP`, ..., `any`: every packet there is; `other`: the protocols of `numbers`. */
  readonly protocol: string | number;
  /** `80`, `8000-8999`. */
  readonly ports: readonly string[] | null;
  readonly sourcePorts: readonly string[] | null;
  /** ICMP: `8`, `3/4`, `3/0-3`. */
  readonly types: readonly string[] | null;
  readonly numbers: readonly string[] | null;
};

/** Every packet between two sets of ends. */
export type Flows = { readonly from: EndSet; readonly to: EndSet; readonly traffic: readonly Transport[] };

export type OpenFlows = Flows & { readonly verdict: VerdictWord };
export type ChangedFlows = Flows & { readonly old: VerdictWord; readonly new: VerdictWord };

export type Connectivity = {
  readonly apiVersion: 'netpol-replay/v1';
  readonly kind: 'Connectivity';
  readonly from: string | null;
  readonly to: string | null;
  /** Every name that lines may use: those of a block's addresses that it does not speak of. */
  readonly workloads: readonly string[];
  readonly policies: number;
  readonly rules: number;
  /** Forwarded and undetermined; what is in no line is dropped. */
  readonly open: readonly OpenFlows[];
  readonly notes: readonly string[];
};

export type StaticDiff = {
  readonly apiVersion: 'netpol-replay/v1';
  readonly kind: 'StaticDiff';
  readonly old: string;
  readonly new: string;
  readonly differs: boolean;
  /** Of both sides: every name that lines may use. */
  readonly workloads: readonly string[];
  /** What is in no line has one verdict on both sides. */
  readonly changes: readonly ChangedFlows[];
  readonly notes: readonly string[];
};
