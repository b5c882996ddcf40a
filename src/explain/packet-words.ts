import { formatAddress } from '../net/address.ts';
import type { FiveTuple } from '../net/five-tuple.ts';
import { hasIcmpType, hasPorts, protocolName } from '../net/protocol.ts';
import type { Addressed } from '../verdict/explanation.ts';

export const protocolWords = (protocol: number): string => {
  const name = protocolName(protocol);
  return typeof name === 'string' ? name : `protocol ${name}`;
};

/** A packet as NDJSON lines write it. */
export const addressed = (tuple: FiveTuple): Addressed => ({
  src: formatAddress(tuple.src),
  dst: formatAddress(tuple.dst),
  proto: protocolName(tuple.protocol),
  sport: tuple.sourcePort,
  dport: tuple.destinationPort,
  icmpType: tuple.icmpType,
  icmpCode: tuple.icmpCode,
});

/** What stands for the port where there is none to read. */
export function portWords(tuple: FiveTuple, side: 'source' | 'destination'): string {
  const port = side === 'source' ? tuple.sourcePort : tuple.destinationPort;
  if (port !== null) return `the packet has ${port}`;
  return hasPorts(tuple.protocol)
    ? 'the packet was cut before its ports'
    : `the packet is ${protocolWords(tuple.protocol)}, which has no ports`;
}

export function icmpWords(tuple: FiveTuple): string {
  if (!hasIcmpType(tuple.protocol)) return `the packet is ${protocolWords(tuple.protocol)}`;
  if (tuple.icmpType === null) return 'the packet was cut before its type';
  return `the packet has type ${tuple.icmpType}, code ${tuple.icmpCode}`;
}
