import { listInputs } from '../capture/list.ts';
import { isTurned } from '../replay/opener.ts';
import { WorkloadMatrix } from '../report/html/matrix.ts';
import { DEFAULT_PAGE_TOP, type PageOf, page } from '../report/html/page.ts';
import { TimeLine } from '../report/html/time-line.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { Command, Option } from './command.ts';
import { NEW, OLD, sideOf } from './diff-command.ts';
import { ENFORCEMENT_OPTIONS } from './enforcement-options.ts';
import { hasNobodyToJudge, openAll, tellOfInputs } from './inputs.ts';
import { EXIT_FINE, EXIT_INTERRUPTED, EXIT_TROUBLE, type Io, UsageError } from './io.ts';
import { excerptsOf } from './manifest-texts.ts';
import {
  checkStdin,
  compileNamed,
  compileTwo,
  FILENAME,
  KEEP_GOING,
  MAX_TABLE_BYTES,
  manifestPaths,
  STAGED,
  staged,
} from './manifests.ts';
import { OutputFile } from './output-file.ts';
import type { Parsed } from './parse.ts';
import { Progress } from './progress.ts';
import { openOptions, REPLAY_OPTIONS, replayOptions, settingsOf } from './replay-options.ts';
import { replayRun, type Tap } from './replay-run.ts';
import { compareOn, type NamedSide } from './run-diff.ts';
import { version } from './version.ts';

const HTML: Option = { name: 'html', value: 'FILE', about: 'the page to write; replaced once it is whole' };

export const reportCommand: Command = {
  name: 'report',
  about: 'replay captures and logs into one HTML page: verdicts, time line, who talks to whom, drops with their rules',
  usage: 'report -f FILE|DIR|- [--old DIR --new DIR] --html FILE [options] CAPTURE...',
  options: [
    FILENAME,
    HTML,
    { ...OLD, about: 'manifests as they are: the page shows what --new would change' },
    NEW,
    ...ENFORCEMENT_OPTIONS,
    ...REPLAY_OPTIONS,
    { name: 'top', value: 'N', atLeast: 1, default: String(DEFAULT_PAGE_TOP), about: 'lines of each list' },
    STAGED,
    KEEP_GOING,
    MAX_TABLE_BYTES,
  ],
  operands: { least: 1, most: Number.POSITIVE_INFINITY, called: 'CAPTURE' },
  notes: [
    'The page needs nothing else: it loads nothing and sends nothing. With --old and --new it is of the new policies.',
    'Exit code 0 when it is written; 2 when an input was not read to its end, and then the page says so.',
  ],
  examples: [
    'report -f k8s/ --html report.html traffic.pcap',
    'report -f cluster.json --old main/policies --new policies --html report.html traffic.pcap',
  ],
  run: runReport,
};

/** What a run leaves for the page. */
type Seen = Pick<PageOf, 'summary' | 'table' | 'diff' | 'timeLine' | 'matrix'> & { readonly tables: MatchTable[] };

async function runReport(parsed: Parsed, io: Io): Promise<number> {
  const name = parsed.one(HTML.name);
  if (name === undefined) throw new UsageError('no page to write: name it with `--html FILE`');
  const isPair = parsed.has(OLD.name) || parsed.has(NEW.name);
  const sides = isPair ? ([OLD, NEW].map((option) => sideOf(parsed, option)) as [string[], string[]]) : null;
  const common = sides === null ? manifestPaths(parsed) : parsed.all(FILENAME.name);
  const manifests = [...common, ...(sides ?? []).flat()];
  checkStdin([...manifests, ...parsed.operands]);
  // What stops the page from being written is told before the traffic is read.
  const file = new OutputFile(name, [...manifests, ...parsed.operands, ...listInputs(parsed.operands)]);
  try {
    const seen = sides === null ? await runOne(parsed, io) : await runPair(common, sides, parsed, io);
    if (seen === null) return EXIT_TROUBLE;
    const { tables, ...run } = seen;
    const excerpts = excerptsOf(tables, manifests);
    const text = page({ ...run, excerpts, top: parsed.number('top')!, version: version() });
    file.write(new TextEncoder().encode(text));
    file.commit();
    if (seen.summary.interrupted) return EXIT_INTERRUPTED;
    return seen.summary.complete ? EXIT_FINE : EXIT_TROUBLE;
  } finally {
    file.discard();
  }
}

/** One set of policies. Null when nothing can be judged; what is wrong has been told. */
async function runOne(parsed: Parsed, io: Io): Promise<Seen | null> {
  const table = await compileNamed(parsed, io);
  if (hasNobodyToJudge(table, io, parsed.has(KEEP_GOING.name))) return null;
  const inputs = await openAll(parsed.operands, openOptions(parsed, io, table), io);
  if (inputs === null) return null;
  const timeLine = new TimeLine();
  const matrix = new WorkloadMatrix(table, isTurned);
  const progress = new Progress(io, false);
  const see: Tap = (batch, verdicts) => {
    timeLine.add(batch, verdicts);
    matrix.add(batch, verdicts);
    progress.add(batch.count);
  };
  const { summary, read, spans } = await replayRun(table, inputs, replayOptions(parsed, io), settingsOf(parsed), null, [
    see,
  ]);
  progress.end();
  tellOfInputs(read, spans, io);
  return { summary, table, tables: [table], diff: null, timeLine: timeLine.words(), matrix: matrix.words() };
}

/** Two sets: the page is of the second, and of what it changes. */
async function runPair(
  common: readonly string[],
  [old, next]: readonly [string[], string[]],
  parsed: Parsed,
  io: Io,
): Promise<Seen | null> {
  const side = (own: readonly string[]): NamedSide => ({
    name: own.join(', '),
    paths: [...common, ...own],
    staged: staged(parsed),
  });
  const [before, after] = [side(old), side(next)];
  const tables = await compileTwo([before, after], parsed, io);
  if (tables.some((table) => hasNobodyToJudge(table, io, parsed.has(KEEP_GOING.name)))) return null;
  const table = tables[1];
  const inputs = await openAll(parsed.operands, openOptions(parsed, io, table), io);
  if (inputs === null) return null;
  const timeLine = new TimeLine();
  const matrix = new WorkloadMatrix(table, isTurned);
  const question = { old: before, next: after, tables, budget: null };
  const { diff, summary } = await compareOn(inputs, question, parsed, io, (batch, verdicts) => {
    timeLine.add(batch, verdicts);
    matrix.add(batch, verdicts);
  });
  return { summary, table, tables, diff, timeLine: timeLine.words(), matrix: matrix.words() };
}
