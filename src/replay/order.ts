import type { PacketBatch } from '../packet/batch.ts';
import { firstTimeOf, type Traffic } from '../packet/traffic.ts';

/** An input in its place. Batches are reused within an input, never between two. */
export type Started = {
  readonly input: Traffic;
  /** Pulled already to see its time; null when it was not, or when no row is there. */
  readonly first: PacketBatch | null;
  readonly rest: AsyncIterator<PacketBatch>;
};

/**
 * Puts inputs in the order of their first timestamps: rotated parts of one capture are one stream, however they were
 * named. Those without a time keep their place among themselves, at the end. Inputs that do not know their first time
 * are started for it.
 */
export async function inOrder(inputs: readonly Traffic[], signal: AbortSignal | undefined): Promise<Started[]> {
  const started: (Started & { readonly time: number })[] = [];
  for (const input of inputs) {
    const rest = input.batches()[Symbol.asyncIterator]();
    const isKnown = input.firstTime !== undefined || inputs.length === 1;
    const first = isKnown || signal?.aborted ? null : await firstOf(rest, signal);
    const time = input.firstTime ?? (first === null ? Number.POSITIVE_INFINITY : firstTimeOf(first));
    started.push({ input, first, rest, time });
  }
  return started.sort((a, b) => (a.time === b.time ? 0 : a.time - b.time));
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
