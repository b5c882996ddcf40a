import { RecordedTally } from '../compare/recorded.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { Traffic } from '../packet/traffic.ts';
import type { ReplayOptions } from '../replay/options.ts';
import { replay } from '../replay/replay.ts';
import { checkCounts } from '../report/check-counts.ts';
import { type Settings, type Summary, summarise } from '../report/summary.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { Spans } from './spans.ts';

/** Sees every judged batch of a run; both batches are overwritten afterwards. */
export type Tap = (batch: PacketBatch, verdicts: VerdictBatch, input: Traffic) => void | Promise<void>;

export type Ran = {
  readonly summary: Summary;
  /** The inputs in the order in which they were read. */
  readonly read: readonly Traffic[];
  readonly spans: Spans;
};

/** Replays inputs as one stream, and shows each batch to the taps in their order. */
export async function replayRun(
  table: MatchTable,
  inputs: readonly Traffic[],
  options: ReplayOptions,
  settings: Settings,
  taps: readonly Tap[],
): Promise<Ran> {
  const spans = new Spans();
  const recorded = new RecordedTally(table);
  const {
    tally,
    inputs: read,
    aborted,
  } = await replay(table, inputs, options, async (batch, verdicts, place, input) => {
    spans.add(batch, place);
    recorded.add(batch, verdicts, input.file);
    for (const tap of taps) await tap(batch, verdicts, input);
  });
  const summary = summarise(table, tally, read, settings, aborted, recorded.agreement);
  const wrong = checkCounts(summary);
  if (wrong !== null) throw new Error(wrong);
  return { summary, read, spans };
}
