import type { MatchTable } from '../table/match-table.ts';
import { type Hidden, isWithin, placeOf, type Range, rangeOf, type Words } from './fronts.ts';

/** What a pod's packet to another node arrives as: itself, its node, or one of both. */
export type Leaving = { readonly asItself: boolean; readonly hidden: Hidden | null };

export const AS_ITSELF: Leaving = { asItself: true, hidden: null };

const NAT_OUTGOING = 'natOutgoing';

/**
 * Does a pod's packet come to another node with its own node's address (an IPPool's `natOutgoing`)? From a pool that
 * masquerades to an address in none it does. Source: felix/rules/nat.go, MakeNatOutgoingRule.
 */
export class Masquerade {
  /** Null: nobody told of any. */
  readonly #pools: readonly (Range & { readonly natOutgoing: boolean })[] | null;
  /** By family and node: what its pods leave as where the pools say so, and where nobody told. */
  readonly #hidden: Readonly<Record<number, ReadonlyMap<string, { readonly told: Leaving; readonly untold: Leaving }>>>;

  constructor({ nodes }: MatchTable) {
    const { pools, names, own } = nodes;
    this.#pools = pools.length === 0 ? null : pools.map(({ net, natOutgoing }) => ({ ...rangeOf(net), natOutgoing }));
    const places = names.flatMap((name, i) => own[i]!.map((text) => ({ name, ...placeOf(text), why: NAT_OUTGOING })));
    const ofFamily = (family: number) =>
      new Map(
        places
          .filter((place) => place.family === family)
          .map(({ name, ...hidden }) => [
            name,
            { told: { asItself: false, hidden }, untold: { asItself: true, hidden } },
          ]),
      );
    this.#hidden = { 4: ofFamily(4), 6: ofFamily(6) };
  }

  /** Of a packet from a pod of a node (by name) to an address beyond that node; both where nobody told of pools. */
  leaving(node: string | undefined, family: number, pod: Words, peer: Words): Leaving {
    const found = node === undefined ? undefined : this.#hidden[family]!.get(node);
    if (found === undefined) return AS_ITSELF;
    if (this.#pools === null) return found.untold;
    for (const pool of this.#pools) if (isWithin(pool, family, peer)) return AS_ITSELF;
    for (const pool of this.#pools) if (pool.natOutgoing && isWithin(pool, family, pod)) return found.told;
    return AS_ITSELF;
  }
}
