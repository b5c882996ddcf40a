import { count } from '../numbers.ts';
import { type Html, html, NOTHING, type Part } from './markup.ts';

/** A heading; `right` where numbers stand under it. */
export type Column = { readonly title: string; readonly right?: boolean };
/** What stands in a cell; a bare number is written with its thousands apart. */
export type CellOf = Part;

export const number = (title: string): Column => ({ title, right: true });
export const text = (title: string): Column => ({ title });

export type TableOf = {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly CellOf[])[];
  /** Rows of a sum, which stay at the end. */
  readonly foot?: readonly (readonly CellOf[])[];
  /** How many rows were left out. */
  readonly more?: number;
  /** Whether the caption is for those alone who cannot see what stands above the table. */
  readonly quiet?: boolean;
  /** Whether its rows are looked through by the filter, and can be sorted. */
  readonly fixed?: boolean;
};

/** A table that scrolls by itself where the page is narrow. */
export function table({ caption, columns, rows, foot = [], more = 0, quiet = true, fixed = false }: TableOf): Html {
  const heads = columns.map(({ title, right }) => html`<th scope="col"${right ? NUM : NOTHING}>${title}</th>`);
  const line = (cells: readonly CellOf[]): Html =>
    html`<tr>${cells.map((cell, i) => {
      const written = typeof cell === 'number' ? count(cell) : cell;
      const mark = columns[i]!.right ? NUM : NOTHING;
      return i === 0 ? html`<th scope="row"${mark}>${written}</th>` : html`<td${mark}>${written}</td>`;
    })}</tr>
`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table${fixed ? NOTHING : LIST}>
<caption${quiet ? QUIET : NOTHING}>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${rows.map(line)}</tbody>${
    foot.length === 0
      ? NOTHING
      : html`
<tfoot>${foot.map(line)}</tfoot>`
  }
</table></div>${
    more === 0
      ? NOTHING
      : html`
<p class="more">and ${count(more)} more: <code>--top</code> shows more</p>`
  }
`;
}

const NUM = html` class="num"`;
const QUIET = html` class="quiet"`;
const LIST = html` class="list"`;

/** A verdict in its colour, and in a word. */
export const verdictWord = (verdict: 'forwarded' | 'dropped' | 'undetermined'): Html =>
  html`<span class="word ${verdict}">${verdict}</span>`;
