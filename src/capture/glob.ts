import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One place of a pattern: any run of characters, any one, or one of some. */
type Token = typeof STAR | typeof ANY | ((char: string) => boolean);
const STAR = '*';
const ANY = '?';

/** Whether a path has what a shell would expand: a quoted pattern reaches the command as it was written. */
export const isPattern = (path: string): boolean => /[*?[]/.test(path);

/**
 * The regular files that a pattern names, in the order of their names: `*` stands for any characters of one name, `?`
 * for one, `[a-z]` and `[!a-z]` for one of some. Hidden files are meant only by a pattern that begins with a dot.
 */
export function filesOfPattern(pattern: string): string[] {
  const parts = pattern.split('/');
  const isAbsolute = parts[0] === '';
  let paths = [isAbsolute ? '/' : ''];
  for (const part of parts.filter((one) => one !== '')) paths = paths.flatMap((path) => below(path, part));
  return paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);
}

/** What one part of a pattern names in a folder. */
function below(folder: string, part: string): string[] {
  if (!isPattern(part)) return [join(folder, part)];
  const tokens = tokensOf(part);
  return namesIn(folder === '' ? '.' : folder)
    .filter((name) => (!name.startsWith('.') || part.startsWith('.')) && matches(tokens, [...name]))
    .sort()
    .map((name) => join(folder, name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function tokensOf(part: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < part.length; at++) {
    const char = part[at]!;
    const close = char === '[' ? part.indexOf(']', at + 2) : -1;
    if (char === STAR || char === ANY) tokens.push(char);
    else if (close > 0) {
      tokens.push(oneOf(part.slice(at + 1, close)));
      at = close;
    } else tokens.push((other) => other === char);
  }
  return tokens;
}

/** `a-z0-9`, or `!a-z` for what is none of them. */
function oneOf(text: string): (char: string) => boolean {
  const not = text[0] === '!' || text[0] === '^';
  const chars = not ? text.slice(1) : text;
  const ranges: [string, string][] = [];
  for (let at = 0; at < chars.length; at++) {
    const isRange = chars[at + 1] === '-' && at + 2 < chars.length;
    ranges.push([chars[at]!, chars[isRange ? at + 2 : at]!]);
    if (isRange) at += 2;
  }
  return (char) => ranges.some(([first, last]) => first <= char && char <= last) !== not;
}

/** Goes back to the last star alone, so that no pattern takes longer than its length times the name's. */
function matches(tokens: readonly Token[], name: readonly string[]): boolean {
  let token = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    const wanted = tokens[token];
    if (wanted === STAR) {
      star = token++;
      starAt = at;
    } else if (wanted === ANY || (typeof wanted === 'function' && wanted(name[at]!))) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (tokens[token] === STAR) token++;
  return token === tokens.length;
}
