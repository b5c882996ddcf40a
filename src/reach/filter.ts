/** Kinds of ends, cut down to those that were asked about. */
import type { Family } from '../net/address.ts';
import { lastOf, type Prefix } from '../net/prefix.ts';
import type { AddressRange, Kind } from './kinds.ts';

/** A namespace, a workload of it, or a block of addresses with the workloads that have one of them. */
export type EndFilter = { readonly namespace: string; readonly name: string | null } | { readonly block: Prefix };

export function filterKinds(kinds: readonly Kind[], filter: EndFilter | null): Kind[] {
  if (filter === null) return [...kinds];
  const cut = 'block' in filter ? inBlock(filter.block) : named(filter);
  return kinds.map(cut).filter(({ workloads, ranges }) => workloads.length + ranges.length > 0);
}

const named =
  ({ namespace, name }: { readonly namespace: string; readonly name: string | null }) =>
  (kind: Kind): Kind => ({
    ...kind,
    ranges: [],
    workloads: kind.workloads.filter((one) =>
      name === null ? one.name.startsWith(`${namespace}/`) : plainName(one.name) === `${namespace}/${name}`,
    ),
  });

/** Without the address that tells a workload's addresses apart. */
const plainName = (name: string): string => name.split(' ', 1)[0]!;

const inBlock =
  (block: Prefix) =>
  (kind: Kind): Kind => ({
    ...kind,
    workloads: kind.workloads.filter(
      ({ address }) => kind.family === block.family && address! >= block.first && address! <= lastOf(block),
    ),
    ranges: kind.ranges.flatMap((range) => overlap(range, block.family, block.first, lastOf(block))),
  });

function overlap(range: AddressRange, family: Family, first: bigint, last: bigint): AddressRange[] {
  if (range.family !== family || range.last < first || range.first > last) return [];
  return [{ family, first: range.first > first ? range.first : first, last: range.last < last ? range.last : last }];
}
