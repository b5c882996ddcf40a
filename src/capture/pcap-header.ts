import type { LinkType } from '../packet/link/link-type.ts';
import { linkTypeName, linkTypes } from '../packet/link/registry.ts';
import { CaptureError } from '../source/errors.ts';

/**
 * The header of a pcap file: byte offsets. Source: draft-ietf-opsawg-pcap.
 *
 *     0       4       6       8          12        16        20        24
 *     | magic | major | minor | timezone | figures | snaplen | network |
 */
const MAJOR = 4;
const MINOR = 6;
const SNAPLEN = 16;
const NETWORK = 20;
export const HEADER_BYTES = 24;

/** The network field: 16 bits link type, bit 26 "frames end in a checksum", bits 28 to 31 its length in 2-byte words. */
const LINK_TYPE = 0xffff;
const HAS_FCS = 1 << 26;

const RECORD_BYTES = 16;
/** Kuznetzov's records have 8 bytes more: interface, protocol, packet type. */
const KUZNETZOV_RECORD_BYTES = 24;

type Magic = { readonly magic: number; readonly digits: 6 | 9; readonly recordBytes: number };
const MAGICS: readonly Magic[] = [
  { magic: 0xa1b2c3d4, digits: 6, recordBytes: RECORD_BYTES },
  { magic: 0xa1b23c4d, digits: 9, recordBytes: RECORD_BYTES },
  { magic: 0xa1b2cd34, digits: 6, recordBytes: KUZNETZOV_RECORD_BYTES },
];

/** What libpcap calls the largest packet that anybody captures. */
const MAX_SNAPLEN = 262_144;
/** However large a file says its packets are, no more than this is held in memory for one. */
const MAX_RECORD_BYTES = 1 << 24;

/** What the records of a file look like. */
export type PcapLayout = {
  readonly littleEndian: boolean;
  /** Digits of a record's fraction of a second. */
  readonly digits: 6 | 9;
  readonly recordBytes: number;
  /** A longer captured length is no length. */
  readonly maxCaptured: number;
  /** Bytes at a frame's end that are its checksum. */
  readonly checksumBytes: number;
  /** LINKTYPE_ number. */
  readonly linkNumber: number;
  readonly device: 0;
  readonly link: LinkType;
  /** As the file says it. */
  readonly snaplen: number;
};

/** Whether bytes begin like a pcap file: as far as they go, when they are fewer than four. */
export function beginsLikePcap(head: Uint8Array): boolean {
  return MAGICS.some(({ magic }) => {
    const bytes = [magic >>> 24, (magic >>> 16) & 255, (magic >>> 8) & 255, magic & 255];
    const known = Math.min(head.length, bytes.length);
    const same = (order: readonly number[]): boolean => order.slice(0, known).every((byte, i) => byte === head[i]);
    return same(bytes) || same(bytes.reverse());
  });
}

/** @throws CaptureError TRUNCATED, or UNSUPPORTED: a version or a link type that is not read */
export function readPcapHeader(bytes: Uint8Array, file: string): PcapLayout {
  if (bytes.length < HEADER_BYTES) {
    const message = `the file ends within its header: ${bytes.length} of ${HEADER_BYTES} bytes`;
    throw new CaptureError('TRUNCATED', file, bytes.length, message);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const big = MAGICS.find(({ magic }) => magic === view.getUint32(0));
  const littleEndian = big === undefined;
  const { digits, recordBytes } = big ?? MAGICS.find(({ magic }) => magic === view.getUint32(0, true))!;
  const major = view.getUint16(MAJOR, littleEndian);
  const minor = view.getUint16(MINOR, littleEndian);
  // Before 2.4 the two lengths of a record stood in the other order.
  if (major !== 2 || minor < 4) {
    const hint = '`editcap -F pcap OLD NEW` rewrites an old file';
    throw new CaptureError('UNSUPPORTED', file, MAJOR, `pcap version ${major}.${minor} is not read, only 2.4; ${hint}`);
  }
  const network = view.getUint32(NETWORK, littleEndian);
  const number = network & LINK_TYPE;
  const link = linkTypes.get(number);
  if (link === undefined) {
    const hint = 'capture on an interface that gives Ethernet or IP, e.g. `tcpdump -i eth0` or `-i any`';
    throw new CaptureError('UNSUPPORTED', file, NETWORK, `link type ${linkTypeName(number)} is not read; ${hint}`);
  }
  const snaplen = view.getUint32(SNAPLEN, littleEndian);
  return {
    littleEndian,
    digits,
    recordBytes,
    maxCaptured: Math.min(Math.max(snaplen, MAX_SNAPLEN), MAX_RECORD_BYTES),
    checksumBytes: (network & HAS_FCS) !== 0 ? (network >>> 28) * 2 : 0,
    linkNumber: number,
    device: 0,
    link,
    snaplen,
  };
}
