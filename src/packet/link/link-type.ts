import type { PacketBatch } from '../batch.ts';

/** How frames of one link type lead to their IP header. */
export type LinkType = {
  /** As `tcpdump -L` prints it. */
  readonly name: string;
  /**
   * Where the IP header of the frame in [at, end) begins, or a negative outcome. At least one byte of the header is
   * there, and its version is one that the link header announces; nothing else of it has been looked at.
   */
  readonly findIp: (view: DataView, at: number, end: number) => number;
  /** Writes what the link header of [at, end), which gave a row, says was done with the packet. */
  readonly readRecorded?: (batch: PacketBatch, row: number, at: number, end: number) => void;
  /**
   * Writes `device` and `direction` of the row of a frame that begins at `at` and gave a row, where its header tells
   * them. `device` already holds what the file says.
   */
  readonly readDevice?: (batch: PacketBatch, row: number, at: number) => void;
};
