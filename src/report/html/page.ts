import { createHash } from 'node:crypto';
import type { MatchTable } from '../../table/match-table.ts';
import type { DiffSummary } from '../diff/words.ts';
import { notesOf } from '../notes.ts';
import { count, counted, utc } from '../numbers.ts';
import type { Summary } from '../summary.ts';
import { drops, undetermined } from './conversations.ts';
import { differences } from './differences.ts';
import type { Excerpts } from './excerpts.ts';
import { Html, html, NOTHING } from './markup.ts';
import type { MatrixWords } from './matrix.ts';
import { matrixTable } from './matrix-table.ts';
import { PATTERNS } from './plot.ts';
import { rules } from './rules.ts';
import { run } from './run.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';
import type { TimeLineWords } from './time-line.ts';
import { timePlot } from './time-plot.ts';
import { reasons, totals } from './totals.ts';

/** Lines of each list, unless `--top` says another number. */
export const DEFAULT_PAGE_TOP = 100;

export type PageOf = {
  readonly summary: Summary;
  /** The table that the summary is of. */
  readonly table: MatchTable;
  /** What changes from other policies to these; null when one set was replayed. */
  readonly diff: DiffSummary | null;
  readonly timeLine: TimeLineWords;
  readonly matrix: MatrixWords;
  readonly excerpts: Excerpts;
  readonly top: number;
  readonly version: string;
};

type Section = { readonly id: string; readonly title: string; readonly body: Html };

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
/** Nothing is loaded, sent or run but what stands in the page and is ours. */
const POLICY = `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; base-uri 'none'; form-action 'none'`;

/** A run as one page that needs nothing else: the same bytes for the same run. It reads without its script, too. */
export function page(of: PageOf): string {
  const sections = sectionsOf(of);
  const title = titleOf(of);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="netpol-replay ${of.version}">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
${PATTERNS}<header>
<p class="kind">Network policy replay</p>
<h1>${title}</h1>
<p class="aside">${subtitleOf(of)}</p>
</header>
<nav aria-label="Sections"><ul>${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul><div id="tools"></div></nav>
<main id="main" tabindex="-1">
${warnings(of)}${sections.map(
  ({
    id,
    title: name,
    body,
  }) => html`<section id="${id}" aria-labelledby="${id}-h"><h2 id="${id}-h" tabindex="-1">${name}</h2>
${body}</section>
`,
)}</main>
<footer><p>Made by netpol-replay ${of.version}. Everything is in this file: nothing is loaded, nothing is sent.</p></footer>
<script>${new Html(SCRIPT)}</script>
</body>
</html>
`.text;
}

function sectionsOf({ summary, table, diff, timeLine, matrix, excerpts, top }: PageOf): Section[] {
  const sections = [
    { id: 'verdicts', title: 'Verdicts', body: totals(summary) },
    diff === null ? null : { id: 'differences', title: 'Differences', body: differences(diff, excerpts, top) },
    { id: 'time', title: 'Time line', body: timePlot(timeLine) },
    { id: 'matrix', title: 'Who talks to whom', body: matrixTable(matrix) },
    { id: 'drops', title: 'Drops', body: drops(summary, excerpts, top) },
    summary.undetermined.length === 0
      ? null
      : { id: 'undetermined', title: 'Not judged', body: undetermined(summary, top) },
    { id: 'rules', title: 'Rules', body: rules(table, summary, top) },
    { id: 'reasons', title: 'Reasons', body: reasons(summary) },
    { id: 'run', title: 'This run', body: html`${run(summary)}${noteList(summary)}` },
  ];
  return sections.filter((section) => section !== null);
}

/** The answer, before any number needs a table. */
function titleOf({ summary: { verdicts, total } }: PageOf): string {
  const { dropped, undetermined: doubts } = verdicts;
  if (total.packets === 0) return 'Nothing was judged';
  const doubt = doubts.packets === 0 ? '' : `, ${count(doubts.packets)} cannot be told`;
  if (dropped.packets === 0) return `None of ${counted(total.packets, 'packet')} would be dropped${doubt}`;
  return `${count(dropped.packets)} of ${counted(total.packets, 'packet')} would be dropped${doubt}`;
}

function subtitleOf({ summary, diff }: PageOf): Html {
  const { time, inputs } = summary;
  const span = time.first === null || time.last === null ? '' : `, ${utc(time.first)} to ${utc(time.last)}`;
  const by = diff === null ? NOTHING : html` by the new policies, <code>${diff.new.name}</code>`;
  const files = inputs.slice(0, 3).map(({ file }, i) => html`${i === 0 ? '' : ', '}<code>${file}</code>`);
  const more = inputs.length > 3 ? ` and ${counted(inputs.length - 3, 'more input')}` : '';
  return html`${files}${more}${by}${span}`;
}

/** What makes the numbers less than they look. */
function warnings({ summary }: PageOf): Html {
  if (summary.complete) return NOTHING;
  const why = summary.interrupted
    ? 'The run was interrupted: the numbers cover what was read so far.'
    : 'An input was not read to its end: the numbers cover what came before. See This run.';
  return html`<p class="warning" role="note"><strong>Not complete.</strong> ${why}</p>
`;
}

function noteList(summary: Summary): Html {
  const notes = notesOf(summary);
  return notes.length === 0
    ? NOTHING
    : html`<h3>Notes</h3>
<ul class="notes">${notes.map(
        (note) => html`<li>${note}</li>
`,
      )}</ul>
`;
}
