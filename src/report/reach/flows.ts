/** Sets of ends and of packets, each on one line: connectivity and the static difference write both. */
import type { Blocks, EndSet, Transport } from '../../verdict/reach.ts';
import { named } from '../why.ts';

/** What a line of text writes of a set; JSON has all of it. */
export class EndTexts {
  /** By namespace and family: the names of all workloads there are. */
  readonly #all: ReadonlyMap<string, readonly string[]>;
  readonly #families: ReadonlyMap<string, number>;

  constructor(workloads: readonly string[]) {
    this.#all = grouped(workloads, spaceOf);
    this.#families = new Map([...grouped(workloads, familyOf)].map(([family, names]) => [family, names.length]));
  }

  of({ workloads, blocks }: EndSet): string {
    const families = grouped(workloads, familyOf);
    const every =
      workloads.length > 0 && [...families].every(([family, names]) => names.length === this.#families.get(family));
    if (every && blocks.length > 0 && blocks.every(({ cidr, except }) => cidr.endsWith('/0') && except.length === 0))
      return families.size === 1 && blocks.length === 1 && this.#families.size > 1
        ? `everybody${[...families.keys()][0]}`
        : 'everybody';
    const names =
      every && workloads.length > 1
        ? [`every workload${families.size === 1 ? [...families.keys()][0] : ''}`]
        : this.#names(workloads);
    return [named(names), named(blocks.map(blockText))].filter((text) => text !== '').join(', ');
  }

  /** Whole namespaces as `namespace/*`. */
  #names(workloads: readonly string[]): string[] {
    return [...grouped(workloads, spaceOf)].flatMap(([space, names]) => {
      const all = this.#all.get(space)!.length;
      if (names.length < all || all === 1) return names;
      const family = familyOf(names[0]!);
      return [`${names[0]!.slice(0, names[0]!.indexOf('/'))}/*${family}`];
    });
  }
}

/** ` (IPv4)`, or nothing. */
const familyOf = (name: string): string => name.match(/ \(IPv[46]\)$/)?.[0] ?? '';
const spaceOf = (name: string): string => `${name.slice(0, name.indexOf('/') + 1)}${familyOf(name)}`;

function grouped(names: readonly string[], keyOf: (name: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) groups.set(keyOf(name), [...(groups.get(keyOf(name)) ?? []), name]);
  return groups;
}

const blockText = ({ cidr, except }: Blocks): string =>
  except.length === 0 ? cidr : `${cidr} except ${named(except)}`;

/** `80,443/TCP, all UDP, ICMP type 8`. */
export function trafficText(traffic: readonly Transport[]): string {
  return traffic.map(transportText).join(', ');
}

function transportText({ protocol, ports, sourcePorts, types, numbers }: Transport): string {
  if (protocol === 'any') return 'everything';
  if (protocol === 'other') return `other protocols (${numbers!.join(',')})`;
  const name = typeof protocol === 'number' ? `protocol ${protocol}` : protocol;
  if (types !== null) return `${name} type ${types.join(',')}`;
  const from = sourcePorts === null ? '' : ` from source ports ${sourcePorts.join(',')}`;
  return `${ports === null ? `all ${name}` : `${ports.join(',')}/${name}`}${from}`;
}
