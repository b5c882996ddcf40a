import { Comparison } from '../compare/comparison.ts';
import { policyChanges } from '../compare/policy-changes.ts';
import { Rollout } from '../compare/rollout.ts';
import type { Budget } from '../model/budget.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { Traffic } from '../packet/traffic.ts';
import { replayPair } from '../replay/pair.ts';
import { DIFF_OUTPUTS } from '../report/diff/registry.ts';
import { answer } from '../report/diff/sentences.ts';
import { summariseDiff } from '../report/diff/summary.ts';
import type { DiffSummary } from '../report/diff/words.ts';
import { plain } from '../report/escape.ts';
import { type Summary, summarise } from '../report/summary.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { budgetOf, withBudget } from './budget.ts';
import type { Option } from './command.ts';
import { timeOf } from './filter-options.ts';
import { hasNobodyToJudge, openAll, tellOfInputs } from './inputs.ts';
import { EXIT_FINDINGS, EXIT_FINE, EXIT_INTERRUPTED, EXIT_TROUBLE, type Io } from './io.ts';
import { compileTwo, KEEP_GOING, type Manifests } from './manifests.ts';
import { paletteFor } from './palette.ts';
import type { Parsed } from './parse.ts';
import { Progress } from './progress.ts';
import { openOptions, replayOptions, settingsOf } from './replay-options.ts';
import { Spans } from './spans.ts';

export const ROLLOUT_AT: Option = {
  name: 'rollout-at',
  value: 'TIME',
  about: 'the new policies come into force then, and connections that are open go on: as a rollout does it',
};

/** One side as a command line names it. */
export type NamedSide = Manifests & { readonly name: string };

/** Compares two sets of manifests on the traffic of a command line, and prints it. @returns the exit code */
export async function runDiff(old: NamedSide, next: NamedSide, parsed: Parsed, io: Io): Promise<number> {
  const budget = await budgetOf(parsed, io);
  const tables = await compileTwo([old, next], parsed, io);
  if (tables.some((table) => hasNobodyToJudge(table, io, parsed.has(KEEP_GOING.name)))) return EXIT_TROUBLE;
  const inputs = await openAll(parsed.operands, openOptions(parsed, io, tables[1]), io);
  if (inputs === null) return EXIT_TROUBLE;
  const { diff: summary } = await compareOn(inputs, { old, next, tables, budget }, parsed, io);
  const output = parsed.one('output')!;
  const write = DIFF_OUTPUTS.get(output)!.write;
  await io.out(write(summary, { palette: paletteFor(io), top: parsed.number('top')! }));
  if (output !== 'text') io.err(`${plain(answer(summary))}\n`);
  return exitCode(summary);
}

/** What is compared. */
export type Question = {
  readonly old: NamedSide;
  readonly next: NamedSide;
  readonly tables: readonly [MatchTable, MatchTable];
  readonly budget: Budget | null;
};

/** The comparison, and the new side by itself. `onNext` sees what the new side finds, batch by batch. */
export async function compareOn(
  inputs: readonly Traffic[],
  { old, next, tables, budget }: Question,
  parsed: Parsed,
  io: Io,
  onNext: (batch: PacketBatch, verdicts: VerdictBatch) => void = () => {},
): Promise<{ readonly diff: DiffSummary; readonly summary: Summary }> {
  const rolloutAt = timeOf(parsed, ROLLOUT_AT.name);
  const comparison = new Comparison(...tables, rolloutAt === null ? null : new Rollout(rolloutAt));
  const progress = new Progress(io, false);
  const spans = new Spans();
  const options = replayOptions(parsed, io);
  const [one, other] = tables;
  const result = await replayPair(
    { table: one, options },
    { table: other, options },
    inputs,
    io.signal,
    (batch, pairs, input) => {
      comparison.add(batch, pairs, input);
      onNext(batch, pairs.next);
      progress.add(batch.count);
      spans.add(batch, input);
    },
  );
  progress.end();
  tellOfInputs(result.inputs, spans, io);
  const { differences } = comparison;
  const settings = settingsOf(parsed);
  const compared = summariseDiff({
    old: { name: old.name, table: one, tally: result.old },
    next: { name: next.name, table: other, tally: result.next },
    differences,
    policyChanges: policyChanges(one, other, result.old.findings, result.next.findings),
    inputs: result.inputs,
    settings: { ...settings, ...(rolloutAt !== null && { rolloutAt }) },
    interrupted: result.aborted,
  });
  return {
    diff: budget === null ? compared : withBudget(compared, budget, differences.crowdedOut.differing.packets),
    summary: summarise(other, result.next, result.inputs, settings, result.aborted),
  };
}

function exitCode({ interrupted, complete, differs, budget }: DiffSummary): number {
  if (interrupted) return EXIT_INTERRUPTED;
  if (!complete) return EXIT_TROUBLE;
  return (budget === null ? differs : !budget.kept) ? EXIT_FINDINGS : EXIT_FINE;
}
