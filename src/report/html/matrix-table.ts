import { DROPPED, FORWARDED, UNDETERMINED } from '../../verdict/reasons.ts';
import { count, counted } from '../numbers.ts';
import { type Html, html } from './markup.ts';
import type { MatrixWords, Packets } from './matrix.ts';

/** Shades of a verdict's colour, by powers of the busiest cell. */
const SHADES = 4;

/** Who talks to whom: a line for each that opened connections, a column for each that was asked. */
export function matrixTable({ level, names, cells }: MatrixWords): Html {
  if (names.length === 0) return html`<p>Nobody talked to anybody.</p>`;
  const rows = names.map((_, i) => i).filter((i) => cells[i]!.some((cell) => cell !== null));
  const columns = names.map((_, i) => i).filter((i) => cells.some((row) => row[i] !== null));
  const most = Math.max(...cells.flat().map((cell) => (cell === null ? 0 : sum(cell))));
  const caption = `Packets from each ${level} (lines) to each (columns)`;
  return html`<p class="aside">Lines are who opened, columns whom they asked; answers count with what they answer. <span class="key k-forwarded">12</span> forwarded, <span class="key k-dropped">✕ 12</span> dropped, <span class="key k-undetermined">? 12</span> undetermined${level === 'namespace' ? '; workloads are too many to show, so these are namespaces' : ''}.</p>
<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="matrix">
<caption class="quiet">${caption}</caption>
<thead><tr><td class="corner"><span>to</span><span>from</span></td>${columns.map((i) => html`<th scope="col"><span>${names[i]!}</span></th>`)}</tr></thead>
<tbody>
${rows.map(
  (
    i,
  ) => html`<tr><th scope="row">${names[i]!}</th>${columns.map((j) => matrixCell(names[i]!, names[j]!, cells[i]![j]!, most))}</tr>
`,
)}</tbody>
</table></div>
`;
}

const sum = (packets: Packets): number => packets.reduce((all, value) => all + value, 0);

function matrixCell(from: string, to: string, packets: Packets | null, most: number): Html {
  if (packets === null) return html`<td class="none"></td>`;
  const parts = [
    [FORWARDED, 'forwarded', ''],
    [DROPPED, 'dropped', '✕ '],
    [UNDETERMINED, 'undetermined', '? '],
  ] as const;
  const told = parts.filter(([verdict]) => packets[verdict]! > 0);
  const title = `${from} to ${to}: ${told.map(([verdict, word]) => `${counted(packets[verdict]!, 'packet')} ${word}`).join(', ')}`;
  return html`<td title="${title}">${told.map(
    ([verdict, word, sign]) =>
      html`<span class="m-${word} s${shade(packets[verdict]!, most)}">${sign}${count(packets[verdict]!)}</span>`,
  )}</td>`;
}

/** 1 to SHADES: logarithmic, as traffic is. */
const shade = (packets: number, most: number): number =>
  most <= 1 ? SHADES : Math.min(SHADES, 1 + Math.floor((Math.log(packets) / Math.log(most)) * (SHADES - 0.01)));
