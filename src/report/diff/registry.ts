import { toJson } from '../escape.ts';
import type { Palette } from '../palette.ts';
import { diffJunit } from './junit.ts';
import { diffMarkdown } from './markdown.ts';
import { diffSarif } from './sarif.ts';
import { diffText } from './text.ts';
import type { DiffSummary } from './words.ts';

/** What an output may know beside the summary. */
export type DiffContext = { readonly palette: Palette; readonly top: number };

export type DiffOutput = {
  /** Half a line of help. */
  readonly about: string;
  readonly write: (summary: DiffSummary, context: DiffContext) => string;
};

/** Every output of a comparison, by the name that `-o` takes. To add one: a file beside this one and a line here. */
export const DIFF_OUTPUTS: ReadonlyMap<string, DiffOutput> = new Map<string, DiffOutput>([
  ['text', { about: 'for people', write: (summary, { palette, top }) => diffText(summary, palette, top) }],
  ['json', { about: 'all of it as one JSON object', write: (summary) => `${toJson(summary, 2)}\n` }],
  [
    'ndjson',
    {
      about: 'one JSON object for each conversation that differs',
      write: ({ conversations }) => conversations.map((one) => `${toJson(one)}\n`).join(''),
    },
  ],
  [
    'md',
    { about: 'Markdown, as a comment on a pull request', write: (summary, { top }) => diffMarkdown(summary, top) },
  ],
  ['junit', { about: 'JUnit XML, a case for each conversation that differs', write: diffJunit }],
  ['sarif', { about: 'SARIF 2.1.0, at the lines of the deciding rules', write: diffSarif }],
]);
