/**
 * The words of Calico's selector language, read left to right once: no step looks back, so the time is linear in the
 * length of the text. Strings stand in single or double quotes and know no escapes; space and tab separate words, and
 * nothing else does: a newline is an error. Source: libcalico-go/lib/selector/tokenizer/tokenizer.go.
 */
export type Token = {
  readonly kind:
    | '('
    | ')'
    | '{'
    | '}'
    | ','
    | '=='
    | '!='
    | '!'
    | '&&'
    | '||'
    | 'contains'
    | 'starts with'
    | 'ends with'
    | 'in'
    | 'not in'
    | 'has'
    | 'all'
    | 'global'
    | 'label'
    | 'string'
    | 'end';
  /** The label of `label` and `has`, the text of `string`; else empty. */
  readonly text: string;
  /** Where it begins in the selector, in UTF-16 units from 0. */
  readonly at: number;
};

/** What is wrong with a selector, and where in its text. */
export class SelectorFault extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** The longest label name that a selector may use. Source: tokenizer.go, MaxLabelLength. */
export const MAX_LABEL = 512;

const SINGLE: ReadonlySet<string> = new Set(['(', ')', '{', '}', ',']);
/** What begins with the first character and needs a second: by its first. */
const DOUBLE: ReadonlyMap<string, '==' | '&&' | '||'> = new Map([
  ['=', '=='],
  ['&', '&&'],
  ['|', '||'],
]);
/** What may follow a label, in the order in which Calico tries them. Words of one operator may be written together. */
const OPERATORS: readonly (readonly [kind: Token['kind'], words: readonly string[]])[] = [
  ['contains', ['contains']],
  ['starts with', ['starts', 'with']],
  ['ends with', ['ends', 'with']],
  ['not in', ['not', 'in']],
  ['in', ['in']],
];
const CALLS = ['has', 'all', 'global'] as const;

/** @throws SelectorFault */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at = skipSpace(text, at);
    const [token, end] = next(text, at, tokens.at(-1)?.kind ?? null);
    tokens.push(token);
    if (token.kind === 'end') return tokens;
    at = end;
  }
}

type Step = readonly [token: Token, end: number];

function next(text: string, at: number, last: Token['kind'] | null): Step {
  if (at >= text.length) return [{ kind: 'end', text: '', at }, at];
  const first = text[at]!;
  if (SINGLE.has(first)) return [{ kind: first as Token['kind'], text: '', at }, at + 1];
  if (first === '"' || first === "'") return quoted(text, at, first);
  if (first === '!')
    return text[at + 1] === '=' ? [{ kind: '!=', text: '', at }, at + 2] : [{ kind: '!', text: '', at }, at + 1];
  const double = DOUBLE.get(first);
  if (double !== undefined) {
    if (text.startsWith(double, at)) return [{ kind: double, text: '', at }, at + 2];
    throw new SelectorFault(`expected ${'`'}${double}${'`'}`, at);
  }
  if (last === 'label') return operator(text, at);
  return call(text, at) ?? label(text, at);
}

function quoted(text: string, at: number, quote: string): Step {
  const end = text.indexOf(quote, at + 1);
  if (end < 0) throw new SelectorFault('the string that begins here does not end', at);
  return [{ kind: 'string', text: text.slice(at + 1, end), at }, end + 1];
}

function operator(text: string, at: number): Step {
  for (const [kind, words] of OPERATORS) {
    let end = at;
    const all = words.every((word) => {
      if (!text.startsWith(word, end)) return false;
      end = words.length > 1 ? skipSpace(text, end + word.length) : end + word.length;
      return true;
    });
    if (all && !isLabelCharacter(text.charCodeAt(end))) return [{ kind, text: '', at }, end];
  }
  if (text[at] === '\n' || text[at] === '\r') throw new SelectorFault(NEWLINE, at);
  throw new SelectorFault('expected an operator: ==, !=, in, not in, contains, starts with or ends with', at);
}

/** `has(label)`, `all()` or `global()`: the parenthesis follows the word at once. */
function call(text: string, at: number): Step | null {
  const word = CALLS.find((name) => text.startsWith(`${name}(`, at));
  if (word === undefined) return null;
  let end = skipSpace(text, at + word.length + 1);
  let name = '';
  if (word === 'has') {
    const [found, after] = label(text, end);
    name = found.text;
    end = skipSpace(text, after);
  }
  if (text[end] !== ')') throw new SelectorFault(`expected ${'`)`'} to close ${'`'}${word}(${'`'}`, end);
  return [{ kind: word, text: name, at }, end + 1];
}

const NEWLINE = 'a selector is one line: this line break is no space to Calico (write `>-` in YAML, not `|`)';

function label(text: string, at: number): Step {
  let end = at;
  while (end < text.length && isLabelCharacter(text.charCodeAt(end))) end++;
  if (end === at) {
    const newline = text[at] === '\n' || text[at] === '\r';
    throw new SelectorFault(newline ? NEWLINE : 'expected a label, `has(...)`, `all()`, `!` or `(`', at);
  }
  if (end - at > MAX_LABEL) throw new SelectorFault(`a label may have ${MAX_LABEL} characters`, at);
  return [{ kind: 'label', text: text.slice(at, end), at }, end];
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

/** Letters, digits and `_./-`. False of NaN, which is what stands behind the end. */
const isLabelCharacter = (c: number): boolean =>
  (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 45 && c <= 57) || c === 95;
