import type { SourcePos } from './position.ts';

const LINE_FEED = 10;

/** A text that was read, and where its lines begin: turns an offset into a place to show. */
export type SourceText = {
  readonly file: string;
  readonly text: string;
  /** Offset of the first unit of each line, in UTF-16 units. */
  readonly lineStarts: readonly number[];
};

export function sourceText(file: string, text: string): SourceText {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { file, text, lineStarts };
}

/** The place of an offset. An offset past the end is the end, and the end of a text that ends a line is in that line. */
export function positionAt(source: SourceText, offset: number): SourcePos {
  let at = Math.min(offset, source.text.length);
  if (at > 0 && at === source.text.length && source.text.charCodeAt(at - 1) === LINE_FEED) at--;
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (source.lineStarts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return { file: source.file, line: low + 1, column: at - source.lineStarts[low]! + 1 };
}
