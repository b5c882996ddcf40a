import { count } from '../numbers.ts';
import { type Html, html } from './markup.ts';

/** Fills that say by their pattern what they say by their colour. */
export const PATTERNS = html`<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>
<pattern id="p-dropped" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="f-dropped"/><rect width="1.6" height="6" class="f-ground"/></pattern>
<pattern id="p-undetermined" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" class="f-undetermined"/><circle cx="2.5" cy="2.5" r="1" class="f-ground"/></pattern>
</defs></svg>
`;

const FILLS = { forwarded: 'f-forwarded', dropped: 'p-dropped', undetermined: 'p-undetermined' } as const;
export type Verdict = keyof typeof FILLS;

/** Coordinates to a hundredth of a pixel: the same bytes on every machine. */
export const px = (value: number): string => String(Math.round(value * 100) / 100);

export function bar(verdict: Verdict, x: number, y: number, width: number, height: number): Html {
  const place = html`x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"`;
  return verdict === 'forwarded'
    ? html`<rect ${place} class="f-forwarded"/>`
    : html`<rect ${place} fill="url(#${FILLS[verdict]})"/>`;
}

/** What the colours and patterns of a plot are. */
export const legend = (verdicts: readonly Verdict[]): Html =>
  html`<ul class="legend">${verdicts.map(
    (verdict) =>
      html`<li><svg width="14" height="14" aria-hidden="true" focusable="false">${bar(verdict, 0, 0, 14, 14)}</svg> ${verdict}</li>`,
  )}</ul>
`;

/** A few round numbers from 0 to at least `most`. */
export function ticks(most: number, about: number): number[] {
  const rough = Math.max(1, most) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough)!);
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, i) => i * step);
}

/** A number as an axis has it: `12,000`, `1.5M`. */
export function axisText(value: number): string {
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
  ] as const)
    if (value >= size) return `${Math.round((value / size) * 10) / 10}${unit}`;
  return count(value);
}
