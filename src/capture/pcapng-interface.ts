import type { LinkType } from '../packet/link/link-type.ts';
import { linkTypeName, linkTypes } from '../packet/link/registry.ts';

/**
 * Body of an Interface Description Block: byte offsets from the start of the block.
 *
 *     0      4        8           10         12        16
 *     | type | length | link type | reserved | snaplen | options ... | length |
 *
 * Source: draft-ietf-opsawg-pcapng, section 4.2.
 */
const LINK_TYPE = 8;
const SNAPLEN = 12;
const OPTIONS = 16;
export const MIN_INTERFACE_BYTES = 20;

/** An option: code and length in 16 bits each, then the value, padded to four bytes. */
const OPTION_HEADER_BYTES = 4;
const END_OF_OPTIONS = 0;
const IF_NAME = 2;
const IF_TSRESOL = 9;
const IF_FCSLEN = 13;
const IF_TSOFFSET = 14;

/** if_tsresol: the top bit chooses the base, the others are the negative exponent. */
const BINARY = 0x80;
const MICROSECONDS = 6;
/** The draft counts if_fcslen in bits in its text and in bytes in its example; Wireshark writes bytes. */
const MAX_CHECKSUM_BYTES = 8;
const NANO_DIGITS = 9;
/** Linux has names of 15 bytes; Windows longer ones. */
const MAX_NAME_BYTES = 128;

/** What the records of one interface look like. */
export type Interface = {
  /** Null when its link type is not read: its records are counted and skipped. */
  readonly link: LinkType | null;
  readonly linkName: string;
  /** Longest captured length; 0 is no limit. */
  readonly snaplen: number;
  /** Units of its timestamps in a second. */
  readonly unitsPerSecond: bigint;
  /** The same as a number where it divides 10^9, else 0: those timestamps take the slow way. */
  readonly fastUnits: number;
  /** Digits after the point: as the resolution has, at most nine. */
  readonly digits: number;
  /** Seconds to add to every timestamp. */
  readonly offsetSeconds: number;
  /** Bytes at a frame's end that are its checksum. */
  readonly checksumBytes: number;
  /** if_name; null without. */
  readonly name: string | null;
  /** Of its timestamps, for people. */
  readonly resolution: string;
  /** How many packets it had so far. */
  packets: number;
  /** Its number, from 1. */
  readonly device: number;
};

/** Reads a block that is whole. Null when an option does not fit into it. */
export function readInterface(
  view: DataView,
  at: number,
  blockEnd: number,
  littleEndian: boolean,
  device: number,
): Interface | null {
  const number = view.getUint16(at + LINK_TYPE, littleEndian);
  let resolution = MICROSECONDS;
  let offsetSeconds = 0;
  let checksumBytes = 0;
  let name: string | null = null;
  let option = at + OPTIONS;
  while (option + OPTION_HEADER_BYTES <= blockEnd) {
    const code = view.getUint16(option, littleEndian);
    const length = view.getUint16(option + 2, littleEndian);
    const value = option + OPTION_HEADER_BYTES;
    if (code === END_OF_OPTIONS) break;
    if (value + length > blockEnd) return null;
    if (code === IF_TSRESOL && length === 1) resolution = view.getUint8(value);
    else if (code === IF_TSOFFSET && length === 8) offsetSeconds = Number(view.getBigInt64(value, littleEndian));
    else if (code === IF_FCSLEN && length === 1) checksumBytes = checksumLength(view.getUint8(value));
    else if (code === IF_NAME) name = nameOf(view, value, length);
    option = value + ((length + 3) & ~3);
  }
  const exponent = resolution & ~BINARY;
  const isBinary = (resolution & BINARY) !== 0;
  return {
    link: linkTypes.get(number) ?? null,
    linkName: linkTypeName(number),
    snaplen: view.getUint32(at + SNAPLEN, littleEndian),
    unitsPerSecond: (isBinary ? 2n : 10n) ** BigInt(exponent),
    fastUnits: !isBinary && exponent <= NANO_DIGITS ? 10 ** exponent : 0,
    digits: isBinary ? NANO_DIGITS : Math.min(exponent, NANO_DIGITS),
    offsetSeconds,
    checksumBytes,
    name,
    resolution: `${isBinary ? 2 : 10}^-${exponent} s`,
    packets: 0,
    device,
  };
}

const checksumLength = (value: number): number => (value > MAX_CHECKSUM_BYTES ? value >>> 3 : value);

const nameOf = (view: DataView, at: number, length: number): string =>
  new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, Math.min(length, MAX_NAME_BYTES)));
