/** Reads whole inputs for tests: from memory, in pieces of any size, or from a file. */
import { type OpenOptions, openTraffic } from '../src/capture/open.ts';
import { NO_TIME, type PacketBatch } from '../src/packet/batch.ts';
import type { Traffic } from '../src/packet/traffic.ts';
import { type Row, rowOf } from './packet-row.ts';

export type RecordRow = Row & {
  readonly n: number;
  readonly time: string | null;
  readonly lengths: string;
  readonly weights: string;
  readonly recorded: number;
  readonly recordedBy: number;
  readonly bits: number;
  readonly timeText: string | null;
};

export type Outcome = {
  readonly rows: readonly RecordRow[];
  readonly counts: Traffic['counts'];
  readonly format: string;
  readonly fault: { readonly code: string; readonly offset: number; readonly message: string } | null;
  readonly batches: number;
};

/** Everything of an input that is handed over as standard input. */
export const readInput = (content: Uint8Array, pieceBytes = content.length): Promise<Outcome> =>
  readFile('-', { stdin: pieces(content, pieceBytes) });

export async function readFile(path: string, options: OpenOptions = {}): Promise<Outcome> {
  const traffic = await openTraffic(path, options);
  const rows: RecordRow[] = [];
  let batches = 0;
  for await (const batch of traffic.batches()) {
    batches++;
    for (let row = 0; row < batch.count; row++) rows.push(recordOf(batch, row));
  }
  const { counts, format, fault } = traffic;
  const said = fault && { code: fault.code, offset: fault.offset, message: fault.message };
  return { rows, counts, format, fault: said, batches };
}

export async function* pieces(content: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

function recordOf(batch: PacketBatch, row: number): RecordRow {
  const digits = batch.timeDigits[row]!;
  const nanos = String(batch.nanos[row]).padStart(9, '0').slice(0, digits);
  return {
    ...rowOf(batch, row, Math.max(0, batch.frameAt[row]!)),
    n: batch.n[row]!,
    time: digits === NO_TIME ? null : digits === 0 ? `${batch.seconds[row]}` : `${batch.seconds[row]}.${nanos}`,
    lengths: `${batch.captured[row]} of ${batch.length[row]}`,
    weights: `${batch.packets[row]} ${batch.bytes[row]}`,
    recorded: batch.recorded[row]!,
    recordedBy: batch.recordedBy[row]!,
    bits: batch.flags[row]!,
    timeText: batch.timeText[row] ?? null,
  };
}
