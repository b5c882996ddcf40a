import type { PacketBatch } from '../packet/batch.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { toJson } from './escape.ts';
import { NdjsonWriter } from './ndjson.ts';
import type { Palette } from './palette.ts';
import type { Summary } from './summary.ts';
import { summaryText } from './text.ts';

/** What an output may know when a run begins. */
export type OutputContext = {
  readonly table: MatchTable;
  /** The inputs as the user named them, by their place in the run. */
  readonly files: readonly string[];
  readonly palette: Palette;
  readonly top: number;
};

/** One run's output: text as batches are judged, or null when it has nothing to say of batches; and text at the end. */
export type Report = {
  readonly lines: ((batch: PacketBatch, verdicts: VerdictBatch, input: number) => string) | null;
  readonly end: (summary: Summary) => string;
};

export type Output = {
  /** Half a line of help. */
  readonly about: string;
  readonly start: (context: OutputContext) => Report;
};

/** Every output of `replay`, by the name that `-o` takes. To add one: a file beside this one and a line here. */
export const OUTPUTS: ReadonlyMap<string, Output> = new Map<string, Output>([
  [
    'text',
    {
      about: 'a summary for people',
      start: ({ palette, top }) => ({ lines: null, end: (summary) => summaryText(summary, palette, top) }),
    },
  ],
  [
    'ndjson',
    {
      about: 'one JSON object for each packet',
      start: ({ table, files }) => {
        const writer = new NdjsonWriter(table, files);
        return { lines: (batch, verdicts, input) => writer.lines(batch, verdicts, input), end: () => '' };
      },
    },
  ],
  [
    'json',
    {
      about: 'the summary as one JSON object',
      start: () => ({ lines: null, end: (summary) => `${toJson(summary, 2)}\n` }),
    },
  ],
]);
