import { xml } from '../escape.ts';

/** Markup that was made by `html`, or is the program's own: the only thing that goes into a page as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Html | string | number | null | readonly Part[];

/**
 * A piece of a page. What is put into it is text unless it is markup itself: names of inputs cannot become elements,
 * attributes or scripts, and what would reorder or break a line is shown as an escape.
 */
export const html = (fixed: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(fixed.map((text, i) => (i === 0 ? text : markup(parts[i - 1]!) + text)).join(''));

export const NOTHING = new Html('');

function markup(part: Part): string {
  if (part === null) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'string') return xml(part);
  return typeof part === 'number' ? String(part) : part.map(markup).join('');
}
