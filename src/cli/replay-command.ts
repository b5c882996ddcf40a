import { listInputs } from '../capture/list.ts';
import { type OpenOptions, openTraffic } from '../capture/open.ts';
import type { Traffic } from '../packet/traffic.ts';
import { replay } from '../replay/replay.ts';
import { checkCounts } from '../report/check-counts.ts';
import { plain } from '../report/escape.ts';
import { notesOf } from '../report/notes.ts';
import { count, counted } from '../report/numbers.ts';
import { OUTPUTS } from '../report/registry.ts';
import { type Settings, type Summary, summarise } from '../report/summary.ts';
import { DEFAULT_TOP, summaryText } from '../report/text.ts';
import { CaptureError } from '../source/errors.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { Command } from './command.ts';
import { EXIT_FINDINGS, EXIT_FINE, EXIT_INTERRUPTED, EXIT_TROUBLE, type Io } from './io.ts';
import { compileNamed, FILENAME, KEEP_GOING, MAX_TABLE_BYTES, manifestPaths, STAGED } from './manifests.ts';
import { paletteFor } from './palette.ts';
import type { Parsed } from './parse.ts';
import { Progress } from './progress.ts';
import { openOptions, REPLAY_OPTIONS, replayOptions } from './replay-options.ts';
import { Spans } from './spans.ts';

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
      choices: [...OUTPUTS.keys()],
      default: 'text',
      about: 'format',
    },
    ...REPLAY_OPTIONS,
    { name: 'fail-on-drop', about: 'exit 1 when a packet is dropped' },
    { name: 'fail-on-undetermined', about: 'exit 1 when a packet could not be judged' },
    { name: 'top', value: 'N', atLeast: 1, default: String(DEFAULT_TOP), about: 'lines of each list of the summary' },
    STAGED,
    KEEP_GOING,
    MAX_TABLE_BYTES,
  ],
  operands: { least: 1, most: Number.POSITIVE_INFINITY, called: 'CAPTURE' },
  notes: [
    'A CAPTURE is a capture, a log or a tuple file, compressed with gzip or zstd or not; its content tells which.',
    'A folder stands for the files in it, `-` for standard input.',
    'Several are replayed in the order of their first timestamps, as one stream.',
  ],
  examples: [
    'replay -f k8s/ traffic.pcap',
    'replay -f k8s/ traffic.pcap -o ndjson | jq \'select(.verdict == "dropped")\'',
    'replay -f k8s/ --fail-on-drop traffic.pcap',
  ],
  run: runReplay,
};

async function runReplay(parsed: Parsed, io: Io): Promise<number> {
  manifestPaths(parsed); // what is wrong with the command line is said before anything is read
  const table = await compileNamed(parsed, io);
  if (hasNobodyToJudge(table, io, parsed.has(KEEP_GOING.name))) return EXIT_TROUBLE;
  const inputs = await openAll(parsed.operands, openOptions(parsed, io, table), io);
  if (inputs === null) return EXIT_TROUBLE;
  const top = parsed.number('top')!;
  const report = OUTPUTS.get(parsed.one('output')!)!.start({
    table,
    files: inputs.map((input) => input.file),
    palette: paletteFor(io),
    top,
  });
  const progress = new Progress(io, report.lines !== null);
  const spans = new Spans();
  const result = await replay(table, inputs, replayOptions(parsed, io), async (batch, verdicts, input) => {
    progress.add(batch.count);
    spans.add(batch, input);
    if (report.lines !== null) await io.out(report.lines(batch, verdicts, input));
  });
  progress.end();
  const summary = summarise(table, result.tally, result.inputs, settingsOf(parsed), result.aborted);
  await io.out(report.end(summary));
  if (report.lines !== null) io.err(besideLines(summary, top));
  reportFaults(result.inputs, io);
  const files = result.inputs.map((input) => input.file);
  for (const [one, other] of spans.overlaps())
    io.err(
      `warning: ${plain(files[one]!)} and ${plain(files[other]!)} overlap in time, and were replayed one after the other\n`,
    );
  const wrong = checkCounts(summary);
  if (wrong !== null) throw new Error(wrong);
  return exitCode(parsed, summary);
}

/** Policies without pods judge nothing: all traffic would look forwarded, which is an answer to another question. */
function hasNobodyToJudge({ stats }: MatchTable, io: Io, keepGoing: boolean): boolean {
  if (stats.policies === 0 || stats.endpoints > 0) return false;
  const message = `${counted(stats.policies, 'policy', 'policies')} and no pod among the manifests: every packet would be forwarded, as nobody is policed; add the cluster's pods with \`-f\` (kubectl get pods -A -o json)`;
  io.err(keepGoing ? `warning: ${message}\n` : `error: ${message}; --keep-going goes on without\n`);
  return !keepGoing;
}

/** Opens every input; null when one was refused, and then each refusal has been told. */
async function openAll(paths: readonly string[], options: OpenOptions, io: Io): Promise<Traffic[] | null> {
  const inputs: Traffic[] = [];
  let refused = false;
  for (const path of listInputs(paths)) {
    try {
      inputs.push(await openTraffic(path, options));
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      io.err(`error: ${plain(error.message)}\n`);
      refused = true;
    }
  }
  return refused ? null : inputs;
}

const settingsOf = (parsed: Parsed): Settings => ({
  track: !parsed.has('no-track'),
  midstream: parsed.one('midstream')!,
  maxConnections: parsed.number('max-connections')!,
  unknownWorkload: parsed.one('unknown-workload')!,
});

/** Where lines of packets went to standard output, the totals go beside them; all of the summary after an interrupt. */
function besideLines(summary: Summary, top: number): string {
  if (summary.interrupted) return summaryText(summary, undefined, top);
  const { forwarded, dropped, undetermined } = summary.verdicts;
  const notIp = summary.inputs.reduce((sum, input) => sum + input.notIp, 0);
  const repeated = summary.duplicates.packets;
  const verdicts = `${count(forwarded.packets)} forwarded, ${count(dropped.packets)} dropped, ${count(undetermined.packets)} undetermined`;
  const notes = notesOf(summary).map((note) => `note: ${plain(note)}\n`);
  const beside = [
    notIp > 0 ? `, ${count(notIp)} not IP` : '',
    repeated > 0 ? `, ${count(repeated)} duplicates left out` : '',
  ];
  return `${verdicts}${beside.join('')}\n${notes.join('')}`;
}

function reportFaults(inputs: readonly Traffic[], io: Io): void {
  for (const { fault } of inputs)
    if (fault !== null) io.err(`error: ${plain(fault.message)} (what came before was replayed)\n`);
}

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
