/** Rows without a capture: what tracking and translation cost, and nothing of reading. */
import { TCP } from '../src/net/protocol.ts';
import { BATCH_ROWS, createBatch, HAS_PORTS, HAS_TCP_FLAGS, type PacketBatch } from '../src/packet/batch.ts';
import { ACK, SYN } from './frames.ts';

/** Who may talk: IPv4 addresses as words. */
export type Ends = { readonly sources: Int32Array; readonly destinations: Int32Array };

const FIRST_PORT = 1024;
const PORTS = 60_000;
const SECONDS = 1_785_578_400;

/** A batch whose rows are TCP over IPv4; `fill` writes what differs. */
export function tcpBatch(): PacketBatch {
  const batch = createBatch();
  batch.family.fill(4);
  batch.protocol.fill(TCP);
  batch.flags.fill(HAS_PORTS | HAS_TCP_FLAGS);
  batch.packets.fill(1);
  batch.bytes.fill(100);
  batch.length.fill(100);
  batch.captured.fill(100);
  batch.ipAt.fill(-1);
  batch.quotedAt.fill(-1);
  batch.seconds.fill(SECONDS);
  batch.timeDigits.fill(6);
  return batch;
}

/** Connections [from, from + rows): the same number is the same connection, opened or gone on with. */
export function fill(batch: PacketBatch, from: number, rows: number, ends: Ends, port: number, opens: boolean): void {
  const { sources, destinations } = ends;
  batch.count = rows;
  batch.tcpFlags.fill(opens ? SYN : ACK, 0, rows);
  batch.destinationPort.fill(port, 0, rows);
  for (let i = 0; i < rows; i++) {
    const connection = from + i;
    batch.n[i] = connection + 1;
    batch.src0[i] = sources[connection % sources.length]!;
    batch.dst0[i] = destinations[(connection * 7) % destinations.length]!;
    batch.sourcePort[i] = FIRST_PORT + (Math.floor(connection / sources.length) % PORTS);
  }
}

/** Calls for batch after batch until `rows` rows have been; returns `rows`. */
export function inBatches(rows: number, each: (from: number, rows: number) => void): number {
  for (let from = 0; from < rows; from += BATCH_ROWS) each(from, Math.min(BATCH_ROWS, rows - from));
  return rows;
}
