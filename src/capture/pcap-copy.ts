import type { CommentOf, Copier, Growing } from './copy.ts';
import type { PcapLayout } from './pcap-header.ts';
import {
  BLOCK_BYTES,
  BYTE_ORDER,
  CAPTURED,
  COMMENT,
  ENHANCED_PACKET,
  FRAME,
  INTERFACE,
  LENGTH,
  OPTION_BYTES,
  padded,
  SECTION,
  SECTION_BYTES,
  TIME_HIGH,
  TIME_LOW,
  WIRE,
} from './pcapng-blocks.ts';

/** if_tsresol and if_fcslen, with one byte each; a word for each value, and four bytes end the options. */
const IF_TSRESOL = 9;
const IF_FCSLEN = 13;
const INTERFACE_BYTES = 20;

const RECORD_FRACTION = 4;
const RECORD_CAPTURED = 8;
const RECORD_LENGTH = 12;

/** A pcap file as one section with one interface: its link type, its resolution, its times as they are. */
export function copyPcap(layout: PcapLayout): Copier {
  let record = 0;
  return {
    head: headOf(layout),
    copy: (bytes, last, commentOf, into) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let at = 0;
      while (at < bytes.length && record < last) {
        const captured = view.getUint32(at + RECORD_CAPTURED, layout.littleEndian);
        copyRecord(view, at, captured, layout, commentOf, ++record, into);
        at += layout.recordBytes + captured;
      }
      return at;
    },
  };
}

function copyRecord(
  from: DataView,
  at: number,
  captured: number,
  { littleEndian, digits, recordBytes }: PcapLayout,
  commentOf: CommentOf,
  record: number,
  into: Growing,
): void {
  const comment = commentOf(record);
  if (comment === null) return;
  const length = BLOCK_BYTES + FRAME - 8 + padded(captured) + OPTION_BYTES + padded(comment.length) + OPTION_BYTES;
  const block = into.take(length);
  const { view, bytes } = into;
  // The count of units is exact even where a fraction is more than a second.
  const units =
    BigInt(from.getUint32(at, littleEndian)) * (digits === 9 ? 1_000_000_000n : 1_000_000n) +
    BigInt(from.getUint32(at + RECORD_FRACTION, littleEndian));
  view.setUint32(block, ENHANCED_PACKET, true);
  view.setUint32(block + LENGTH, length, true);
  view.setUint32(block + TIME_HIGH, Number(units >> 32n), true);
  view.setUint32(block + TIME_LOW, Number(units & 0xffff_ffffn), true);
  view.setUint32(block + CAPTURED, captured, true);
  view.setUint32(block + WIRE, from.getUint32(at + RECORD_LENGTH, littleEndian), true);
  bytes.set(new Uint8Array(from.buffer, from.byteOffset + at + recordBytes, captured), block + FRAME);
  const option = block + FRAME + padded(captured);
  view.setUint16(option, COMMENT, true);
  view.setUint16(option + 2, comment.length, true);
  bytes.set(comment, option + OPTION_BYTES);
  view.setUint32(block + length - 4, length, true);
}

function headOf({ linkNumber, snaplen, digits, checksumBytes }: PcapLayout): Uint8Array {
  const options: [number, number][] = [[IF_TSRESOL, digits]];
  if (checksumBytes > 0) options.push([IF_FCSLEN, checksumBytes]);
  const interfaceBytes = INTERFACE_BYTES + (options.length * 2 + 1) * OPTION_BYTES;
  const head = new Uint8Array(SECTION_BYTES + interfaceBytes);
  const view = new DataView(head.buffer);
  const words = [SECTION, SECTION_BYTES, BYTE_ORDER, 1, 0xffff_ffff, 0xffff_ffff, SECTION_BYTES];
  const described = [INTERFACE, interfaceBytes, linkNumber, snaplen];
  [...words, ...described].forEach((word, i) => {
    view.setUint32(4 * i, word, true);
  });
  options.forEach(([code, value], i) => {
    const at = SECTION_BYTES + INTERFACE_BYTES - 4 + i * 2 * OPTION_BYTES;
    view.setUint16(at, code, true);
    view.setUint16(at + 2, 1, true);
    view.setUint8(at + OPTION_BYTES, value);
  });
  view.setUint32(head.length - 4, interfaceBytes, true);
  return head;
}
