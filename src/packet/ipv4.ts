import { FIRST_FRAGMENT, LATER_FRAGMENT, type PacketBatch } from './batch.ts';
import { BAD_HEADER_LENGTH, BAD_TOTAL_LENGTH, CUT_IP, DECODED, NO_TRANSPORT } from './outcome.ts';

/** IPv4 header: byte offsets from its start. Source: RFC 791, section 3.1. */
const VERSION_IHL = 0; // 4 bits each; IHL in 32-bit words
const TOTAL_LENGTH = 2;
const IDENTIFICATION = 4;
const FLAGS_FRAGMENT = 6;
const PROTOCOL = 9;
const SOURCE = 12;
const DESTINATION = 16;
export const IPV4_BYTES = 20;

const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET = 0x1fff; // low 13 bits, in units of 8 bytes

/** DECODED, or why the bytes from `at` on are no usable IPv4 header. The version has been looked at by the caller. */
export function checkIpv4(view: DataView, at: number, end: number): number {
  if (at + IPV4_BYTES > end) return CUT_IP;
  const headerBytes = (view.getUint8(at + VERSION_IHL) & 0x0f) * 4;
  if (headerBytes < IPV4_BYTES) return BAD_HEADER_LENGTH;
  const total = view.getUint16(at + TOTAL_LENGTH);
  return total !== 0 && total < headerBytes ? BAD_TOTAL_LENGTH : DECODED;
}

/**
 * Reads an IPv4 header into a row. Returns where its payload begins, NO_TRANSPORT when the packet has a row without
 * one, or why it has none. `endAt` becomes the end of the packet: padding behind the total length is no part of it. A
 * total length of 0 is what a sender with segmentation offload shows to a capture: the packet fills its frame.
 */
export function readIpv4(batch: PacketBatch, row: number, at: number, end: number): number {
  const { view } = batch;
  const check = checkIpv4(view, at, end);
  if (check !== DECODED) return check;
  const total = view.getUint16(at + TOTAL_LENGTH);
  const packetEnd = total === 0 || at + total > end ? end : at + total;
  batch.family[row] = 4;
  batch.src0[row] = view.getInt32(at + SOURCE);
  batch.dst0[row] = view.getInt32(at + DESTINATION);
  batch.protocol[row] = view.getUint8(at + PROTOCOL);
  batch.fragmentId[row] = view.getUint16(at + IDENTIFICATION);
  batch.endAt[row] = packetEnd;

  const fragment = view.getUint16(at + FLAGS_FRAGMENT);
  if ((fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) !== 0) {
    batch.fragmentOffset[row] = (fragment & FRAGMENT_OFFSET) * 8;
    if ((fragment & FRAGMENT_OFFSET) !== 0) {
      batch.flags[row] |= LATER_FRAGMENT;
      return NO_TRANSPORT;
    }
    batch.flags[row] |= FIRST_FRAGMENT;
  }
  const payload = at + (view.getUint8(at + VERSION_IHL) & 0x0f) * 4;
  return payload > packetEnd ? NO_TRANSPORT : payload;
}
