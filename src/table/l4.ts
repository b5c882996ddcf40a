import { hasIcmpType, hasPorts } from '../net/protocol.ts';
import { type L4Table, NO_PLANE } from './match-table.ts';

export const PLANE_PORTS = 65_536;

/** The protocols that have planes of ports or of ICMP types. */
export const PLANE_PROTOCOLS: readonly number[] = Array.from({ length: 256 }, (_, protocol) => protocol).filter(
  (protocol) => hasPorts(protocol) || hasIcmpType(protocol),
);

/**
 * L4 class of a packet. `destination` is the destination port or ICMP type * 256 + code, `source` the source port (0
 * for ICMP); both are 0 to 65535 in host order, and not read for protocols that have neither.
 */
export function l4Class(l4: L4Table, protocol: number, destination: number, source: number): number {
  let id = l4.base[protocol]!;
  const plane = l4.destinationPlane[protocol]!;
  if (plane !== NO_PLANE) id += l4.destination[plane + destination]! * l4.width[protocol]!;
  const sourcePlane = l4.sourcePlane[protocol]!;
  return sourcePlane === NO_PLANE ? id : id + l4.source[sourcePlane + source]!;
}
