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
  readonly lines: ((batch: PacketBatch, verdicts: VerdictBatch, input: string) => string) | null;
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

/** Every output of `replay`, by the name that `-o` takes. To add one: a file beside this one and a line here. */
export const OUTPUTS: ReadonlyMap<string, Output> = new Map<string, Output>([
  [
    'text',
    {
      about: 'a summary for people',
      start: ({ palette, top }) => {
        const parts = separated();
        return { lines: null, end: (summary) => parts(summaryText(summary, palette, top)) };
      },
    },
  ],
  [
    'ndjson',
    {
      about: 'one JSON object for each packet',
      start: ({ table, several }) => {
        const writer = new NdjsonWriter(table, several);
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
