/** How packets without a known connection are read: see docs/semantics.md, section E. */
export type Midstream = 'infer' | 'loose' | 'strict';

export type ReplayOptions = {
  /** Default `infer`. */
  readonly midstream?: Midstream;
  /** False: no connection state; every packet is judged alone in its own direction. Default true. */
  readonly track?: boolean;
  /** Most connections remembered at once; the least recently seen is forgotten first. Default 2^20. */
  readonly maxConnections?: number;
  /** How an address of a pod range that no pod has is judged. Default `outside`: as an address without an endpoint. */
  readonly unknownWorkload?: 'outside' | 'undetermined';
  readonly signal?: AbortSignal;
};

export const DEFAULT_MAX_CONNECTIONS = 1 << 20;
