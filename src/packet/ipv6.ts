import { FIRST_FRAGMENT, LATER_FRAGMENT, type PacketBatch } from './batch.ts';
import { CUT_IP, DECODED, NO_TRANSPORT } from './outcome.ts';

/** IPv6 header: byte offsets from its start. Source: RFC 8200, section 3. */
const PAYLOAD_LENGTH = 4;
const NEXT_HEADER = 6;
const SOURCE = 8;
const DESTINATION = 24;
export const IPV6_BYTES = 40;

/** The extension headers that stand before the payload. Mobility, HIP and the like are the payload, as in Linux. */
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;

/** Extension headers begin with the next header and, but for the fragment header, a length. RFC 8200, section 4. */
const EXTENSION_LENGTH = 1;
const MIN_EXTENSION_BYTES = 8;
const FRAGMENT_BYTES = 8;
const FRAGMENT_FIELD = 2; // 13 bits offset in units of 8 bytes, 2 reserved, 1 "more follow"
const FRAGMENT_ID = 4;
/** No sender writes as many: what is longer is a chain made to keep a reader busy. */
const MAX_EXTENSIONS = 32;
const MAX_EXTENSION_BYTES = 2048;

/** The largest packet that a payload length can tell. */
const MAX_PACKET_BYTES = IPV6_BYTES + 0xffff;

/** True for a protocol number that leads on to another header: a row that shows one has a cut or overlong chain. */
export const isIpv6Extension = (protocol: number): boolean =>
  protocol === HOP_BY_HOP ||
  protocol === ROUTING ||
  protocol === FRAGMENT ||
  protocol === AUTHENTICATION ||
  protocol === DESTINATION_OPTIONS;

/** DECODED, or why the bytes from `at` on are no usable IPv6 header. The version has been looked at by the caller. */
export const checkIpv6 = (_view: DataView, at: number, end: number): number =>
  at + IPV6_BYTES > end ? CUT_IP : DECODED;

/**
 * Reads an IPv6 header and its extension headers into a row; returns as `readIpv4` does. When the chain is cut or
 * beyond its limits, the protocol stays that of the first header that could not be read.
 */
export function readIpv6(batch: PacketBatch, row: number, at: number, end: number): number {
  const { view } = batch;
  const check = checkIpv6(view, at, end);
  if (check !== DECODED) return check;
  batch.family[row] = 6;
  batch.src0[row] = view.getInt32(at + SOURCE);
  batch.src1[row] = view.getInt32(at + SOURCE + 4);
  batch.src2[row] = view.getInt32(at + SOURCE + 8);
  batch.src3[row] = view.getInt32(at + SOURCE + 12);
  batch.dst0[row] = view.getInt32(at + DESTINATION);
  batch.dst1[row] = view.getInt32(at + DESTINATION + 4);
  batch.dst2[row] = view.getInt32(at + DESTINATION + 8);
  batch.dst3[row] = view.getInt32(at + DESTINATION + 12);
  const protocol = view.getUint8(at + NEXT_HEADER);
  const packetEnd = endOfPacket(view, at, end, protocol, batch.length[row]!);
  batch.protocol[row] = protocol;
  batch.fragmentId[row] = 0;
  batch.endAt[row] = packetEnd;
  return isIpv6Extension(protocol) ? readExtensions(batch, row, at + IPV6_BYTES, packetEnd) : at + IPV6_BYTES;
}

/**
 * A payload length of 0 means "longer than 16 bits can say" in a jumbogram (RFC 2675: a hop-by-hop header follows) and
 * in the big segments that a sender with offload shows to a capture; in any other packet it means 0.
 */
function endOfPacket(view: DataView, at: number, end: number, protocol: number, wireBytes: number): number {
  const payload = view.getUint16(at + PAYLOAD_LENGTH);
  if (payload === 0 && (protocol === HOP_BY_HOP || wireBytes > MAX_PACKET_BYTES)) return end;
  return Math.min(end, at + IPV6_BYTES + payload);
}

function readExtensions(batch: PacketBatch, row: number, first: number, end: number): number {
  const { view } = batch;
  let at = first;
  let protocol = batch.protocol[row]!;
  let fragments = 0;
  for (let headers = 0; isIpv6Extension(protocol); headers++) {
    if (headers === MAX_EXTENSIONS || at + MIN_EXTENSION_BYTES > end) return NO_TRANSPORT;
    // A fragment of a fragment is told by the payload of the first: it is not looked into.
    if (protocol === FRAGMENT && fragments++ > 0) return NO_TRANSPORT;
    const bytes = extensionBytes(view, at, protocol);
    if (at + bytes > end || at + bytes - first > MAX_EXTENSION_BYTES) return NO_TRANSPORT;
    const isFragment = protocol === FRAGMENT;
    protocol = view.getUint8(at);
    batch.protocol[row] = protocol;
    if (isFragment && !readFragment(batch, row, at)) return NO_TRANSPORT;
    at += bytes;
  }
  return at;
}

/** RFC 4302, section 2.2: the authentication header counts 4-byte words less 2, the others 8-byte words less 1. */
function extensionBytes(view: DataView, at: number, protocol: number): number {
  if (protocol === FRAGMENT) return FRAGMENT_BYTES;
  const length = view.getUint8(at + EXTENSION_LENGTH);
  return protocol === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8;
}

/** False for a later fragment. An "atomic" fragment (RFC 6946), first and last at once, is no fragment. */
function readFragment(batch: PacketBatch, row: number, at: number): boolean {
  const field = batch.view.getUint16(at + FRAGMENT_FIELD);
  const offset = field & 0xfff8;
  batch.fragmentId[row] = batch.view.getInt32(at + FRAGMENT_ID);
  batch.fragmentOffset[row] = offset;
  if (offset !== 0) batch.flags[row] |= LATER_FRAGMENT;
  else if ((field & 1) === 1) batch.flags[row] |= FIRST_FRAGMENT;
  return offset === 0;
}
