import type { PacketBatch } from '../packet/batch.ts';
import { clearBatch } from '../packet/clear.ts';
import { CaptureError } from '../source/errors.ts';
import { FULL, type RecordReader } from './format.ts';
import { assertNothingLost, type Tally } from './tally.ts';
import type { Window } from './window.ts';

/** How long batches may follow each other before signals, timers and aborts get their turn: well below 50 ms. */
const TURN_MS = 20;

export type ReadState = { readonly tally: Tally; fault: CaptureError | null };

/**
 * The batches of an input, as they are pulled. Rows point into the window, so a batch ends when the window must read
 * on; from a slow stream rows come as soon as their records are whole. `whole`: also batches without a row.
 */
export async function* readBatches(
  window: Window,
  reader: RecordReader,
  batch: PacketBatch,
  state: ReadState,
  signal: AbortSignal | undefined,
  whole: boolean,
): AsyncGenerator<PacketBatch, void, undefined> {
  let turn = performance.now();
  try {
    for (;;) {
      signal?.throwIfAborted();
      clearBatch(batch);
      batch.buffer = window.buffer;
      batch.view = window.view;
      batch.from = window.at;
      const result = reader.read(window, batch, state.tally);
      batch.to = window.at;
      if (batch.count > 0 || (whole && batch.to > batch.from)) yield batch;
      if (result instanceof CaptureError) {
        // A record that is cut where a compressed input is cut is no second fault.
        state.fault = result.code === 'TRUNCATED' ? (window.fault ?? result) : result;
        break;
      }
      if (performance.now() - turn > TURN_MS) {
        await nextTurn();
        turn = performance.now();
      }
      if (result === FULL) continue;
      if (window.ended) {
        state.fault = window.fault;
        break;
      }
      await window.more();
    }
    assertNothingLost(state.tally);
  } finally {
    window.close();
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
