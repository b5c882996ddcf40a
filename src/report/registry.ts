import type { PacketBatch } from '../packet/batch.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { CsvWriter } from './csv.ts';
import { toJson } from './escape.ts';
import { NdjsonWriter } from './ndjson.ts';
import type { Palette } from './palette.ts';
import { MARKDOWN, textStyle } from './style.ts';
import type { Summary } from './summary.ts';
import { summaryIn, summaryText } from './text.ts';

/** What an output may know when a run begins. */
export type OutputContext = {
  readonly table: MatchTable;
  /** There is more than one input. */
  readonly several: boolean;
  readonly palette: Palette;
  readonly top: number;
};

/**
 * The output of a command line: text as batches of an input (as the user named it) are judged, or null when it has
 * nothing to say of batches; and text at the end of each run, of which `--each` makes several.
 */
export type Report = {
  readonly lines:
    | ((batch: PacketBatch, verdicts: VerdictBatch, input: string, shown: Uint8Array | null) => string)
    | null;
  readonly end: (summary: Summary) => string;
};

export type Output = {
  /** Half a line of help. */
  readonly about: string;
  readonly start: (context: OutputContext) => Report;
};

/** A blank line between the texts of several runs. */
function separated(): (text: string) => string {
  let between = '';
  return (text) => {
    const part = between + text;
    between = '\n';
    return part;
  };
}

const summaries =
  (write: (summary: Summary, context: OutputContext) => string): Output['start'] =>
  (context) => {
    const parts = separated();
    return { lines: null, end: (summary) => parts(write(summary, context)) };
  };

/** Every output of `replay`, by the name that `-o` takes. To add one: a file beside this one and a line here. */
export const OUTPUTS: ReadonlyMap<string, Output> = new Map<string, Output>([
  [
    'text',
    {
      about: 'a summary for people',
      start: summaries((summary, { palette, top }) => summaryText(summary, palette, top)),
    },
  ],
  [
    'wide',
    {
      about: 'the same with all that is known of each line',
      start: summaries((summary, { palette, top }) => summaryIn(summary, textStyle(palette, true), top)),
    },
  ],
  ['md', { about: 'the same as Markdown', start: summaries((summary, { top }) => summaryIn(summary, MARKDOWN, top)) }],
  [
    'ndjson',
    {
      about: 'one JSON object for each packet',
      start: ({ table, several }) => {
        const writer = new NdjsonWriter(table, several);
        return { lines: (...rows) => writer.lines(...rows), end: () => '' };
      },
    },
  ],
  [
    'csv',
    {
      about: 'the same as a table, for spreadsheets',
      start: ({ table }) => {
        const writer = new CsvWriter(table);
        return { lines: (...rows) => writer.lines(...rows), end: () => writer.end() };
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
