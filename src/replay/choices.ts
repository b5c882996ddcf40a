import { ROLE_NODE } from '../table/match-table.ts';
import type { Route, Target } from './fronts.ts';

/** Backends that no policy tells apart: any stands for all of them. */
export type Group = {
  readonly first: Target;
  /** One on another node than `first`, or null. */
  elsewhere: Target | null;
};

/** Among whom a route chooses, for one family of addresses. */
export type Choice = {
  readonly all: readonly Group[];
  /** Of `all`, by node: those on it. */
  readonly here: ReadonlyMap<number, readonly Group[]>;
  /** By node, when only its own may be chosen: the ready on it, else those that end and still serve. */
  readonly only: ReadonlyMap<number, readonly Group[]>;
  readonly targets: readonly Target[];
};

/**
 * The backends of a route, each distinct one once. Which are chosen when none is ready is kube-proxy's rule
 * (pkg/proxy/topology.go, CategorizeEndpoints).
 */
export function choiceOf(route: Route, family: number, classOf: (target: Target) => number, roles: Uint8Array): Choice {
  const keyOf = (target: Target): string => {
    const known = classOf(target);
    // What a pod may send to its own node is the dataplane's to say: nodes are told apart.
    return `${known} ${target.port}${roles[known] === ROLE_NODE ? ` ${target.node}` : ''}`;
  };
  const ofFamily = route.targets.filter((target) => target.family === family);
  const targets = usable(ofFamily);
  return {
    all: grouped(targets, keyOf),
    here: byNode(targets, (some) => grouped(some, keyOf)),
    only: byNode(ofFamily, (some) => grouped(usable(some), keyOf)),
    targets,
  };
}

function usable(targets: readonly Target[]): readonly Target[] {
  const ready = targets.filter(({ fallback }) => !fallback);
  return ready.length > 0 ? ready : targets;
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
    if (known === undefined) groups.set(key, { first: target, elsewhere: null });
    else if (known.elsewhere === null && known.first.node !== target.node) known.elsewhere = target;
  }
  return [...groups.values()];
}
