import { BATCH_ROWS, type PacketBatch } from '../packet/batch.ts';
import { linkTypeName } from '../packet/link/registry.ts';
import type { CaptureInterface } from '../packet/traffic.ts';
import { CaptureError } from '../source/errors.ts';
import { type Format, FULL, MORE, type ReadResult } from './format.ts';
import { takeFrame } from './frame.ts';
import { copyPcap } from './pcap-copy.ts';
import { beginsLikePcap, HEADER_BYTES, type PcapLayout, readPcapHeader } from './pcap-header.ts';
import type { Tally } from './tally.ts';
import type { Window } from './window.ts';

/** A record begins with its time and its two lengths; the frame follows. */
const SECONDS = 0;
const FRACTION = 4;
const CAPTURED = 8;
const LENGTH = 12;

/** The libpcap format in all of its variants: microseconds, nanoseconds, Kuznetzov, either byte order. */
export const pcap: Format = {
  name: 'pcap',
  isCapture: true,
  recognise: (head, _seen, ended) => {
    if (head.length === 0 || !beginsLikePcap(head)) return head.length === 0 && !ended ? 'undecided' : 'no';
    return head.length >= 4 || ended ? 'yes' : 'undecided';
  },
  headerBytes: HEADER_BYTES,
  open: (window, file) => {
    const layout = readPcapHeader(window.unread, file);
    window.at += HEADER_BYTES;
    let packets = 0;
    return {
      read: (from, batch, tally) => {
        const result = readRecords(from, batch, tally, layout, file);
        packets = tally.records;
        return result;
      },
      interfaces: () => [interfaceOf(layout, packets)],
    };
  },
  copier: (header) => copyPcap(readPcapHeader(header, '')),
};

const interfaceOf = ({ linkNumber, snaplen, digits }: PcapLayout, packets: number): CaptureInterface => ({
  name: null,
  link: linkTypeName(linkNumber),
  snaplen,
  resolution: `10^-${digits} s`,
  packets,
});

function readRecords(window: Window, batch: PacketBatch, tally: Tally, layout: PcapLayout, file: string): ReadResult {
  const { view, end } = window;
  const { littleEndian, recordBytes, maxCaptured } = layout;
  batch.count = 0;
  while (batch.count < BATCH_ROWS) {
    const { at } = window;
    const frame = at + recordBytes;
    if (frame > end) break;
    const captured = view.getUint32(at + CAPTURED, littleEndian);
    if (captured > maxCaptured || frame + captured > end) break;
    if (takeFrame(window, batch, tally, layout, frame, captured, view.getUint32(at + LENGTH, littleEndian))) {
      const fraction = view.getUint32(at + FRACTION, littleEndian);
      writeTime(batch, batch.count - 1, view.getUint32(at + SECONDS, littleEndian), fraction, layout);
    }
    window.at = frame + captured;
  }
  batch.packets.fill(1, 0, batch.count);
  batch.timeDigits.fill(layout.digits, 0, batch.count);
  tally.rows += batch.count;
  return batch.count === BATCH_ROWS ? FULL : faultAt(window, layout, file);
}

/** Fractions of a whole second and more are seen in the wild: they carry over. */
function writeTime(batch: PacketBatch, row: number, seconds: number, fraction: number, layout: PcapLayout): void {
  const unit = layout.digits === 9 ? 1e9 : 1e6;
  let whole = seconds;
  let rest = fraction;
  if (rest >= unit) {
    whole += Math.floor(rest / unit);
    rest %= unit;
  }
  batch.seconds[row] = whole;
  batch.nanos[row] = layout.digits === 9 ? rest : rest * 1000;
}

/** Why the record that the window is at could not be read: its bytes are still to come, or it is at fault. */
function faultAt(window: Window, layout: PcapLayout, file: string): ReadResult {
  const { view, at, end } = window;
  const left = end - at;
  const offset = window.offsetOf(at);
  if (left >= layout.recordBytes) {
    const captured = view.getUint32(at + CAPTURED, layout.littleEndian);
    if (captured > layout.maxCaptured) {
      const message = `a record of ${captured} captured bytes, expected at most ${layout.maxCaptured}`;
      return new CaptureError('CORRUPT', file, offset, message);
    }
  }
  if (left === 0 || !window.ended) return MORE;
  const message =
    left < layout.recordBytes
      ? `the file ends within a record’s header: ${left} of ${layout.recordBytes} bytes`
      : `the file ends within a packet: ${left - layout.recordBytes} of ${view.getUint32(at + CAPTURED, layout.littleEndian)} bytes`;
  return new CaptureError('TRUNCATED', file, offset, message);
}
