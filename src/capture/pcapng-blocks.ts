/**
 * Every block: its type and its length, a body, and the length again. Source: draft-ietf-opsawg-pcapng, section 3.1.
 *
 *     0      4        8        length - 4   length
 *     | type | length | body ... | length  |
 */
export const LENGTH = 4;
export const BODY = 8;
export const BLOCK_BYTES = 12;

/** Section Header Block: the same bytes in either order, and what tells the order apart. */
export const SECTION = 0x0a0d0d0a;
export const BYTE_ORDER = 0x1a2b3c4d;
export const MAJOR = 12;
export const SECTION_BYTES = 28;

export const INTERFACE = 1;
/** Obsolete Packet Block, Simple Packet Block, Enhanced Packet Block. */
export const OBSOLETE_PACKET = 2;
export const SIMPLE_PACKET = 3;
export const ENHANCED_PACKET = 6;

/** Enhanced and obsolete packets: interface (32 bits, or 16 and a drop count), time, two lengths, the frame. */
export const PACKET_INTERFACE = 8;
export const TIME_HIGH = 12;
export const TIME_LOW = 16;
export const CAPTURED = 20;
export const WIRE = 24;
export const FRAME = 28;
export const PACKET_BYTES = 32;
/** Simple packets: the length on the wire and the frame, of interface 0. */
export const SIMPLE_WIRE = 8;
export const SIMPLE_FRAME = 12;
export const SIMPLE_BYTES = 16;
/** Name Resolution and Interface Statistics Block: they hold no packet, and no secret. */
export const NAMES = 4;
export const STATISTICS = 5;
/** Custom Block that a program may copy though it does not know what is in it. */
export const CUSTOM = 0xbad;

/** An option: code and length in 16 bits each, then the value, padded to four bytes. Zeros end the options. */
export const OPTION_BYTES = 4;
export const COMMENT = 1;

/** Where the options of an enhanced or obsolete packet begin, behind a frame that is padded to four bytes. */
export const optionsAt = (captured: number): number => FRAME + padded(captured);

export const padded = (bytes: number): number => (bytes + 3) & ~3;

/** The byte order of the section whose header begins at `at`: true for little endian; null when it tells none. */
export function byteOrder(view: DataView, at: number): boolean | null {
  if (view.getUint32(at + BODY, true) === BYTE_ORDER) return true;
  return view.getUint32(at + BODY, false) === BYTE_ORDER ? false : null;
}
