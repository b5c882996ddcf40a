import { hasIcmpType, hasPorts, TCP } from '../net/protocol.ts';
import {
  createBatch,
  HAS_ICMP,
  HAS_ICMP_ID,
  HAS_PORTS,
  HAS_TCP_FLAGS,
  LATER_FRAGMENT,
  type PacketBatch,
} from './batch.ts';

/** The header that an ICMP error quotes, as row 0 of a batch of one row: made once, read into for each error. */
export const createQuoted = (): PacketBatch => createBatch(1);

const IPV4_BYTES = 20;
const IPV6_BYTES = 40;

/**
 * Reads the packet that an ICMP error quotes from `at` on into row 0 of `quoted`. IPv6 extension headers are not
 * walked.
 *
 * @returns false when not even the fixed IP header is there; row 0 is then without meaning
 */
export function readQuoted(quoted: PacketBatch, view: DataView, at: number, end: number): boolean {
  if (at >= end) return false;
  const version = view.getUint8(at) >> 4;
  const header = version === 4 ? (view.getUint8(at) & 15) * 4 : IPV6_BYTES;
  if ((version !== 4 && version !== 6) || header < IPV4_BYTES || at + header > end) return false;
  const word = (offset: number): number => view.getInt32(at + offset);
  quoted.family[0] = version;
  quoted.flags[0] = 0;
  quoted.protocol[0] = view.getUint8(at + (version === 4 ? 9 : 6));
  const v6 = version === 6;
  quoted.src0[0] = word(v6 ? 8 : 12);
  quoted.dst0[0] = word(v6 ? 24 : 16);
  for (const [i, column] of [quoted.src1, quoted.src2, quoted.src3].entries()) column[0] = v6 ? word(12 + 4 * i) : 0;
  for (const [i, column] of [quoted.dst1, quoted.dst2, quoted.dst3].entries()) column[0] = v6 ? word(28 + 4 * i) : 0;
  quoted.sourcePort[0] = 0;
  quoted.destinationPort[0] = 0;
  quoted.icmpId[0] = 0;
  if (!v6 && (view.getUint16(at + 6) & 0x1fff) !== 0) quoted.flags[0] = LATER_FRAGMENT;
  else readQuotedTransport(quoted, view, at + header, end);
  return true;
}

function readQuotedTransport(quoted: PacketBatch, view: DataView, at: number, end: number): void {
  const protocol = quoted.protocol[0]!;
  if (hasPorts(protocol) && at + 4 <= end) {
    quoted.sourcePort[0] = view.getUint16(at);
    quoted.destinationPort[0] = view.getUint16(at + 2);
    quoted.flags[0]! |= HAS_PORTS;
    if (protocol !== TCP || at + 14 > end) return;
    quoted.tcpFlags[0] = view.getUint8(at + 13);
    quoted.flags[0]! |= HAS_TCP_FLAGS;
  } else if (hasIcmpType(protocol) && at + 2 <= end) {
    quoted.icmpType[0] = view.getUint8(at);
    quoted.icmpCode[0] = view.getUint8(at + 1);
    quoted.flags[0]! |= HAS_ICMP;
    if (at + 6 > end) return;
    quoted.icmpId[0] = view.getUint16(at + 4);
    quoted.flags[0]! |= HAS_ICMP_ID;
  }
}
