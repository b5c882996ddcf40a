import { ROLE_NODE } from '../table/match-table.ts';
import type { NodePlace, Route, Target } from './fronts.ts';

/** Backends that no policy tells apart: any stands for all of them. */
export type Group = {
  readonly first: Target;
  /** One on another node than `first`, or null. */
  elsewhere: Target | null;
  readonly targets: Target[];
};

/** Among whom a node chooses that sends to every node. */
export type Near = {
  readonly all: readonly Group[];
  /** Of `all`, by node: those on it. */
  readonly here: ReadonlyMap<number, readonly Group[]>;
};

/** Among whom a route chooses, for one family of addresses. */
export type Choice = Near & {
  /** By node, where hints keep it to some: among whom it chooses. */
  readonly near: ReadonlyMap<number, Near>;
  /** By node, when only its own may be chosen: the ready on it, else those that end and still serve. */
  readonly only: ReadonlyMap<number, readonly Group[]>;
  readonly targets: readonly Target[];
};

export type Sameness = {
  readonly classOf: (target: Target) => number;
  readonly roles: Uint8Array;
  readonly nodes: readonly NodePlace[];
};

/**
 * The backends of a route, each distinct one once. Which are chosen when none is ready is kube-proxy's rule
 * (pkg/proxy/topology.go, CategorizeEndpoints).
 */
export function choiceOf(route: Route, family: number, { classOf, roles, nodes }: Sameness): Choice {
  const keyOf = (target: Target): string => {
    const known = classOf(target);
    // What a pod may send to its own node is the dataplane's to say: nodes are told apart.
    return `${known} ${target.port}${roles[known] === ROLE_NODE ? ` ${target.node}` : ''}`;
  };
  const ofFamily = route.targets.filter((target) => target.family === family);
  const targets = usable(ofFamily);
  const near = (some: readonly Target[]): Near => ({
    all: grouped(some, keyOf),
    here: byNode(some, (ofNode) => grouped(ofNode, keyOf)),
  });
  const hinted = nodes.flatMap((place, node): [number, Near][] => {
    const some = hintedTo(place, targets);
    return some === null ? [] : [[node, near(some)]];
  });
  return {
    ...near(targets),
    near: new Map(hinted),
    only: byNode(ofFamily, (some) => grouped(usable(some), keyOf)),
    targets,
  };
}

function usable(targets: readonly Target[]): readonly Target[] {
  const ready = targets.filter(({ fallback }) => !fallback);
  return ready.length > 0 ? ready : targets;
}

/**
 * The endpoints that hints keep a node to: where all ready ones have hints, and some are for the node (or its zone).
 * Null: all of them. Source: pkg/proxy/topology.go, topologyModeFromHints.
 */
function hintedTo({ name, zone }: NodePlace, targets: readonly Target[]): readonly Target[] | null {
  if (targets.length === 0 || targets[0]!.fallback) return null;
  const forNode = targets.filter(({ forNodes }) => forNodes.includes(name));
  if (forNode.length > 0 && targets.every(({ forNodes }) => forNodes.length > 0)) return forNode;
  const forZone = zone === null ? [] : targets.filter(({ forZones }) => forZones.includes(zone));
  return forZone.length > 0 && targets.every(({ forZones }) => forZones.length > 0) ? forZone : null;
}

const byNode = (
  targets: readonly Target[],
  group: (some: readonly Target[]) => readonly Group[],
): Map<number, readonly Group[]> =>
  new Map(
    [...new Set(targets.map(({ node }) => node))].map((node) => [
      node,
      group(targets.filter((one) => one.node === node)),
    ]),
  );

function grouped(targets: readonly Target[], keyOf: (target: Target) => string): Group[] {
  const groups = new Map<string, Group>();
  for (const target of targets) {
    const key = keyOf(target);
    const known = groups.get(key);
    if (known === undefined) {
      groups.set(key, { first: target, elsewhere: null, targets: [target] });
      continue;
    }
    known.targets.push(target);
    if (known.elsewhere === null && known.first.node !== target.node) known.elsewhere = target;
  }
  return [...groups.values()];
}
