/** Reads the flows of connectivity and of a static difference as they are printed: whether a packet is in them. */
import { type Address, formatAddress, parseAddress } from '../src/net/address.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import { contains, parsePrefix } from '../src/net/prefix.ts';
import { protocolName } from '../src/net/protocol.ts';
import type { EndSet, Flows, Transport } from '../src/verdict/reach.ts';

/**
 * Names of workloads by formatted address, as lines write them: with the family where there are workloads of both, with
 * the address where a workload has several of one family.
 */
export type Names = ReadonlyMap<string, string>;

export function namesOf(tables: readonly { readonly endpoints: EndpointNames }[]): Names {
  const names = new Map<string, string>();
  for (const { endpoints } of tables)
    for (const [address, i] of endpoints.byAddress) {
      const { namespace, name } = endpoints.list[i]!;
      names.set(address, `${namespace}/${name}`);
    }
  const families = new Set([...names.keys()].map(familyOf));
  const labels = [...names].map(([text, name]): [string, string] => {
    const alike = [...names].filter(([other, theirs]) => theirs === name && familyOf(other) === familyOf(text));
    if (alike.length > 1) return [text, `${name} (${text})`];
    return [text, families.size < 2 ? name : `${name} (IPv${familyOf(text)})`];
  });
  return new Map(labels);
}

const familyOf = (text: string): number => parseAddress(text)!.family;

type EndpointNames = {
  readonly list: readonly { readonly namespace: string | null; readonly name: string }[];
  readonly byAddress: ReadonlyMap<string, number>;
};

export const holds = ({ from, to, traffic }: Flows, names: Names, tuple: FiveTuple): boolean =>
  isIn(from, names, tuple.src) && isIn(to, names, tuple.dst) && traffic.some((one) => carries(one, tuple));

function isIn({ workloads, blocks }: EndSet, names: Names, address: Address): boolean {
  const name = names.get(formatAddress(address));
  if (name !== undefined) return workloads.includes(name);
  const within = (text: string): boolean => contains(parsePrefix(text)!.prefix, address);
  return blocks.some(({ cidr, except }) => within(cidr) && !except.some(within));
}

function carries({ protocol, ports, sourcePorts, types, numbers }: Transport, tuple: FiveTuple): boolean {
  if (protocol === 'any') return true;
  if (protocol === 'other') return numbers!.some((text) => inRange(text, tuple.protocol));
  if (protocol !== protocolName(tuple.protocol)) return false;
  if (ports !== null && !ports.some((text) => inRange(text, tuple.destinationPort!))) return false;
  if (sourcePorts !== null && !sourcePorts.some((text) => inRange(text, tuple.sourcePort!))) return false;
  return types === null || types.some((text) => ofType(text, tuple));
}

function inRange(text: string, number: number): boolean {
  const [first, last = first] = text.split('-').map(Number);
  return number >= first! && number <= last!;
}

function ofType(text: string, { icmpType, icmpCode }: FiveTuple): boolean {
  const [type, codes] = text.split('/');
  return inRange(type!, icmpType!) && (codes === undefined || inRange(codes, icmpCode!));
}
