import type { MatchTable } from './match-table.ts';

/** The pod that has an address, by name; null without. */
export function podAt({ endpoints }: MatchTable, address: string): string | null {
  const endpoint = endpoints.byAddress.get(address);
  if (endpoint === undefined) return null;
  const { namespace, name } = endpoints.list[endpoint]!;
  return namespace === null ? name : `${namespace}/${name}`;
}
