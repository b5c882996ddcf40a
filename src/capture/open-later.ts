import { statSync } from 'node:fs';
import type { PacketBatch } from '../packet/batch.ts';
import { firstTimeOf, type Traffic } from '../packet/traffic.ts';
import { CaptureError } from '../source/errors.ts';
import { type OpenOptions, openTraffic } from './open.ts';

/**
 * Opens one of many inputs. Of a regular file, the format and the first timestamp are looked at, and it is closed until
 * its batches are pulled: however many inputs a run has, one file is open, and one batch is in memory. What cannot be
 * opened twice (standard input, pipes) is opened for good.
 * @throws CaptureError as openTraffic does
 */
export async function openLater(path: string, options: OpenOptions = {}): Promise<Traffic> {
  const first = await openTraffic(path, options);
  if (path === '-' || !statSync(path, { throwIfNoEntry: false })?.isFile()) return first;
  const firstTime = await firstTimeIn(first);
  const state = { opened: null as Traffic | null, fault: null as CaptureError | null };
  return {
    ...first,
    firstTime,
    get counts() {
      return state.opened?.counts ?? NOTHING;
    },
    get fault() {
      return state.fault ?? state.opened?.fault ?? null;
    },
    batches: () => reopened(path, options, state),
  };
}

const NOTHING = { records: 0, rows: 0, notIp: 0, undecodable: 0, rejected: 0, skipped: 0, unreadLink: 0, samples: [] };

/** A file that has gone since is an input that was not read to its end, as what came before was replayed. */
async function* reopened(
  path: string,
  options: OpenOptions,
  state: { opened: Traffic | null; fault: CaptureError | null },
): AsyncGenerator<PacketBatch, void, undefined> {
  try {
    state.opened = await openTraffic(path, options);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    state.fault = error;
    return;
  }
  yield* state.opened.batches();
}

/** Pulls no further than to the first row, and closes the input. */
async function firstTimeIn(traffic: Traffic): Promise<number> {
  for await (const batch of traffic.batches()) if (batch.count > 0) return firstTimeOf(batch);
  return Number.POSITIVE_INFINITY;
}
