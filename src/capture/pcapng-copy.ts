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
    copy: (buffer, from, to, commentOf, into) => {
      const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
      let length = 0;
      for (let at = from; at < to; at += length) {
        const type = view.getUint32(at, littleEndian);
        if (type === SECTION) littleEndian = byteOrder(view, at) ?? littleEndian;
        length = view.getUint32(at + LENGTH, littleEndian);
        const block = buffer.subarray(at, at + length);
        if (type === ENHANCED_PACKET || type === OBSOLETE_PACKET) {
          const comment = commentOf(++record);
          if (comment !== null) copyPacket(block, littleEndian, comment, into);
        } else if (type === SIMPLE_PACKET) {
          if (commentOf(++record) !== null) copyBlock(block, into);
        } else if (type === SECTION) copySection(block, into);
        else if (COPIED.has(type)) copyBlock(block, into);
      }
    },
  };
}

function copySection(block: Uint8Array, into: Growing): void {
  const at = copyBlock(block, into) + SECTION_LENGTH;
  into.bytes.fill(0xff, at, at + 8);
}

/** Says where the copy begins. */
function copyBlock(block: Uint8Array, into: Growing): number {
  const at = into.take(block.length);
  into.bytes.set(block, at);
  return at;
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
