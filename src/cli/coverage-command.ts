import { proveRules } from '../reach/rules.ts';
import { UsageCount } from '../reach/usage.ts';
import { replay } from '../replay/replay.ts';
import { summariseCoverage } from '../report/coverage/summary.ts';
import { coverageAnswer, coverageJson, coverageText } from '../report/coverage/text.ts';
import { plain } from '../report/escape.ts';
import type { Command } from './command.ts';
import { ENFORCEMENT_OPTIONS } from './enforcement-options.ts';
import { hasNobodyToJudge, openAll, tellOfInputs, warnOfHosts } from './inputs.ts';
import { EXIT_FINE, EXIT_INTERRUPTED, EXIT_TROUBLE, type Io } from './io.ts';
import { compileNamed, FILENAME, KEEP_GOING, MAX_TABLE_BYTES, manifestPaths, STAGED } from './manifests.ts';
import { paletteFor } from './palette.ts';
import type { Parsed } from './parse.ts';
import { Progress } from './progress.ts';
import { openOptions, REPLAY_OPTIONS, replayOptions, settingsOf } from './replay-options.ts';
import { Spans } from './spans.ts';

/** Rules of a usual repository; the others are named by their number. */
const TOP = 50;

export const coverageCommand: Command = {
  name: 'coverage',
  about: 'which rules the traffic tried, which are shadowed or redundant, and what the traffic never showed',
  usage: 'coverage -f FILE|DIR|- [options] CAPTURE...',
  options: [
    FILENAME,
    { name: 'output', short: 'o', value: 'FORMAT', choices: ['text', 'json'], default: 'text', about: 'format' },
    ...REPLAY_OPTIONS,
    { name: 'top', value: 'N', atLeast: 1, default: String(TOP), about: 'lines of each list of text; JSON has all' },
    ...ENFORCEMENT_OPTIONS,
    STAGED,
    KEEP_GOING,
    MAX_TABLE_BYTES,
  ],
  operands: { least: 1, most: Number.POSITIVE_INFINITY, called: 'CAPTURE' },
  examples: ['coverage -f k8s/ traffic.pcap', 'coverage -f k8s/ monday.pcap tuesday.pcap -o json'],
  run: runCoverage,
};

async function runCoverage(parsed: Parsed, io: Io): Promise<number> {
  manifestPaths(parsed); // what is wrong with the command line is said before anything is read
  const table = await compileNamed(parsed, io);
  warnOfHosts([table], io);
  if (hasNobodyToJudge(table, io, parsed.has(KEEP_GOING.name))) return EXIT_TROUBLE;
  const inputs = await openAll(parsed.operands, openOptions(parsed, io, table), io);
  if (inputs === null) return EXIT_TROUBLE;
  const usage = new UsageCount(table);
  const progress = new Progress(io, false);
  const spans = new Spans();
  const result = await replay(table, inputs, replayOptions(parsed, io), (batch, verdicts, input) => {
    usage.add(batch, verdicts);
    progress.add(batch.count);
    spans.add(batch, input);
  });
  progress.end();
  const coverage = summariseCoverage({
    table,
    proofs: proveRules(table),
    tally: result.tally,
    usage,
    inputs: result.inputs,
    settings: settingsOf(parsed),
    interrupted: result.aborted,
  });
  const isJson = parsed.one('output') === 'json';
  await io.out(isJson ? coverageJson(coverage) : coverageText(coverage, paletteFor(io), parsed.number('top')!));
  if (isJson) io.err(`${plain(coverageAnswer(coverage))}\n`);
  tellOfInputs(result.inputs, spans, io);
  if (coverage.interrupted) return EXIT_INTERRUPTED;
  return coverage.complete ? EXIT_FINE : EXIT_TROUBLE;
}
