/**
 * L4 classes: protocol and ports cut into pieces that no rule tells apart.
 *
 * For one protocol, every range that some rule names is an atom. Two ports are in one class when they lie in the same
 * atoms, so `80` and `443` make three classes of the ports, not five ranges. A rule that looks at source ports makes
 * the class a pair. ICMP's number is type * 256 + code; it has no source.
 */

import type { IcmpMatch, L4Match, PortRange, PortSet } from '../model/policy.ts';
import { hasIcmpType, hasPorts, PROTOCOLS } from '../net/protocol.ts';
import type { Binding } from './bindings.ts';
import type { L4Term } from './lower.ts';

export const PORTS = 65_536;

/** The classes of one axis (destination or source) of one protocol. */
export type Axis = {
  readonly count: number;
  /** By port; null when there is one class only. */
  readonly plane: Uint16Array | null;
  /** Where the class may change, ascending from 0: every first port of a range, and every port after one. */
  readonly cuts: readonly number[];
};

export type ProtocolClasses = {
  readonly protocol: number;
  readonly base: number;
  readonly destination: Axis;
  readonly source: Axis;
  /** The class of packets whose ports are unknown; `base` for a protocol without ports. */
  readonly unknown: number;
};

export type L4Classes = {
  readonly count: number;
  /** By protocol. Protocols without ports that no rule tells apart share a class. */
  readonly protocols: readonly ProtocolClasses[];
};

const ONE: Axis = { count: 1, plane: null, cuts: [0] };

export function l4Classes(terms: readonly L4Term[], bindings: readonly Binding[]): L4Classes {
  const matches = terms.flatMap((term) => term.matches ?? []);
  const named = new Set(matches.flatMap((match) => [match.protocol, match.notProtocol]));
  for (const { protocol } of bindings) named.add(protocol);
  const protocols: ProtocolClasses[] = [];
  let count = 0;
  let shared: number | null = null;
  for (let protocol = 0; protocol < PROTOCOLS; protocol++) {
    const base = count;
    if (!hasPorts(protocol) && !hasIcmpType(protocol)) {
      const at: number = named.has(protocol) ? base : (shared ?? base);
      if (!named.has(protocol)) shared = at;
      if (at === base) count++;
      protocols.push({ protocol, base: at, destination: ONE, source: ONE, unknown: at });
      continue;
    }
    const applicable = matches.filter((match) => appliesTo(match, protocol));
    const destination = axis([
      ...applicable.flatMap((match) => [...ranges(match.destinationPorts), ...ranges(match.notDestinationPorts)]),
      ...applicable.flatMap((match) => [...icmpRange(match.icmp), ...icmpRange(match.notIcmp)]),
      ...bindings.filter((b) => b.protocol === protocol).map((b): PortRange => [b.port, b.port]),
    ]);
    const asksSource = applicable.some((match) => match.sourcePorts !== null || match.notSourcePorts !== null);
    const source = asksSource
      ? axis([
          ...applicable.flatMap((match) => [...ranges(match.sourcePorts), ...ranges(match.notSourcePorts)]),
          ...bindings.filter((b) => b.protocol === protocol).map((b): PortRange => [b.port, b.port]),
        ])
      : ONE;
    const unknown = base + destination.count * source.count;
    count = unknown + 1;
    protocols.push({ protocol, base, destination, source, unknown });
  }
  return { count, protocols };
}

export const appliesTo = (match: L4Match, protocol: number): boolean =>
  (match.protocol === null || match.protocol === protocol) && match.notProtocol !== protocol;

const ranges = (ports: PortSet | null): readonly PortRange[] => ports?.ranges ?? [];

/** The numbers of a type with its codes. */
export function icmpRange(icmp: IcmpMatch | null): PortRange[] {
  if (icmp === null) return [];
  const from = icmp.type * 256 + (icmp.code ?? 0);
  return [[from, icmp.code === null ? from + 255 : from]];
}

function pushTo(lists: Map<number, number[]>, at: number, value: number): void {
  const list = lists.get(at);
  if (list === undefined) lists.set(at, [value]);
  else list.push(value);
}

/** Cuts 0..65535 at every edge of the ranges, then joins what lies in the same of them. */
function axis(all: readonly PortRange[]): Axis {
  const distinct = [...new Map(all.map((range) => [`${range[0]}-${range[1]}`, range])).values()];
  if (distinct.length === 0) return ONE;
  const opens = new Map<number, number[]>();
  const closes = new Map<number, number[]>();
  distinct.forEach(([first, last], atom) => {
    pushTo(opens, first, atom);
    pushTo(closes, last + 1, atom);
  });
  const cuts = [...new Set([0, ...opens.keys(), ...closes.keys()])].filter((cut) => cut < PORTS).sort((a, b) => a - b);
  const plane = new Uint16Array(PORTS);
  const classes = new Map<string, number>();
  const inside = new Set<number>();
  cuts.forEach((cut, i) => {
    for (const atom of closes.get(cut) ?? []) inside.delete(atom);
    for (const atom of opens.get(cut) ?? []) inside.add(atom);
    const key = [...inside].sort((a, b) => a - b).join(' ');
    let id = classes.get(key);
    if (id === undefined) {
      id = classes.size;
      classes.set(key, id);
    }
    plane.fill(id, cut, cuts[i + 1] ?? PORTS);
  });
  return { count: classes.size, plane, cuts };
}
