import { ICMP, ICMPV6, SCTP, TCP, UDP, UDPLITE } from '../net/protocol.ts';
import { HAS_ICMP, HAS_ICMP_ID, HAS_PORTS, HAS_SCTP_CHUNK, HAS_TCP_FLAGS, type PacketBatch } from './batch.ts';
import { ICMP_CODE, ICMP_ID, ICMP_QUOTE, isIcmpError, isIcmpQuery } from './icmp.ts';

/** TCP (RFC 9293), UDP (RFC 768), UDP-Lite (RFC 3828) and SCTP (RFC 9260) begin with two ports. */
const DESTINATION_PORT = 2;
const PORT_BYTES = 4;
/** TCP's low eight flags, RFC 9293 section 3.1. */
const TCP_FLAGS = 13;
/** SCTP's common header has 12 bytes; the first chunk begins with its type. RFC 9260, section 3. */
const SCTP_CHUNK = 12;

/**
 * Reads what a policy can ask of the payload that begins at `at`: a field counts as read when all of its bytes lie
 * before `end`, whatever else is cut.
 */
export function readTransport(batch: PacketBatch, row: number, at: number, end: number): void {
  const protocol = batch.protocol[row]!;
  if (protocol === TCP || protocol === UDP || protocol === SCTP || protocol === UDPLITE) {
    if (at + PORT_BYTES > end) return;
    const { view } = batch;
    batch.sourcePort[row] = view.getUint16(at);
    batch.destinationPort[row] = view.getUint16(at + DESTINATION_PORT);
    let flags = HAS_PORTS;
    if (protocol === TCP && at + TCP_FLAGS < end) {
      batch.tcpFlags[row] = view.getUint8(at + TCP_FLAGS);
      flags |= HAS_TCP_FLAGS;
    } else if (protocol === SCTP && at + SCTP_CHUNK < end) {
      batch.sctpChunk[row] = view.getUint8(at + SCTP_CHUNK);
      flags |= HAS_SCTP_CHUNK;
    }
    batch.flags[row] |= flags;
  } else if (protocol === ICMP || protocol === ICMPV6) readIcmp(batch, row, protocol, at, end);
}

function readIcmp(batch: PacketBatch, row: number, protocol: number, at: number, end: number): void {
  const { view } = batch;
  if (at + ICMP_CODE >= end) return;
  const type = view.getUint8(at);
  batch.icmpType[row] = type;
  batch.icmpCode[row] = view.getUint8(at + ICMP_CODE);
  let flags = HAS_ICMP;
  if (isIcmpQuery(protocol, type) && at + ICMP_ID + 2 <= end) {
    batch.icmpId[row] = view.getUint16(at + ICMP_ID);
    flags |= HAS_ICMP_ID;
  } else if (isIcmpError(protocol, type) && at + ICMP_QUOTE < end) batch.quotedAt[row] = at + ICMP_QUOTE;
  batch.flags[row] |= flags;
}
