import { DIRECTION_UNKNOWN, type PacketBatch } from '../packet/batch.ts';
import { decodeFrame } from '../packet/decode.ts';
import type { LinkType } from '../packet/link/link-type.ts';
import { DECODED, NOT_IP, whyUndecodable } from '../packet/outcome.ts';
import { keepSample, type Tally } from './tally.ts';
import type { Window } from './window.ts';

/** Where frames come from: a pcap file, or one interface of a pcapng section. */
export type FrameSource = {
  /** Null when the link type is not read: such frames are counted and skipped. */
  readonly link: LinkType | null;
  /** Bytes at a frame's end that are its checksum. */
  readonly checksumBytes: number;
  /** Number of the interface, from 1; 0 where the file has but one. */
  readonly device: number;
};

/**
 * Counts the record at `window.at` and decodes its frame [frame, frame + captured) into the next row of the batch.
 * True when it gave a row; its time is then the caller's to write. `wire` is the frame's length on the wire.
 */
export function takeFrame(
  window: Window,
  batch: PacketBatch,
  tally: Tally,
  source: FrameSource,
  frame: number,
  captured: number,
  wire: number,
): boolean {
  const record = ++tally.records;
  const { link, checksumBytes } = source;
  if (link === null) {
    tally.unreadLink++;
    return false;
  }
  const row = batch.count;
  batch.length[row] = wire;
  const frameEnd = frame + captured;
  const packetEnd = checksumBytes === 0 ? frameEnd : withoutChecksum(frame, frameEnd, wire, checksumBytes);
  const outcome = decodeFrame(batch, row, link, frame, packetEnd, true);
  if (outcome !== DECODED) {
    if (outcome === NOT_IP) tally.notIp++;
    else {
      tally.undecodable++;
      keepSample(tally, record, window.offsetOf(window.at), whyUndecodable(outcome));
    }
    return false;
  }
  batch.n[row] = record;
  batch.captured[row] = captured;
  batch.bytes[row] = wire;
  batch.frameAt[row] = frame;
  link.readRecorded?.(batch, row, frame, frameEnd);
  batch.device[row] = source.device;
  batch.direction[row] = DIRECTION_UNKNOWN;
  link.readDevice?.(batch, row, frame);
  batch.count = row + 1;
  return true;
}

/** Where a frame ends whose last bytes on the wire were its checksum; a frame that was cut before them has lost them. */
const withoutChecksum = (frame: number, frameEnd: number, wireBytes: number, checksumBytes: number): number =>
  Math.max(frame, Math.min(frameEnd, frame + wireBytes - checksumBytes));
