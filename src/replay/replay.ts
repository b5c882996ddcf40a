import type { PacketBatch } from '../packet/batch.ts';
import type { Traffic } from '../packet/traffic.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import type { Tally } from '../verdict/tally.ts';
import { Replay } from './engine.ts';
import type { ReplayOptions } from './options.ts';
import { inOrder, type Started } from './order.ts';
import type { Questions } from './questions.ts';

export { Replay } from './engine.ts';

export type ReplayResult = {
  readonly tally: Tally;
  /** The inputs in the order in which they were read; their counts and faults are complete. */
  readonly inputs: readonly Traffic[];
  /** True when the signal ended it early: the tally holds what was judged so far. */
  readonly aborted: boolean;
};

/**
 * Called for rows once they are judged, in their order: a batch, or a part of one where a row had to wait for the next.
 * Both batches are overwritten afterwards. `input` is the place in `inputs`.
 */
export type OnBatch = (batch: PacketBatch, verdicts: VerdictBatch, input: number) => void | Promise<void>;

/** Signals, timers and aborts come through at least this often. */
const YIELD_AFTER_MS = 40;

/**
 * Replays inputs through a table: in the order of their first timestamps, one connection table through all. An aborted
 * signal ends it early with what was judged so far; it does not throw for that.
 */
export async function replay(
  table: MatchTable,
  inputs: readonly Traffic[],
  options: ReplayOptions = {},
  onBatch?: OnBatch,
  questions?: Questions,
): Promise<ReplayResult> {
  const run = new Replay(table, options, questions);
  const started = await inOrder(inputs, options.signal);
  const aborted = await readAll(run, started, options.signal, onBatch);
  return { tally: run.tally, inputs: started.map((one) => one.input), aborted };
}

/** True when the signal ended it. */
async function readAll(
  run: Replay,
  started: readonly Started[],
  signal: AbortSignal | undefined,
  onBatch: OnBatch | undefined,
): Promise<boolean> {
  let yieldedAt = performance.now();
  try {
    for (const [place, { first, rest }] of started.entries()) {
      run.beginInput();
      for (let batch = first; batch !== null; batch = await pull(rest)) {
        if (signal?.aborted) return true;
        const verdicts = run.take(batch);
        await handOut(run, batch, verdicts, place, onBatch);
        // A loop over settled promises alone never lets the event loop turn.
        if (performance.now() - yieldedAt < YIELD_AFTER_MS) continue;
        await new Promise((resolve) => setImmediate(resolve));
        yieldedAt = performance.now();
      }
      run.settle();
      await handOutHeld(run, place, onBatch);
      run.hold();
    }
    return signal?.aborted ?? false;
  } catch (error) {
    if (signal?.aborted) return true;
    throw error;
  } finally {
    run.settle();
    for (const { rest } of started) await rest.return?.();
  }
}

/** Rows in their order: those held back before, then of this batch all before the first that waits. */
async function handOut(
  run: Replay,
  batch: PacketBatch,
  verdicts: VerdictBatch,
  place: number,
  onBatch: OnBatch | undefined,
): Promise<void> {
  await handOutHeld(run, place, onBatch);
  const { settled } = run;
  if (settled > 0) await handOutRows(batch, verdicts, settled, place, onBatch);
  run.hold();
}

async function handOutHeld({ held }: Replay, place: number, onBatch: OnBatch | undefined): Promise<void> {
  if (held !== null && held.settled > 0) await handOutRows(held.batch, held.verdicts, held.settled, place, onBatch);
}

async function handOutRows(
  batch: PacketBatch,
  verdicts: VerdictBatch,
  rows: number,
  place: number,
  onBatch: OnBatch | undefined,
): Promise<void> {
  const { count } = batch;
  batch.count = rows;
  await onBatch?.(batch, verdicts, place);
  batch.count = count;
}

async function pull(rest: AsyncIterator<PacketBatch>): Promise<PacketBatch | null> {
  const next = await rest.next();
  return next.done ? null : next.value;
}
