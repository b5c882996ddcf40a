import { EvidenceTally } from '../compare/evidence.ts';
import { RecordedTally } from '../compare/recorded.ts';
import { toJson } from '../report/escape.ts';
import { evidenceText } from '../report/evidence.ts';
import { comparedText } from '../report/recorded.ts';
import { textStyle } from '../report/style.ts';
import type { Summary } from '../report/summary.ts';
import type { Agreement } from '../verdict/agreement.ts';
import type { Evidence } from '../verdict/evidence.ts';
import type { Option } from './command.ts';
import { enforcementOf } from './enforcement-options.ts';
import { hasNobodyToJudge, openAll, tellOfInputs } from './inputs.ts';
import { EXIT_FINDINGS, EXIT_FINE, EXIT_INTERRUPTED, EXIT_TROUBLE, type Io } from './io.ts';
import { compileNamed, KEEP_GOING } from './manifests.ts';
import { paletteFor } from './palette.ts';
import type { Parsed } from './parse.ts';
import { Progress } from './progress.ts';
import { openOptions, replayOptions, settingsOf } from './replay-options.ts';
import { replayRun, type Tap } from './replay-run.ts';

export const MAX_DISAGREEMENTS_OPTION: Option = {
  name: 'max-disagreements',
  value: 'N',
  atLeast: 0,
  about: 'recorded verdicts that may differ before the exit code is 1; without it none',
};

/** `compare` with what the inputs themselves recorded: how replay's verdicts stand to those, and what packets show. */
export async function runRecorded(parsed: Parsed, io: Io): Promise<number> {
  enforcementOf(parsed);
  const table = await compileNamed(parsed, io);
  if (hasNobodyToJudge(table, io, parsed.has(KEEP_GOING.name))) return EXIT_TROUBLE;
  const inputs = await openAll(parsed.operands, openOptions(parsed, io, table), io);
  if (inputs === null) return EXIT_TROUBLE;
  const isLines = parsed.one('output') === 'ndjson';
  let lines = '';
  const recorded = new RecordedTally(
    table,
    isLines
      ? (one) => {
          lines += `${toJson(one)}\n`;
        }
      : null,
  );
  const evidence = new EvidenceTally(table);
  const progress = new Progress(io, isLines);
  const taps: Tap[] = [
    (batch, verdicts, input) => evidence.add(batch, verdicts, input.file),
    async (batch) => {
      progress.add(batch.count);
      if (lines === '') return;
      await io.out(lines);
      lines = '';
    },
  ];
  const options = replayOptions(parsed, io);
  const { summary, read, spans } = await replayRun(table, inputs, options, settingsOf(parsed), null, taps, recorded);
  progress.end();
  const shown = evidence.end();
  tellOfInputs(read, spans, io);
  await io.out(written(summary, shown, parsed, io));
  if (summary.interrupted) return EXIT_INTERRUPTED;
  if (!summary.complete) return EXIT_TROUBLE;
  if (summary.recorded === null && shown === null) {
    io.err('error: no record of the inputs holds a verdict, and no TCP connection opens in them: nothing to compare\n');
    return EXIT_TROUBLE;
  }
  const most = parsed.number(MAX_DISAGREEMENTS_OPTION.name) ?? 0;
  return (summary.recorded?.differ ?? 0) > most ? EXIT_FINDINGS : EXIT_FINE;
}

function written(summary: Summary, evidence: Evidence | null, parsed: Parsed, io: Io): string {
  const { recorded } = summary;
  if (parsed.one('output') === 'json') return `${toJson(comparisonOf(summary, recorded, evidence), 2)}\n`;
  if (parsed.one('output') === 'ndjson') return '';
  const style = textStyle(paletteFor(io));
  const sections = [
    recorded === null
      ? style.line('Recorded verdicts: the inputs hold none')
      : comparedText(recorded, style, parsed.number('top')!),
    evidenceText(evidence, style),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

/** What `-o json` prints. */
const comparisonOf = (
  { complete, interrupted, enforcement, inputs, time }: Summary,
  recorded: Agreement | null,
  evidence: Evidence | null,
) => ({
  apiVersion: 'netpol-replay/v1',
  kind: 'RecordedComparison',
  complete,
  interrupted,
  enforcement,
  inputs,
  time,
  recorded,
  evidence,
});
