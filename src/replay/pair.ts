import { BATCH_ROWS, type PacketBatch } from '../packet/batch.ts';
import type { Traffic } from '../packet/traffic.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { createPairs, type PairBatch } from '../verdict/pair-batch.ts';
import type { Tally } from '../verdict/tally.ts';
import { Replay } from './engine.ts';
import { isTurned, numberOf } from './opener.ts';
import type { ReplayOptions } from './options.ts';
import type { Questions } from './questions.ts';
import { readAll, type WasRead } from './read.ts';

/** One of the two: a table, and how packets are judged by it. */
export type Side = {
  readonly table: MatchTable;
  readonly options?: ReplayOptions;
  /** As of `Replay`: for tests. */
  readonly questions?: Questions;
};

export type PairResult = WasRead & { readonly old: Tally; readonly next: Tally };

/**
 * Called for each batch once all have judged it; all is overwritten afterwards. `input` is the place in `inputs`,
 * `beside` what the further sides found, in their order.
 */
export type OnPair = (
  batch: PacketBatch,
  pairs: PairBatch,
  input: number,
  beside: readonly VerdictBatch[],
) => void | Promise<void>;

/**
 * Replays inputs through two tables in one pass: each packet is read and decoded once, and each side has its own
 * connections. What either finds is what `replay` finds by itself. `further` sides may go with them.
 */
export async function replayPair(
  old: Side,
  next: Side,
  inputs: readonly Traffic[],
  signal?: AbortSignal,
  onPair?: OnPair,
  further: readonly Side[] = [],
): Promise<PairResult> {
  const one = new Replay(old.table, old.options, old.questions);
  const other = new Replay(next.table, next.options, next.questions);
  const others = further.map(({ table, options, questions }) => new Replay(table, options, questions));
  const pairs = createPairs(BATCH_ROWS);
  const read = await readAll(inputs, signal, {
    beginInput: () => {
      one.beginInput();
      other.beginInput();
      for (const more of others) more.beginInput();
    },
    take: (batch, input) => {
      pairs.old = one.process(batch);
      pairs.next = other.process(batch);
      const beside = others.map((more) => more.process(batch));
      if (onPair === undefined) return;
      fillOpeners(batch, pairs);
      return onPair(batch, pairs, input, beside);
    },
  });
  return { ...read, old: one.tally, next: other.tally };
}

/**
 * The two may differ in who opened a connection: what is inferred depends on Services and on what went before, and one
 * may have dropped what the other tracks. So that both directions of a connection are told as one, one side is believed.
 */
function fillOpeners(batch: PacketBatch, { old, next, turned, number }: PairBatch): void {
  for (let row = 0; row < batch.count; row++) {
    const believed = knowsConnection(next, row) ? next : old;
    const isAnswer = isTurned(batch, row, believed.reversed[row]!);
    turned[row] = isAnswer ? 1 : 0;
    number[row] = numberOf(batch, row, isAnswer);
  }
}

const knowsConnection = ({ opened, opener, reversed }: VerdictBatch, row: number): boolean =>
  opened[row] === 1 || opener[row] !== 0 || reversed[row] === 1;
