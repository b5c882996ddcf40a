import { readFileSync } from 'node:fs';
import { excerpt, type Texts } from '../explain/excerpt.ts';
import type { Excerpts } from '../report/html/excerpts.ts';
import { formatPosition, type SourcePos } from '../source/position.ts';
import type { MatchTable } from '../table/match-table.ts';
import { STDIN } from './manifests.ts';

/** Lines of a policy or a rule that a page has room for. */
const MOST_LINES = 30;
/** How places in standard input are written. */
const STDIN_NAME = 'stdin';

/** The texts of manifests, read again when they are shown. */
export function manifestTexts(paths: readonly string[]): Texts {
  const read = new Map<string, readonly string[] | null>(paths.includes(STDIN) ? [[STDIN_NAME, null]] : []);
  return (file) => {
    if (!read.has(file)) read.set(file, readLines(file));
    return read.get(file)!;
  };
}

function readLines(file: string): readonly string[] | null {
  try {
    return readFileSync(file, 'utf8')
      .replace(/^\ufeff/, '')
      .split('\n');
  } catch {
    return null; // standard input, or gone since it was read: the place is shown without its lines
  }
}

/** The lines at the places that reports write: of rules and policies of the tables. */
export function excerptsOf(tables: readonly MatchTable[], paths: readonly string[]): Excerpts {
  const texts = manifestTexts(paths);
  const places = new Map<string, SourcePos>();
  for (const { decisions } of tables)
    for (const { at } of [...decisions.policies, ...decisions.rules]) places.set(formatPosition(at), at);
  return (written) => {
    const at = places.get(written);
    return at === undefined ? [] : excerpt(texts, at, MOST_LINES);
  };
}
