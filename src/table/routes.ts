/**
 * Where addresses lead that are translated before policy sees them: Services and hostPorts, lowered. Plain lists: who
 * replays makes maps of numbers of them when the first packet asks.
 *
 *     front (address, protocol, port) ---> route ---> backends (address, port, node)
 */
export type RouteTable = {
  readonly fronts: readonly Front[];
  readonly routes: readonly Route[];
  readonly nodes: readonly RouteNode[];
};

export const FRONT_CLUSTER = 0;
/** An externalIP. */
export const FRONT_EXTERNAL = 1;
/** A load balancer's address. */
export const FRONT_BALANCER = 2;
/** A port of nodes: a nodePort, a hostPort. */
export const FRONT_NODE = 3;

export type Front = {
  /** FRONT_* */
  readonly kind: number;
  /** Formatted; null: the addresses of `node`. */
  readonly address: string | null;
  /** Null, where `address` is too: all nodes. */
  readonly node: string | null;
  readonly protocol: number;
  readonly port: number;
  /** Index in `routes`. */
  readonly route: number;
};

/** One port of a Service, or a hostPort: how it chooses, and among whom. */
export type Route = {
  /** sessionAffinity: for how long a client stays with a backend; null without. */
  readonly affinitySeconds: number | null;
  readonly internalLocal: boolean;
  readonly externalLocal: boolean;
  /** A hostPort: it leads from its node to a pod of that node, for whoever comes. */
  readonly isHostPort: boolean;
  /** loadBalancerSourceRanges as `address/length`; empty: everybody. */
  readonly sourceRanges: readonly string[];
  readonly backends: readonly Backend[];
};

export type Backend = {
  readonly address: string;
  readonly port: number;
  readonly node: string | null;
  /** It terminates and still serves: chosen where none is ready. */
  readonly fallback: boolean;
  /** Hints of its EndpointSlice: nodes and zones that are to keep to it. Absent: none. */
  readonly forNodes?: readonly string[];
  readonly forZones?: readonly string[];
};

export type RouteNode = {
  readonly name: string;
  readonly addresses: readonly string[];
  /** Those of `addresses` that are its tunnels'. */
  readonly tunnels: readonly string[];
  /** What stands for a client whose packet this node sends on to another: its tunnel's address, else its own. */
  readonly hides: readonly string[];
  readonly zone: string | null;
};
