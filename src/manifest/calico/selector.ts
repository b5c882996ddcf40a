import { equals, has, isIn, not, or, type Selector } from '../../model/selector.ts';
import { SelectorFault, type Token, tokenize } from './selector-tokens.ts';

/** The longest selector that is read, in UTF-16 units. */
export const MAX_SELECTOR = 64 * 1024;
/** Parentheses within each other. */
export const MAX_SELECTOR_DEPTH = 100;

/** What the words of a selector stand for where it is written. */
export type Meaning = {
  /** What precedes every label: `pcns.` where labels of namespaces are asked. */
  readonly prefix: string;
  readonly all: Selector;
  /** Null where `global()` may not stand. */
  readonly global: Selector | null;
};

export const ALL: Selector = { op: 'all' };
export const PLAIN: Meaning = { prefix: '', all: ALL, global: null };

/**
 * What a selector of Calico's language asks. `||` binds loosest, then `&&`, then `!`, which binds to one operation;
 * a text without words selects all.
 * Source: libcalico-go/lib/selector/parser/parser.go.
 * @throws SelectorFault with the place in the text
 */
export function parseSelector(text: string, meaning: Meaning): Selector {
  if (text.length > MAX_SELECTOR)
    throw new SelectorFault(`a selector may have ${MAX_SELECTOR} characters`, MAX_SELECTOR);
  const tokens = tokenize(text);
  if (tokens[0]!.kind === 'end') return meaning.all;
  if (tokens.some(({ kind }) => kind === 'global') && (tokens.length > 2 || meaning.global === null)) {
    const { at } = tokens.find(({ kind }) => kind === 'global')!;
    const where = '`global()` may only stand alone, in the `namespaceSelector` of a rule';
    throw new SelectorFault(where, at);
  }
  return new Parser(tokens, meaning).whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #meaning: Meaning;
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], meaning: Meaning) {
    this.#tokens = tokens;
    this.#meaning = meaning;
  }

  whole(): Selector {
    const selector = this.#or();
    if (this.#peek().kind !== 'end') this.#fail('expected `&&`, `||` or the end');
    return selector;
  }

  #or(): Selector {
    const parts = [this.#and()];
    while (this.#skip('||')) parts.push(this.#and());
    return or(...parts);
  }

  #and(): Selector {
    const parts = [this.#operation()];
    while (this.#skip('&&')) parts.push(this.#operation());
    return parts.length === 1 ? parts[0]! : { op: 'and', of: parts };
  }

  #operation(): Selector {
    let negated = false;
    while (this.#skip('!')) negated = !negated;
    const selector = this.#positive();
    return negated ? not(selector) : selector;
  }

  #positive(): Selector {
    const token = this.#take();
    switch (token.kind) {
      case 'has':
        return has(this.#meaning.prefix + token.text);
      case 'all':
        return this.#meaning.all;
      case 'global':
        return this.#meaning.global!;
      case 'label':
        return this.#comparison(this.#meaning.prefix + token.text);
      case '(':
        return this.#group();
    }
    this.#next--;
    this.#fail('expected a label, `has(...)`, `all()`, `!` or `(`');
  }

  #group(): Selector {
    if (++this.#depth > MAX_SELECTOR_DEPTH) {
      this.#next--;
      this.#fail(`parentheses may stand ${MAX_SELECTOR_DEPTH} deep`);
    }
    const selector = this.#or();
    if (!this.#skip(')')) this.#fail('expected `)`, `&&` or `||`');
    this.#depth--;
    return selector;
  }

  #comparison(key: string): Selector {
    const { kind } = this.#take();
    switch (kind) {
      case '==':
        return equals(key, this.#string());
      case '!=':
        return not(equals(key, this.#string()));
      case 'contains':
        return { op: 'contains', key, value: this.#string() };
      case 'starts with':
        return { op: 'starts-with', key, value: this.#string() };
      case 'ends with':
        return { op: 'ends-with', key, value: this.#string() };
      case 'in':
        return isIn(key, this.#set());
      case 'not in':
        return not(isIn(key, this.#set()));
    }
    this.#next--;
    this.#fail('expected an operator: ==, !=, in, not in, contains, starts with or ends with');
  }

  #string(): string {
    if (this.#peek().kind !== 'string') this.#fail('expected a string in quotes');
    return this.#take().text;
  }

  /** `{'a', 'b'}`, with or without a comma behind the last; it may be empty. */
  #set(): string[] {
    if (!this.#skip('{')) this.#fail('expected a set such as `{"a", "b"}`');
    const values: string[] = [];
    while (this.#peek().kind === 'string') {
      values.push(this.#take().text);
      if (!this.#skip(',')) break;
    }
    if (!this.#skip('}')) this.#fail('expected a string in quotes, `,` or `}`');
    return values;
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  /** The next token; the end stays. */
  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #skip(kind: Token['kind']): boolean {
    if (this.#peek().kind !== kind) return false;
    this.#next++;
    return true;
  }

  #fail(message: string): never {
    throw new SelectorFault(message, this.#peek().at);
  }
}
