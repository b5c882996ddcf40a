/** The ends that there are, by what the tables can know of them. */
import { type Family, formatAddress, parseAddress } from '../net/address.ts';
import { type MatchTable, ROLE_WORKLOAD, UNKNOWN_NETS } from '../table/match-table.ts';
import { type ClassedRange, classedRanges, rangeAt } from './address-ranges.ts';

/** A workload at one of its addresses; at none yet: null. */
export type Workload = { readonly name: string; readonly address: bigint | null };

/** First and last address, both included. */
export type AddressRange = { readonly family: Family; readonly first: bigint; readonly last: bigint };

/**
 * Addresses of one family, or workloads without an address yet, that have one class in each table. The workloads among
 * them are named; `ranges` are the addresses that no workload has.
 */
export type Kind = {
  /** Null: workloads that have no address yet, and may get one of either. */
  readonly family: Family | null;
  /** By table. */
  readonly classes: readonly number[];
  /** Some table judges it. */
  readonly isEndpoint: boolean;
  readonly workloads: readonly Workload[];
  readonly ranges: readonly AddressRange[];
};

type Growing = Kind & { readonly workloads: Workload[]; readonly ranges: AddressRange[] };

/** @param tables one, or the two that are compared */
export function kindsOf(tables: readonly MatchTable[]): Kind[] {
  const kinds = new Map<string, Growing>();
  const kind = (family: Family | null, classes: readonly number[]): Growing => {
    const key = `${family} ${classes.join(' ')}`;
    const known = kinds.get(key);
    if (known !== undefined) return known;
    const made = { family, classes, isEndpoint: isEndpoint(tables, classes), workloads: [], ranges: [] };
    kinds.set(key, made);
    return made;
  };
  const owners = ownersOf(tables);
  for (const family of [4, 6] as const) {
    const ranges = classedRanges(
      tables.map((table) => table.prefixes),
      family,
    );
    for (const range of ranges) kind(family, range.classes);
    const owned = owners.filter((owner) => owner.family === family);
    for (const { address, name } of owned)
      kind(family, ranges[rangeAt(ranges, address)]!.classes).workloads.push({ address, name });
    for (const range of without(ranges, owned)) kind(family, range.classes).ranges.push(range);
  }
  for (const { name, classes } of addressless(tables)) kind(null, classes).workloads.push({ name, address: null });
  return [...kinds.values()].filter((one) => one.workloads.length + one.ranges.length > 0);
}

const isEndpoint = (tables: readonly MatchTable[], classes: readonly number[]): boolean =>
  tables.some(({ classes: { role } }, t) => role[classes[t]!] === ROLE_WORKLOAD);

export const endpointName = ({ namespace, name }: MatchTable['endpoints']['list'][number]): string =>
  namespace === null ? name : `${namespace}/${name}`;

type Owner = { readonly family: Family; readonly address: bigint; readonly name: string };

/** Every address that a workload has in some table, ascending; of two names the last table's. */
function ownersOf(tables: readonly MatchTable[]): Owner[] {
  const names = new Map<string, string>();
  for (const { endpoints } of tables)
    for (const [address, i] of endpoints.byAddress) names.set(address, endpointName(endpoints.list[i]!));
  const owners = [...names].map(([text, name]): Owner => {
    const { family, value } = parseAddress(text)!;
    return { family, address: value, name };
  });
  return apart(owners).sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** A workload with several addresses of one family goes by them too: policy may treat them differently. */
function apart(owners: readonly Owner[]): Owner[] {
  const keyOf = ({ family, name }: Owner): string => `${family} ${name}`;
  const counts = new Map<string, number>();
  for (const owner of owners) counts.set(keyOf(owner), (counts.get(keyOf(owner)) ?? 0) + 1);
  return owners.map((owner) => {
    if (counts.get(keyOf(owner)) === 1) return owner;
    return { ...owner, name: `${owner.name} (${formatAddress({ family: owner.family, value: owner.address })})` };
  });
}

/** The parts of ranges that nobody owns. Both ascend. */
function without(ranges: readonly ClassedRange[], owners: readonly Owner[]): ClassedRange[] {
  let next = 0;
  return ranges.flatMap((range) => {
    const parts: ClassedRange[] = [];
    let first = range.first;
    for (; next < owners.length && owners[next]!.address <= range.last; next++) {
      const { address } = owners[next]!;
      if (address > first) parts.push({ ...range, first, last: address - 1n });
      first = address + 1n;
    }
    if (first <= range.last) parts.push({ ...range, first });
    return parts;
  });
}

/** Workloads that have no address in any table, and are in all of them. */
function addressless(tables: readonly MatchTable[]): { readonly name: string; readonly classes: readonly number[] }[] {
  const [first, ...others] = tables.map(waiting);
  return [...first!].flatMap(([name, own]) => {
    const rest = others.map((other) => other.get(name));
    return rest.includes(undefined) ? [] : [{ name, classes: [own, ...(rest as number[])] }];
  });
}

function waiting({ endpoints, classes }: MatchTable): Map<string, number> {
  return new Map(
    endpoints.list.flatMap((endpoint, i): [string, number][] => {
      const id = classes.ofEndpoint[i]!;
      return classes.netGroup[id] === UNKNOWN_NETS ? [[endpointName(endpoint), id]] : [];
    }),
  );
}

/** Workloads that only one of the tables has, and without an address: nothing tells what they are to the other. */
export function unmatched(tables: readonly MatchTable[]): string[] {
  const all = tables.map(waiting);
  const names = new Set(all.flatMap((one) => [...one.keys()]));
  return [...names].filter((name) => all.some((one) => !one.has(name)));
}

/** Whether packets go from the one to the other: both are of one family, and a table judges at least one of them. */
export const canMeet = (a: Kind, b: Kind): boolean =>
  (a.isEndpoint || b.isEndpoint) && (a.family === null || b.family === null || a.family === b.family);
