/** L4 classes read backwards: which protocols and ports each has, of several tables laid over one another. */
import { hasIcmpType, hasPorts, PROTOCOLS } from '../net/protocol.ts';
import { PLANE_PORTS } from '../table/l4.ts';
import { type L4Table, NO_PLANE } from '../table/match-table.ts';

/** First and last, both included. */
export type NumberRange = readonly [first: number, last: number];

/**
 * Packets that no table tells apart by their transport. Ports that a packet does not tell are in no piece: those packets
 * follow their first fragment.
 */
export type L4Piece = {
  /** More than one only where they have neither ports nor ICMP types. */
  readonly protocols: readonly number[];
  /** Ports, or ICMP type * 256 + code; null: all, or the protocol has none. */
  readonly destination: readonly NumberRange[] | null;
  readonly source: readonly NumberRange[] | null;
  /** By table: the L4 class. */
  readonly classes: readonly number[];
};

export function l4Pieces(tables: readonly L4Table[]): L4Piece[] {
  const pieces: L4Piece[] = [];
  const plain = new Map<string, { protocols: number[]; classes: readonly number[] }>();
  for (let protocol = 0; protocol < PROTOCOLS; protocol++) {
    const bases = tables.map((l4) => l4.base[protocol]!);
    if (hasPorts(protocol) || hasIcmpType(protocol)) {
      pieces.push(...planePieces(tables, protocol, bases));
      continue;
    }
    const key = bases.join(' ');
    const known = plain.get(key);
    if (known !== undefined) known.protocols.push(protocol);
    else plain.set(key, { protocols: [protocol], classes: bases });
  }
  return [...pieces, ...[...plain.values()].map((one) => ({ ...one, destination: null, source: null }))];
}

function planePieces(tables: readonly L4Table[], protocol: number, bases: readonly number[]): L4Piece[] {
  const widths = tables.map((l4) => l4.width[protocol]!);
  const destinations = axis(tables.map((l4) => plane(l4.destination, l4.destinationPlane[protocol]!)));
  const sources = axis(tables.map((l4) => plane(l4.source, l4.sourcePlane[protocol]!)));
  return destinations.flatMap((destination) =>
    sources.map((source) => ({
      protocols: [protocol],
      destination: destination.ranges,
      source: source.ranges,
      classes: bases.map((base, t) => base + destination.classes[t]! * widths[t]! + source.classes[t]!),
    })),
  );
}

const plane = (planes: Uint16Array, at: number): Uint16Array | null =>
  at === NO_PLANE ? null : planes.subarray(at, at + PLANE_PORTS);

type AxisPart = { readonly classes: readonly number[]; readonly ranges: NumberRange[] | null };

/** Ports by the classes that all planes have there. */
function axis(planes: readonly (Uint16Array | null)[]): AxisPart[] {
  if (planes.every((one) => one === null)) return [{ classes: planes.map(() => 0), ranges: null }];
  const parts = new Map<string, { classes: number[]; ranges: NumberRange[] }>();
  for (let first = 0; first < PLANE_PORTS; ) {
    let last = first;
    while (last + 1 < PLANE_PORTS && planes.every((one) => one === null || one[last + 1] === one[first])) last++;
    const classes = planes.map((one) => one?.[first] ?? 0);
    const known = parts.get(classes.join(' '));
    if (known !== undefined) known.ranges.push([first, last]);
    else parts.set(classes.join(' '), { classes, ranges: [[first, last]] });
    first = last + 1;
  }
  return [...parts.values()];
}

/** Ascending, neighbours joined. */
export function joinRanges(ranges: readonly NumberRange[]): NumberRange[] {
  const joined: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = joined.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return joined;
}
