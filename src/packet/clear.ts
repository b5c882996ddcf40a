import type { PacketBatch } from './batch.ts';

/**
 * Empties a batch. The columns that `decodeFrame` writes only where they apply get back their "without" in one sweep
 * a batch, which costs less than a store a row: a reader of rows writes the others for every row.
 */
export function clearBatch(batch: PacketBatch): void {
  const rows = batch.count;
  const { src1, src2, src3, dst1, dst2, dst3, sourcePort, destinationPort, flags, tcpFlags, sctpChunk } = batch;
  const { icmpType, icmpCode, icmpId, fragmentOffset, recorded, recordedBy, prefixBytes } = batch;
  src1.fill(0, 0, rows);
  src2.fill(0, 0, rows);
  src3.fill(0, 0, rows);
  dst1.fill(0, 0, rows);
  dst2.fill(0, 0, rows);
  dst3.fill(0, 0, rows);
  sourcePort.fill(0, 0, rows);
  destinationPort.fill(0, 0, rows);
  flags.fill(0, 0, rows);
  tcpFlags.fill(0, 0, rows);
  sctpChunk.fill(0, 0, rows);
  icmpType.fill(0, 0, rows);
  icmpCode.fill(0, 0, rows);
  icmpId.fill(0, 0, rows);
  fragmentOffset.fill(0, 0, rows);
  recorded.fill(0, 0, rows);
  recordedBy.fill(0, 0, rows);
  prefixBytes.fill(0, 0, rows);
  batch.count = 0;
}

/** The same for one row: what was read of a tunnel's outer packet is not to show in the row of its inner one. */
export function clearRow(batch: PacketBatch, row: number): void {
  batch.src1[row] = 0;
  batch.src2[row] = 0;
  batch.src3[row] = 0;
  batch.dst1[row] = 0;
  batch.dst2[row] = 0;
  batch.dst3[row] = 0;
  batch.sourcePort[row] = 0;
  batch.destinationPort[row] = 0;
  batch.flags[row] = 0;
  batch.tcpFlags[row] = 0;
  batch.sctpChunk[row] = 0;
  batch.icmpType[row] = 0;
  batch.icmpCode[row] = 0;
  batch.icmpId[row] = 0;
  batch.fragmentOffset[row] = 0;
}
