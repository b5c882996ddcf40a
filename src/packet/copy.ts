import { createBatch, type PacketBatch } from './batch.ts';

/** Rows [from, to) of a batch. */
export type Rows = { readonly batch: PacketBatch; readonly from: number; readonly to: number };

/** Places in `buffer`, -1 for none. */
const PLACES = ['frameAt', 'ipAt', 'quotedAt', 'endAt', 'prefixAt'] as const;

/** A batch of its own with rows of others, bytes included. Allocates: it is for the few rows that must outlive theirs. */
export function copyRows(parts: readonly Rows[]): PacketBatch {
  const rows = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const copy = createBatch(Math.max(rows, 1), parts[0]?.batch.tunnels);
  const bytes = parts.flatMap(({ batch, from, to }) =>
    Array.from({ length: to - from }, (_, i) => spanOf(batch, from + i)),
  );
  copy.buffer = new Uint8Array(bytes.reduce((sum, { start, end }) => sum + end - start, 0));
  copy.view = new DataView(copy.buffer.buffer);
  for (const { batch, from, to } of parts) {
    copyColumns(batch, from, to, copy, copy.count);
    copyColumns(batch.outer, from, to, copy.outer, copy.count);
    for (let row = from; row < to; row++) copy.timeText[copy.count + row - from] = batch.timeText[row] ?? null;
    copy.count += to - from;
  }
  let row = 0;
  let at = 0;
  for (const { batch, from, to } of parts)
    for (let old = from; old < to; old++, row++) {
      const { start, end } = bytes[row]!;
      copy.buffer.set(batch.buffer.subarray(start, end), at);
      for (const name of PLACES) if (batch[name][old]! >= 0) copy[name][row] = batch[name][old]! - start + at;
      at += end - start;
    }
  return copy;
}

/** Where the bytes of a row lie; nothing for a row without. */
function spanOf(batch: PacketBatch, row: number): { readonly start: number; readonly end: number } {
  const start = batch.frameAt[row]!;
  return start < 0 ? { start: 0, end: 0 } : { start, end: start + batch.captured[row]! };
}

/** Copies rows [from, to) of every column that both have to `at` on. */
export function copyColumns(source: object, from: number, to: number, target: object, at: number): void {
  const columns = target as Readonly<Record<string, unknown>>;
  for (const [name, column] of Object.entries(source)) {
    if (name === 'buffer' || !ArrayBuffer.isView(column) || column instanceof DataView) continue;
    (columns[name] as Uint8Array).set((column as Uint8Array).subarray(from, to), at);
  }
}
