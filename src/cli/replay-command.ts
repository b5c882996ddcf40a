import type { Staged } from '../manifest/staged.ts';
import type { Traffic } from '../packet/traffic.ts';
import { DIFF_OUTPUTS } from '../report/diff/registry.ts';
import { plain } from '../report/escape.ts';
import { notesOf } from '../report/notes.ts';
import { count, counted } from '../report/numbers.ts';
import { OUTPUTS } from '../report/registry.ts';
import type { Filtered, Summary } from '../report/summary.ts';
import { DEFAULT_TOP, summaryText } from '../report/text.ts';
import { ADMISSION_OPTIONS } from './admission-options.ts';
import { Annotations, WRITE_OPTIONS, writes } from './annotate.ts';
import { BUDGET } from './budget.ts';
import type { Command } from './command.ts';
import { ENFORCEMENT_OPTIONS, enforcementOf } from './enforcement-options.ts';
import { FILTER_OPTIONS, filterOf } from './filter-options.ts';
import { hasNobodyToJudge, openAll, tellOfInputs } from './inputs.ts';
import { EXIT_FINDINGS, EXIT_FINE, EXIT_INTERRUPTED, EXIT_TROUBLE, type Io, UsageError } from './io.ts';
import {
  checkStdin,
  compileCluster,
  FILENAME,
  KEEP_GOING,
  loadNamed,
  MAX_TABLE_BYTES,
  manifestPaths,
  STAGED_OR_DIFF,
} from './manifests.ts';
import { paletteFor } from './palette.ts';
import type { Parsed } from './parse.ts';
import { Progress } from './progress.ts';
import { ADMISSION, admissionOf, underAdmission } from './replay-admission.ts';
import { openOptions, REPLAY_OPTIONS, replayOptions, settingsOf } from './replay-options.ts';
import { replayRun, type Tap } from './replay-run.ts';
import { type NamedSide, ROLLOUT_AT, runDiff } from './run-diff.ts';

export const replayCommand: Command = {
  name: 'replay',
  about: 'replay captures and logs: which packets would the policies forward, which drop, by which rule',
  usage: 'replay -f FILE|DIR|- [options] CAPTURE...',
  options: [
    FILENAME,
    {
      name: 'output',
      short: 'o',
      value: 'FORMAT',
      choices: [...new Set([...OUTPUTS.keys(), ...DIFF_OUTPUTS.keys()])],
      default: 'text',
      about: 'format',
    },
    ...REPLAY_OPTIONS,
    ...ENFORCEMENT_OPTIONS,
    { name: 'each', about: 'start afresh for every input: a summary for each, connections of their own' },
    { name: 'fail-on-drop', about: 'exit 1 when a packet is dropped' },
    { name: 'fail-on-undetermined', about: 'exit 1 when a packet could not be judged' },
    { name: 'top', value: 'N', atLeast: 1, default: String(DEFAULT_TOP), about: 'lines of each list of the summary' },
    ...FILTER_OPTIONS,
    ...WRITE_OPTIONS,
    ADMISSION,
    ...ADMISSION_OPTIONS,
    STAGED_OR_DIFF,
    BUDGET,
    ROLLOUT_AT,
    KEEP_GOING,
    MAX_TABLE_BYTES,
  ],
  operands: { least: 1, most: Number.POSITIVE_INFINITY, called: 'CAPTURE' },
  notes: [
    'A CAPTURE is a capture, a log or a tuple file, compressed with gzip or zstd or not; its content tells which.',
    "A folder stands for the files in it, a quoted pattern ('*.pcap') for those it matches, `-` for standard input.",
    'Several are replayed in the order of their first timestamps, as one stream; --each replays each by itself.',
  ],
  examples: [
    'replay -f k8s/ traffic.pcap',
    'replay -f k8s/ traffic.pcap -o ndjson | jq \'select(.verdict == "dropped")\'',
    'replay -f k8s/ --fail-on-drop traffic.pcap',
  ],
  run: runReplay,
};

async function runReplay(parsed: Parsed, io: Io): Promise<number> {
  const paths = manifestPaths(parsed); // what is wrong with the command line is said before anything is read
  enforcementOf(parsed);
  const asked = admissionOf(parsed);
  if (parsed.one(STAGED_OR_DIFF.name) === 'diff') {
    if (asked !== null) throw new UsageError('`--admission` and `--staged diff` do not go together');
    return await runStaged(paths, parsed, io);
  }
  refuseOfDiff(parsed);
  const loaded = await loadNamed(parsed, io, { admission: asked !== null });
  const { cluster, admission } = underAdmission(loaded, asked);
  const table = compileCluster(parsed, cluster);
  if (!admission?.refused.length && hasNobodyToJudge(table, io, parsed.has(KEEP_GOING.name))) return EXIT_TROUBLE;
  const filter = filterOf(parsed, table);
  const options = { ...openOptions(parsed, io, table), whole: writes(parsed) };
  const inputs = await openAll(parsed.operands, options, io);
  if (inputs === null) return EXIT_TROUBLE;
  const top = parsed.number('top')!;
  const report = OUTPUTS.get(parsed.one('output')!)!.start({
    table,
    several: inputs.length > 1,
    palette: paletteFor(io),
    top,
  });
  const { lines } = report;
  const progress = new Progress(io, lines !== null);
  const taps: Tap[] = [(batch) => progress.add(batch.count)];
  if (lines !== null) taps.push((batch, verdicts, input, shown) => io.out(lines(batch, verdicts, input.file, shown)));
  const annotations = new Annotations(parsed, table, inputs);
  taps.push((batch, verdicts) => annotations.add(batch, verdicts));
  const codes: number[] = [];
  try {
    for (const run of parsed.has('each') ? oneByOne(inputs) : [inputs]) {
      const { summary, read, spans } = await replayRun(
        table,
        annotations.of(run),
        replayOptions(parsed, io),
        { ...settingsOf(parsed), ...(admission && { admission }) },
        filter,
        taps,
      );
      progress.end();
      await io.out(report.end(summary));
      if (lines !== null) io.err(besideLines(summary, top));
      tellOfInputs(read, spans, io);
      codes.push(exitCode(parsed, summary));
      if (summary.interrupted) break;
    }
    annotations.commit();
  } finally {
    annotations.discard();
  }
  // In the order of their numbers: an interrupt beats trouble, which beats findings.
  return Math.max(...codes);
}

/** Each input by itself, in the order of their first timestamps. */
const oneByOne = (inputs: readonly Traffic[]): Traffic[][] =>
  inputs
    .map((input) => ({ input, time: input.firstTime ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => (a.time === b.time ? 0 : a.time - b.time))
    .map(({ input }) => [input]);

/** What enforcing the staged policies changes in the traffic. */
function runStaged(paths: readonly string[], parsed: Parsed, io: Io): Promise<number> {
  const refused = ['fail-on-drop', 'fail-on-undetermined'].find((name) => parsed.has(name));
  if (refused !== undefined)
    throw new UsageError(
      `\`--${refused}\` is about one set of policies: \`--staged diff\` exits 1 when verdicts differ`,
    );
  const alone = ['each', ...[...FILTER_OPTIONS, ...WRITE_OPTIONS].map(({ name }) => name)].find((name) =>
    parsed.has(name),
  );
  if (!DIFF_OUTPUTS.has(parsed.one('output')!))
    throw new UsageError(
      `\`-o ${parsed.one('output')}\` and \`--staged diff\` do not go together: expected one of ${[...DIFF_OUTPUTS.keys()].join(', ')}`,
    );
  if (alone !== undefined) throw new UsageError(`\`--${alone}\` and \`--staged diff\` do not go together`);
  checkStdin([...paths, ...parsed.operands, ...parsed.all(BUDGET.name)]);
  const side = (staged: Staged): NamedSide => ({ name: `staged policies ${staged}d`, paths, staged });
  return runDiff(side('ignore'), side('enforce'), parsed, io);
}

/** @throws UsageError for what only a comparison can give */
function refuseOfDiff(parsed: Parsed): void {
  const output = parsed.one('output')!;
  if (!OUTPUTS.has(output)) throw new UsageError(`\`-o ${output}\` shows differences: it needs \`--staged diff\``);
  if (parsed.has(BUDGET.name)) throw new UsageError('`--budget` is about differences: it needs `--staged diff`');
  if (parsed.has(ROLLOUT_AT.name))
    throw new UsageError('`--rollout-at` is about differences: it needs `--staged diff`');
}

/** Where lines of packets went to standard output, the totals go beside them; all of the summary after an interrupt. */
function besideLines(summary: Summary, top: number): string {
  if (summary.interrupted) return summaryText(summary, undefined, top);
  const { forwarded, dropped, undetermined } = summary.verdicts;
  const notIp = summary.inputs.reduce((sum, input) => sum + input.notIp, 0);
  const repeated = summary.duplicates.packets;
  const verdicts = `${count(forwarded.packets)} forwarded, ${count(dropped.packets)} dropped, ${count(undetermined.packets)} undetermined`;
  const notes = notesOf(summary).map((note) => `note: ${plain(note)}\n`);
  const shown = summary.filter === null ? '' : filterLine(summary.filter, summary);
  const beside = [
    notIp > 0 ? `, ${count(notIp)} not IP` : '',
    repeated > 0 ? `, ${count(repeated)} duplicates left out` : '',
  ];
  return `${verdicts}${beside.join('')}\n${shown}${notes.join('')}`;
}

const filterLine = ({ conditions, total: shown }: Filtered, { total }: Summary): string =>
  `filter: ${plain(conditions.join(', '))}: ${count(shown.packets)} of ${counted(total.packets, 'packet')} shown\n`;

/** Packets that no policy dropped: a Service that leads nowhere, a client that its load balancer refuses. */
const beyondPolicy = (reasons: Summary['reasons']): number =>
  reasons
    .filter(({ reason }) => reason === 'no-backend' || reason === 'lb-source-range')
    .reduce((sum, { packets }) => sum + packets, 0);

function exitCode(parsed: Parsed, { interrupted, complete, verdicts, reasons }: Summary): number {
  if (interrupted) return EXIT_INTERRUPTED;
  if (!complete) return EXIT_TROUBLE;
  const drops = parsed.has('fail-on-drop') && verdicts.dropped.packets > beyondPolicy(reasons);
  const doubts = parsed.has('fail-on-undetermined') && verdicts.undetermined.packets > 0;
  return drops || doubts ? EXIT_FINDINGS : EXIT_FINE;
}
