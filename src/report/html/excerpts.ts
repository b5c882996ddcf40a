import type { LineWords } from '../../verdict/explanation.ts';
import { lineOf } from '../places.ts';
import { type Html, html, NOTHING } from './markup.ts';

/** The lines of a manifest at a place (`file:line:column`); none where it cannot be read again. */
export type Excerpts = (at: string) => readonly LineWords[];

/** Indentation and dashes, a key with its colon, the rest. */
const KEY = /^(\s*(?:- +)*)("?[\w./-]+"?:)(\s.*|)$/;

/** The lines of a rule or a policy, under the place where they are written. */
export function excerptOf(at: string, excerpts: Excerpts): Html {
  const lines = excerpts(at);
  const place = html`<figcaption>${lineOf(at)}</figcaption>`;
  if (lines.length === 0) return html`<figure class="yaml">${place}</figure>`;
  const code = lines.map(
    ({ line, text }) => html`<span class="line"><span class="ln">${line}</span>${coloured(text)}</span>`,
  );
  return html`<figure class="yaml">${place}<pre tabindex="0"><code>${code}</code></pre></figure>
`;
}

function coloured(text: string): Html {
  if (text.trimStart().startsWith('#')) return html`<span class="note">${text}</span>`;
  const parts = KEY.exec(text);
  return parts === null ? html`${text}` : html`${parts[1]!}<span class="name">${parts[2]!}</span>${parts[3]!}`;
}

/** The first few places, each once. */
export function excerptsOf(places: readonly string[], excerpts: Excerpts, most: number): Html {
  const shown = [...new Set(places)];
  if (shown.length === 0) return NOTHING;
  const more = shown.length > most ? html`<p class="more">and ${shown.length - most} more places</p>` : NOTHING;
  return html`<div class="excerpts">${shown.slice(0, most).map((at) => excerptOf(at, excerpts))}</div>${more}`;
}
