import { quote } from '../source/quote.ts';
import { positionAt, type SourceText } from '../source/text.ts';
import { MAX_DEPTH } from './limits.ts';
import type { Entry, Node } from './node.ts';
import type { Report } from './report.ts';

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const WORD = /true|false|null/y;
/** What needs no unescaping: everything up to a quote, a backslash or a control character. */
const PLAIN_STRING = /[^"\\\u0000-\u001f]*/y;
const QUOTE = 34;

/** A fault in a JSON text, told with its place. */
class JsonFault extends Error {
  readonly offset: number;
  readonly code: string;
  constructor(code: string, offset: number, message: string) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}

/**
 * The values of a text of JSON values one after the other (RFC 8259; kubectl reads such streams). The YAML reader
 * could read them too; this one is ten times as fast, and lists of every pod of a cluster come as JSON.
 * @returns null when the text is no JSON; why is reported as an error when `report` is given
 */
export function readJson(source: SourceText, report: Report | null): Node[] | null {
  try {
    return new JsonReader(source).values();
  } catch (fault) {
    if (!(fault instanceof JsonFault)) throw fault;
    report?.error(fault.code, positionAt(source, fault.offset), fault.message);
    return null;
  }
}

class JsonReader {
  readonly #source: SourceText;
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(source: SourceText) {
    this.#source = source;
    this.#text = source.text;
  }

  values(): Node[] {
    const nodes: Node[] = [];
    for (this.#space(); this.#at < this.#text.length; this.#space()) nodes.push(this.#value());
    return nodes;
  }

  #value(): Node {
    const offset = this.#at;
    const source = this.#source;
    switch (this.#text[offset]) {
      case '{':
        return { type: 'map', source, offset, entries: this.#entries() };
      case '[':
        return { type: 'list', source, offset, items: this.#items() };
      case '"': {
        const value = this.#string();
        return { type: 'scalar', source, offset, value, text: value };
      }
    }
    const word = this.#take(WORD);
    if (word !== '') {
      return { type: 'scalar', source, offset, value: word === 'null' ? null : word === 'true', text: word };
    }
    const number = this.#take(NUMBER);
    if (number === '') this.#fail('a value');
    return { type: 'scalar', source, offset, value: Number(number), text: number };
  }

  #entries(): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    this.#enter();
    if (this.#next('}')) return this.#leave(entries);
    do {
      this.#space();
      const keyOffset = this.#at;
      if (this.#text.charCodeAt(keyOffset) !== QUOTE) this.#fail('a key in double quotes');
      const key = this.#string();
      if (entries.has(key)) {
        throw new JsonFault('DUPLICATE_KEY', keyOffset, `key ${quote(key)} is given twice in one mapping`);
      }
      if (!this.#next(':')) this.#fail('`:`');
      this.#space();
      entries.set(key, { keyOffset, value: this.#value() });
    } while (this.#next(','));
    if (!this.#next('}')) this.#fail('`,` or `}`');
    return this.#leave(entries);
  }

  #items(): Node[] {
    const items: Node[] = [];
    this.#enter();
    if (this.#next(']')) return this.#leave(items);
    do {
      this.#space();
      items.push(this.#value());
    } while (this.#next(','));
    if (!this.#next(']')) this.#fail('`,` or `]`');
    return this.#leave(items);
  }

  #string(): string {
    const from = this.#at++;
    const plain = this.#take(PLAIN_STRING);
    if (this.#text.charCodeAt(this.#at) === QUOTE) {
      this.#at++;
      return plain;
    }
    // An escape is in it: find the closing quote, and let the engine unescape.
    while (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) !== QUOTE) {
      this.#at += this.#text[this.#at] === '\\' ? 2 : 1;
    }
    this.#at++;
    try {
      return JSON.parse(this.#text.slice(from, this.#at)) as string;
    } catch {
      this.#at = from;
      this.#fail('a string that ends and has no broken escape or control character');
    }
  }

  #enter(): void {
    this.#at++;
    if (++this.#depth > MAX_DEPTH) throw new JsonFault('LIMIT', this.#at - 1, `nested deeper than ${MAX_DEPTH} levels`);
  }

  #leave<T>(value: T): T {
    this.#depth--;
    return value;
  }

  /** Steps over the character when it is the next one after spaces. */
  #next(character: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    this.#take(SPACE);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #fail(expected: string): never {
    const found = this.#at < this.#text.length ? quote(this.#text[this.#at]) : 'the end of the file';
    throw new JsonFault('JSON_SYNTAX', this.#at, `expected ${expected}, found ${found}`);
  }
}
