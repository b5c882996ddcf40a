import { RecordedTally } from '../compare/recorded.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { Traffic } from '../packet/traffic.ts';
import type { ReplayOptions } from '../replay/options.ts';
import { replay } from '../replay/replay.ts';
import { Shown } from '../replay/shown.ts';
import { checkCounts } from '../report/check-counts.ts';
import { Filter } from '../report/filter.ts';
import { type Settings, type Summary, summarise, withFilter } from '../report/summary.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import type { FilterWords } from './filter-options.ts';
import { Spans } from './spans.ts';

/** Sees every judged batch of a run; all are overwritten afterwards. `shown` has a 0 for rows that a filter hides. */
export type Tap = (
  batch: PacketBatch,
  verdicts: VerdictBatch,
  input: Traffic,
  shown: Uint8Array | null,
) => void | Promise<void>;

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
  filter: FilterWords | null,
  taps: readonly Tap[],
  recorded: RecordedTally = new RecordedTally(table),
): Promise<Ran> {
  const visible = filter && { filter: new Filter(table, filter.conditions), tally: new Shown(table) };
  const spans = new Spans();
  const {
    tally,
    inputs: read,
    aborted,
  } = await replay(table, inputs, options, async (batch, verdicts, place, input) => {
    spans.add(batch, place);
    recorded.add(batch, verdicts, input.file);
    const shown = visible === null ? null : visible.filter.mark(batch, verdicts);
    if (shown !== null) visible?.tally.add(batch, verdicts, shown);
    for (const tap of taps) await tap(batch, verdicts, input, shown);
  });
  const summary = summarise(table, tally, read, settings, aborted, recorded.agreement);
  const wrong = checkCounts(summary);
  if (wrong !== null) throw new Error(wrong);
  if (visible === null || filter === null) return { summary, read, spans };
  const some = summarise(table, visible.tally.tally, read, settings, aborted);
  return { summary: withFilter(summary, some, filter.words), read, spans };
}
