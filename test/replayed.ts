import type { PacketBatch } from '../src/packet/batch.ts';
import { Replay } from '../src/replay/engine.ts';
import type { ReplayOptions } from '../src/replay/options.ts';
import { decisionOf } from '../src/table/decisions.ts';
import type { VerdictBatch } from '../src/verdict/batch.ts';
import { FLAGS, REASONS, VERDICTS } from '../src/verdict/reasons.ts';
import { fakeCluster, type World } from './fake-table.ts';
import { type Row, rowsOf } from './rows.ts';

/** What became of one row. */
export type Outcome = {
  readonly verdict: string;
  readonly reason: string;
  /** Decisions of fake-table.ts. */
  readonly egress: number;
  readonly ingress: number;
  readonly opener: number;
  readonly flags: readonly string[];
  readonly opened: boolean;
  readonly reversed: boolean;
};

export function outcomes(replay: Replay, batch: PacketBatch, verdicts: VerdictBatch): Outcome[] {
  const { general, count } = replay.table.decisions;
  return Array.from({ length: batch.count }, (_, row) => ({
    verdict: VERDICTS[verdicts.verdict[row]!]!,
    reason: REASONS[verdicts.reason[row]!]!,
    egress: decisionOf(general, count, verdicts.egress[row]!),
    ingress: decisionOf(general, count, verdicts.ingress[row]!),
    opener: verdicts.opener[row]!,
    flags: FLAGS.filter((_, bit) => (verdicts.flags[row]! >> bit) & 1),
    opened: verdicts.opened[row] === 1,
    reversed: verdicts.reversed[row] === 1,
  }));
}

/** Outcomes of batches that follow each other, as `replay` hands them out: rows that wait are settled by later batches. */
export function inBatches(replay: Replay, batches: readonly PacketBatch[]): Outcome[] {
  const found: Outcome[] = [];
  const add = (batch: PacketBatch, verdicts: VerdictBatch, rows: number): void => {
    found.push(...outcomes(replay, { ...batch, count: rows }, verdicts));
  };
  const addHeld = (): void => {
    if (replay.held !== null) add(replay.held.batch, replay.held.verdicts, replay.held.settled);
  };
  for (const batch of batches) {
    const verdicts = replay.take(batch);
    addHeld();
    add(batch, verdicts, replay.settled);
    replay.hold();
  }
  replay.settle();
  addHeld();
  replay.hold();
  return found;
}

export function replayOf(world: World, options: ReplayOptions = {}): Replay {
  const { table, questions } = fakeCluster(world);
  return new Replay(table, options, questions);
}

/** Every row's outcome, of one batch through a replay of its own. */
export function judged(world: World, rows: readonly (Row | string)[], options: ReplayOptions = {}): Outcome[] {
  const replay = replayOf(world, options);
  const batch = rowsOf(rows);
  return outcomes(replay, batch, replay.process(batch));
}

/** `forwarded policy`, `dropped ct-invalid`, `forwarded tracked midstream`: short enough for a table of cases. */
export const inShort = (outcome: Outcome): string => [outcome.verdict, outcome.reason, ...outcome.flags].join(' ');

export const shorts = (world: World, rows: readonly (Row | string)[], options: ReplayOptions = {}): string[] =>
  judged(world, rows, options).map(inShort);
