import { hasPorts } from '../net/protocol.ts';
import {
  HAS_ICMP,
  HAS_ICMP_ID,
  HAS_PORTS,
  IS_SPOOFED,
  IS_TUNNEL,
  IS_TUPLE,
  type PacketBatch,
} from '../packet/batch.ts';
import { isIpv6Extension } from '../packet/ipv6.ts';
import { ICMP_ANSWER, ICMP_DISCOVERY, ICMP_ERROR, ICMP_QUERY, icmpRole } from './icmp.ts';

/** Which way through the stages a row takes, by what the packet alone tells. */
/** By its connection. */
export const KIND_PLAIN = 0;
/** By itself: a tuple, or nothing is tracked. */
export const KIND_ALONE = 1;
/** Its ports, its ICMP type, or even its protocol cannot be read: its connection cannot be found. */
export const KIND_PORTLESS = 2;
export const KIND_DISCOVERY = 3;
export const KIND_TUNNEL = 4;
/** An ICMP error that quotes a packet. */
export const KIND_ERROR = 5;
/** An ICMP query or answer that was cut before its identifier. */
export const KIND_NO_ID = 6;
/** Any other ICMP, errors that quote nothing included: nothing that conntrack could track. */
export const KIND_ODD_ICMP = 7;
/** From an address to itself. */
export const KIND_SELF = 8;
/** A pod sends it from an address that is not its own. */
export const KIND_SPOOFED = 9;

export function kindOf(batch: PacketBatch, row: number, track: boolean): number {
  const flags = batch.flags[row]!;
  if ((flags & (IS_TUNNEL | IS_SPOOFED)) !== 0) return (flags & IS_SPOOFED) !== 0 ? KIND_SPOOFED : KIND_TUNNEL;
  const protocol = batch.protocol[row]!;
  const role = (flags & HAS_ICMP) !== 0 ? icmpRole(protocol, batch.icmpType[row]!) : 0;
  if (role === ICMP_DISCOVERY) return KIND_DISCOVERY;
  if (batch.src0[row] === batch.dst0[row] && toItself(batch, row)) return KIND_SELF;
  return judgedKind(batch, row, role, track);
}

/** The kind of a row that is tracked or judged: what `kindOf` says once loopback is ruled out. */
export function kindBesideLoopback(batch: PacketBatch, row: number, track: boolean): number {
  const role = (batch.flags[row]! & HAS_ICMP) !== 0 ? icmpRole(batch.protocol[row]!, batch.icmpType[row]!) : 0;
  return judgedKind(batch, row, role, track);
}

function judgedKind(batch: PacketBatch, row: number, role: number, track: boolean): number {
  const flags = batch.flags[row]!;
  const protocol = batch.protocol[row]!;
  if (!track || (flags & IS_TUPLE) !== 0) return KIND_ALONE;
  if (hasPorts(protocol)) return (flags & HAS_PORTS) !== 0 ? KIND_PLAIN : KIND_PORTLESS;
  if (role === 0) return isIcmp(protocol) || hidesProtocol(batch, row) ? KIND_PORTLESS : KIND_PLAIN;
  if (role === ICMP_QUERY || role === ICMP_ANSWER) return (flags & HAS_ICMP_ID) !== 0 ? KIND_PLAIN : KIND_NO_ID;
  return role === ICMP_ERROR && batch.quotedAt[row]! >= 0 ? KIND_ERROR : KIND_ODD_ICMP;
}

/** A chain of IPv6 extension headers that was cut: its row shows the last one read, not the protocol behind them. */
export const hidesProtocol = (batch: PacketBatch, row: number): boolean =>
  batch.family[row] === 6 && isIpv6Extension(batch.protocol[row]!);

const isIcmp = (protocol: number): boolean => icmpRole(protocol, 0) !== 0;

const toItself = (batch: PacketBatch, row: number): boolean =>
  batch.src1[row] === batch.dst1[row] && batch.src2[row] === batch.dst2[row] && batch.src3[row] === batch.dst3[row];
