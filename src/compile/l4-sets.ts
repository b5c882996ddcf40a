/**
 * The set of L4 classes that pass a term. Of each protocol, a match takes some destination classes and some source
 * classes; every pair of them is in the set. Ranges are walked from cut to cut, so a term costs as much as it takes.
 */
import type { L4Match, PortRange, PortSet } from '../model/policy.ts';
import { hasIcmpType, hasPorts } from '../net/protocol.ts';
import type { Binding } from './bindings.ts';
import { type Axis, appliesTo, icmpRange, type ProtocolClasses } from './l4-classes.ts';
import { boundName, type L4Term } from './lower.ts';

/** By class of an axis: 1 where it is taken. */
type Taken = Uint8Array;

/**
 * Sets the bits of the classes that pass a term, with the names of both ends put in; null passes all. A class of unknown
 * ports is in no set.
 */
export function fillSet(
  set: Uint32Array,
  term: L4Term | null,
  protocols: readonly ProtocolClasses[],
  own: readonly Binding[],
  peer: readonly Binding[],
): void {
  const [atSource, atDestination] = term?.peerIs === 'source' ? [peer, own] : [own, peer];
  for (const protocol of protocols) {
    const service = term === null || term.service === null ? null : behind(protocol, term.service, atDestination);
    if (term === null || term.matches === null) {
      addPairs(set, protocol, service ?? every(protocol.destination), every(protocol.source));
      continue;
    }
    for (const match of term.matches) {
      if (!appliesTo(match, protocol.protocol)) continue;
      const destination = destinationsOf(match, protocol, atDestination);
      if (service !== null) keep(destination, service);
      addPairs(set, protocol, destination, sourcesOf(match, protocol, atSource));
    }
  }
}

function addPairs(set: Uint32Array, { base, destination, source }: ProtocolClasses, to: Taken, from: Taken): void {
  for (let d = 0; d < destination.count; d++) {
    if (to[d] === 0) continue;
    for (let s = 0; s < source.count; s++) {
      const id = base + d * source.count + s;
      if (from[s] === 1) set[id >>> 5]! |= 1 << (id & 31);
    }
  }
}

const every = (axis: Axis): Taken => new Uint8Array(axis.count).fill(1);

const keep = (taken: Taken, others: Taken): void => {
  for (let i = 0; i < taken.length; i++) taken[i]! &= others[i]!;
};

function sourcesOf(match: L4Match, { protocol, source }: ProtocolClasses, bindings: readonly Binding[]): Taken {
  return portsOf(source, protocol, match.sourcePorts, match.notSourcePorts, bindings);
}

function destinationsOf(match: L4Match, classes: ProtocolClasses, bindings: readonly Binding[]): Taken {
  const { protocol, destination } = classes;
  const taken = portsOf(destination, protocol, match.destinationPorts, match.notDestinationPorts, bindings);
  if (match.icmp !== null) {
    const wanted = new Uint8Array(destination.count);
    if (hasIcmpType(protocol)) for (const range of icmpRange(match.icmp)) mark(destination, wanted, range, 1);
    keep(taken, wanted);
  }
  if (hasIcmpType(protocol)) for (const range of icmpRange(match.notIcmp)) mark(destination, taken, range, 0);
  return taken;
}

/** Ports in the one set and not in the other; a protocol without ports is in none. */
function portsOf(
  axis: Axis,
  protocol: number,
  wanted: PortSet | null,
  unwanted: PortSet | null,
  bindings: readonly Binding[],
): Taken {
  const taken = new Uint8Array(axis.count).fill(wanted === null ? 1 : 0);
  if (!hasPorts(protocol)) return taken;
  for (const range of rangesOf(wanted, protocol, bindings)) mark(axis, taken, range, 1);
  for (const range of rangesOf(unwanted, protocol, bindings)) mark(axis, taken, range, 0);
  return taken;
}

function rangesOf(ports: PortSet | null, protocol: number, bindings: readonly Binding[]): readonly PortRange[] {
  if (ports === null || ports.names.length === 0) return ports?.ranges ?? [];
  const names = ports.names.map((name) => boundName(name, ports.namesOf));
  const named = bindings.filter((b) => b.of === 'name' && b.protocol === protocol && names.includes(b.name));
  return [...ports.ranges, ...named.map((b): PortRange => [b.port, b.port])];
}

function behind({ protocol, destination }: ProtocolClasses, service: string, bindings: readonly Binding[]): Taken {
  const taken = new Uint8Array(destination.count);
  if (!hasPorts(protocol)) return taken;
  for (const b of bindings) {
    if (b.of === 'service' && b.name === service && b.protocol === protocol) {
      mark(destination, taken, [b.port, b.port], 1);
    }
  }
  return taken;
}

/** INVARIANT: the range begins at a cut and ends before one, as every range that a rule or a name has is cut there. */
function mark({ plane, cuts }: Axis, taken: Taken, [first, last]: PortRange, value: number): void {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cuts[middle]! < first) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < cuts.length && cuts[i]! <= last; i++) taken[plane === null ? 0 : plane[cuts[i]!]!] = value;
}
