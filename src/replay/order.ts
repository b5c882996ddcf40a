import { NO_TIME, type PacketBatch } from '../packet/batch.ts';
import type { Traffic } from '../packet/traffic.ts';

/** An input whose first batch was pulled. Batches are reused within an input, never between two. */
export type Started = {
  readonly input: Traffic;
  /** Null when it has no row. */
  readonly first: PacketBatch | null;
  readonly rest: AsyncIterator<PacketBatch>;
};

/**
 * Starts every input and puts them in the order of their first timestamps: rotated parts of one capture are one
 * stream, however they were named. Those without a time keep their place among themselves, at the end.
 */
export async function inOrder(inputs: readonly Traffic[], signal: AbortSignal | undefined): Promise<Started[]> {
  const started: Started[] = [];
  for (const input of inputs) {
    const rest = input.batches()[Symbol.asyncIterator]();
    started.push({ input, first: signal?.aborted ? null : await firstOf(rest, signal), rest });
  }
  return started
    .map((one) => ({ one, time: timeOf(one.first) }))
    .sort((a, b) => (a.time === b.time ? 0 : a.time - b.time))
    .map(({ one }) => one);
}

async function firstOf(rest: AsyncIterator<PacketBatch>, signal: AbortSignal | undefined): Promise<PacketBatch | null> {
  try {
    for (let next = await rest.next(); !next.done; next = await rest.next())
      if (next.value.count > 0) return next.value;
    return null;
  } catch (error) {
    if (signal?.aborted) return null;
    throw error;
  }
}

/** Seconds since 1970 of the first row that has a time, Infinity for none. */
function timeOf(batch: PacketBatch | null): number {
  if (batch === null) return Number.POSITIVE_INFINITY;
  for (let row = 0; row < batch.count; row++)
    if (batch.timeDigits[row] !== NO_TIME) return batch.seconds[row]! + batch.nanos[row]! / 1e9;
  return Number.POSITIVE_INFINITY;
}
