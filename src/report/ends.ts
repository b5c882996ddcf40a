import { formatWords } from '../net/address.ts';
import type { MatchTable } from '../table/match-table.ts';
import { podAt } from '../table/pods.ts';

/** One end of a conversation: its address, and who has it, as far as the manifests tell. */
export type End = {
  readonly address: string;
  /** `namespace/pod`, `node/NAME`, `service/NAMESPACE/NAME`; null when nobody is known to have it. */
  readonly name: string | null;
};

/** The end at an address of four words. */
export function endOf(table: MatchTable, family: number, words: readonly [number, number, number, number]): End {
  const address = formatWords(family, ...words);
  return { address, name: nameOf(table, address) };
}

/** Pods before nodes before Services: the order in which an address is judged. */
function nameOf(table: MatchTable, address: string): string | null {
  const pod = podAt(table, address);
  if (pod !== null) return pod;
  const node = table.nodes.byAddress.get(address);
  if (node !== undefined) return `node/${table.nodes.names[node]!}`;
  const service = table.services.byAddress.get(address);
  if (service === undefined) return null;
  const { namespace, name } = table.services.list[service]!;
  return `service/${namespace}/${name}`;
}

/** A node's address, and which of its addresses that is; null for other ends. */
export function nodeAddressText(table: MatchTable, { address, name }: End): string | null {
  if (name === null || !name.startsWith('node/')) return null;
  const isTunnel = table.services.routes?.nodes.some(({ tunnels }) => tunnels.includes(address)) ?? false;
  return `node ${name.slice('node/'.length)}'s ${isTunnel ? 'tunnel address' : 'address'} ${address}`;
}

export const endText = (end: End): string => end.name ?? end.address;
