import type { PacketBatch } from '../packet/batch.ts';
import type { Traffic } from '../packet/traffic.ts';
import { inOrder, type Started } from './order.ts';

/** Who is handed the batches of a run, one after the other. */
export type Taker = {
  /** Another input begins. */
  readonly beginInput: () => void;
  /** `place` is that of the input in the order of reading. The batch is overwritten once this has settled. */
  readonly take: (batch: PacketBatch, place: number, input: Traffic) => void | Promise<void>;
  /** An input was read to its end. */
  readonly endInput?: (place: number, input: Traffic) => Promise<void>;
  /** Nothing follows, however the reading ended. */
  readonly end?: () => void;
};

/** The inputs in the order in which they were read, and whether the signal ended it. */
export type WasRead = { readonly inputs: readonly Traffic[]; readonly aborted: boolean };

/** Signals, timers and aborts come through at least this often. */
const YIELD_AFTER_MS = 40;

/** Reads inputs in the order of their first timestamps. An aborted signal ends it early, and is no error. */
export async function readAll(
  inputs: readonly Traffic[],
  signal: AbortSignal | undefined,
  taker: Taker,
): Promise<WasRead> {
  const started = await inOrder(inputs, signal);
  const aborted = await readStarted(started, signal, taker);
  return { inputs: started.map((one) => one.input), aborted };
}

/** True when the signal ended it. */
async function readStarted(
  started: readonly Started[],
  signal: AbortSignal | undefined,
  { beginInput, take, endInput, end }: Taker,
): Promise<boolean> {
  let yieldedAt = performance.now();
  try {
    for (const [place, { input, first, rest }] of started.entries()) {
      beginInput();
      for (let batch = first ?? (await pull(rest)); batch !== null; batch = await pull(rest)) {
        if (signal?.aborted) return true;
        await take(batch, place, input);
        // A loop over settled promises alone never lets the event loop turn.
        if (performance.now() - yieldedAt < YIELD_AFTER_MS) continue;
        await new Promise((resolve) => setImmediate(resolve));
        yieldedAt = performance.now();
      }
      await endInput?.(place, input);
    }
    return signal?.aborted ?? false;
  } catch (error) {
    if (signal?.aborted) return true;
    throw error;
  } finally {
    end?.();
    for (const { rest } of started) await rest.return?.();
  }
}

async function pull(rest: AsyncIterator<PacketBatch>): Promise<PacketBatch | null> {
  const next = await rest.next();
  return next.done ? null : next.value;
}
