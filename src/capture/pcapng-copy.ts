import type { Copier, Growing } from './copy.ts';
import {
  byteOrder,
  CAPTURED,
  COMMENT,
  CUSTOM,
  ENHANCED_PACKET,
  INTERFACE,
  LENGTH,
  NAMES,
  OBSOLETE_PACKET,
  OPTION_BYTES,
  optionsAt,
  padded,
  SECTION,
  SIMPLE_PACKET,
  STATISTICS,
} from './pcapng-blocks.ts';

/** The length of a section, 64 bits: it is not the old one any more, and all ones say that nobody knows it. */
const SECTION_LENGTH = 16;

const PACKETS: ReadonlySet<number> = new Set([ENHANCED_PACKET, OBSOLETE_PACKET, SIMPLE_PACKET]);
const COPIED: ReadonlySet<number> = new Set([INTERFACE, NAMES, STATISTICS, CUSTOM]);

/**
 * A pcapng file as it is, block by block and byte by byte, with one comment more in front of a packet's other options.
 * A simple packet block has no options: it stays without. Left out are decryption secrets, which are not to travel
 * with the verdicts, and blocks that are not known or say themselves that nobody may copy them.
 */
export function copyPcapng(): Copier {
  let littleEndian = true;
  let record = 0;
  return {
    head: new Uint8Array(0),
    copy: (bytes, last, commentOf, into) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let at = 0;
      while (at < bytes.length) {
        const type = view.getUint32(at, littleEndian);
        if (PACKETS.has(type) && record === last) break;
        if (type === SECTION) littleEndian = byteOrder(view, at) ?? littleEndian;
        const length = view.getUint32(at + LENGTH, littleEndian);
        const block = bytes.subarray(at, at + length);
        const comment = PACKETS.has(type) ? commentOf(++record) : null;
        if (comment !== null && type !== SIMPLE_PACKET) copyPacket(block, littleEndian, comment, into);
        else if (comment !== null || COPIED.has(type)) into.append(block);
        else if (type === SECTION) copySection(block, into);
        at += length;
      }
      return at;
    },
  };
}

function copySection(block: Uint8Array, into: Growing): void {
  const at = into.length + SECTION_LENGTH;
  into.append(block);
  into.bytes.fill(0xff, at, at + 8);
}

function copyPacket(block: Uint8Array, littleEndian: boolean, comment: Uint8Array, into: Growing): void {
  const captured = new DataView(block.buffer, block.byteOffset).getUint32(CAPTURED, littleEndian);
  const options = optionsAt(captured);
  const rest = block.subarray(options, block.length - 4);
  // Options that were there have their own end.
  const end = rest.length === 0 ? OPTION_BYTES : 0;
  const length = options + OPTION_BYTES + padded(comment.length) + rest.length + end + 4;
  const at = into.take(length);
  const { bytes, view } = into;
  bytes.set(block.subarray(0, options), at);
  view.setUint32(at + LENGTH, length, littleEndian);
  const option = at + options;
  view.setUint16(option, COMMENT, littleEndian);
  view.setUint16(option + 2, comment.length, littleEndian);
  bytes.set(comment, option + OPTION_BYTES);
  bytes.set(rest, option + OPTION_BYTES + padded(comment.length));
  view.setUint32(at + length - 4, length, littleEndian);
}
