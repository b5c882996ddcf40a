import type { SourcePos } from '../source/position.ts';
import type { LineWords } from '../verdict/explanation.ts';

/** Source: YAML 1.2.2, section 9.1.2. */
const DOCUMENT_END = /^(---|\.\.\.)(\s|$)/;

/** Gives the lines of a file of manifests; null when it cannot be read again (standard input). */
export type Texts = (file: string) => readonly string[] | null;

/** Lines of a rule that are shown unless a caller has room for more, and characters of each. */
const MOST_LINES = 14;
const MOST_CHARACTERS = 160;

/**
 * The lines of the mapping that begins at a place: in block style all that is indented at least as far, in flow style
 * (JSON too) up to the bracket that closes it.
 */
export function excerpt(texts: Texts, at: SourcePos, most: number = MOST_LINES): LineWords[] {
  const lines = texts(at.file) ?? [];
  const first = lines[at.line - 1];
  if (first === undefined) return [];
  const end = first[at.column - 1] === '{' ? endOfFlow(lines, at, most) : endOfBlock(lines, at, most);
  return lines.slice(at.line - 1, end).map((text, i) => ({ line: at.line + i, text: cut(text) }));
}

/** The line behind the block, from 0. */
function endOfBlock(lines: readonly string[], { line, column }: SourcePos, most: number): number {
  let end = line;
  for (let i = line; i < Math.min(lines.length, line + most - 1); i++) {
    const text = lines[i]!;
    if (text.trim() === '') continue;
    if (text.length - text.trimStart().length < column - 1 || DOCUMENT_END.test(text)) break;
    end = i + 1;
  }
  return end;
}

function endOfFlow(lines: readonly string[], { line, column }: SourcePos, most: number): number {
  let depth = 0;
  for (let i = line - 1; i < Math.min(lines.length, line - 1 + most); i++) {
    const text = i === line - 1 ? lines[i]!.slice(column - 1) : lines[i]!;
    for (const [c] of text.matchAll(/[{}]/g)) {
      depth += c === '{' ? 1 : -1;
      if (depth === 0) return i + 1;
    }
  }
  return Math.min(lines.length, line - 1 + most);
}

const cut = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text.trimEnd();
