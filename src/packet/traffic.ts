import type { CaptureError } from '../source/errors.ts';
import { NO_TIME, type PacketBatch } from './batch.ts';

/**
 * One opened input of traffic. Batches are pulled; each is overwritten by the next pull. When an input ends before
 * its end (cut, corrupt), the batches before the fault are delivered and then `fault` is set: iterating never throws
 * for what the input holds, only for what the reader cannot do (a file that vanished, an abort).
 */
export type Traffic = {
  /** As the user named it. */
  readonly file: string;
  /** `pcap`, `pcapng`, `tuples`, ... */
  readonly format: string;
  /** What the input is compressed with, outermost first: `gzip`, `zstd`. */
  readonly compressions?: readonly string[];
  /** True for captures: a row is a frame. False for logs and tuple files: a row is a record. */
  readonly isCapture: boolean;
  /** Seconds since 1970 of its first row that has a time, Infinity when none has; missing when nobody has looked. */
  readonly firstTime?: number;
  /** The bytes that the input begins with, as many as tell how its records are to be read. */
  readonly header?: Uint8Array;
  /** Captures: where the frames were captured, as far as was read. */
  readonly interfaces?: () => readonly CaptureInterface[];
  readonly counts: TrafficCounts;
  /** Why the input was not read to its end; null while all is well. Complete once the iteration has ended. */
  readonly fault: CaptureError | null;
  batches(): AsyncIterable<PacketBatch>;
};

/** An interface that a capture describes. */
export type CaptureInterface = {
  readonly name: string | null;
  /** `EN10MB (1)`. */
  readonly link: string;
  /** Most bytes that were captured of a packet; 0 is no limit. */
  readonly snaplen: number;
  /** Of its timestamps: `10^-6 s`. */
  readonly resolution: string;
  readonly packets: number;
};

/**
 * INVARIANT, once the iteration has ended: records = rows + notIp + undecodable + rejected + skipped + unreadLink. Every record
 * that gives no row is counted here, with the place of the first few.
 */
export type TrafficCounts = {
  /** Records of the file so far (packets of a capture; non-blank lines of a text). */
  records: number;
  /** Rows handed out. */
  rows: number;
  /** Frames that hold no IP: ARP, LLDP, ... */
  notIp: number;
  /** Frames whose IP layer cannot be read. */
  undecodable: number;
  /** Lines of a text that do not parse. */
  rejected: number;
  /** Lines of a text that parse and are no record of traffic: headers, status lines, intervals without data. */
  skipped: number;
  /** Frames of a link type that is not read, in a file that has others. */
  unreadLink: number;
  /** The first few of what was undecodable or rejected. */
  readonly samples: { readonly n: number; readonly offset: number; readonly why: string }[];
};

/** How many `samples` are kept of an input. */
export const MAX_SAMPLES = 10;

/** Seconds since 1970 of the first row that has a time, Infinity for none. */
export function firstTimeOf(batch: PacketBatch): number {
  for (let row = 0; row < batch.count; row++)
    if (batch.timeDigits[row] !== NO_TIME) return batch.seconds[row]! + batch.nanos[row]! / 1e9;
  return Number.POSITIVE_INFINITY;
}
