import { didYouMean } from '../source/did-you-mean.ts';
import { quote } from '../source/quote.ts';
import { positionAt } from '../source/text.ts';
import { describe, isNull, type Located, type MapNode, type Node } from './node.ts';
import type { Report } from './report.ts';

/** What may stand in a mapping: a list of names, or anything where only the cluster itself writes. */
export type Known = readonly string[] | 'any';

/** What an unknown field is: an error where it could change a verdict, else a warning. */
export type Strictness = 'error' | 'warning';

/**
 * The fields of one mapping, read by name and type. What has the wrong type is reported and read as absent; `null` is
 * absent, as the API server reads it; what is unknown is reported once, when the mapping is opened.
 */
export class Fields {
  readonly node: MapNode;
  readonly report: Report;
  readonly #strictness: Strictness;

  constructor(node: MapNode, known: Known, strictness: Strictness, report: Report) {
    this.node = node;
    this.report = report;
    this.#strictness = strictness;
    if (known !== 'any') this.#reportUnknown(known);
  }

  /** The value of a field, or null when it is absent. */
  get(name: string): Node | null {
    const value = this.node.entries.get(name)?.value;
    return value === undefined || isNull(value) ? null : value;
  }

  string(name: string): Located<string> | null {
    return this.#typed(name, 'a string', asString);
  }

  /** A string that must be there and not be empty. */
  requiredString(name: string): Located<string> | null {
    const found = this.string(name);
    if (found !== null && found.value !== '') return found;
    if (found !== null || this.get(name) === null) this.missing(name, 'a text');
    return null;
  }

  integer(name: string): Located<number> | null {
    return this.#typed(name, 'a whole number', (node) =>
      node.type === 'scalar' && Number.isSafeInteger(node.value) ? (node.value as number) : null,
    );
  }

  /** Any number, with or without a fraction. */
  number(name: string): Located<number> | null {
    return this.#typed(name, 'a number', (node) =>
      node.type === 'scalar' && Number.isFinite(node.value) ? (node.value as number) : null,
    );
  }

  boolean(name: string): boolean {
    return this.flag(name) ?? false;
  }

  /** Null where neither is written. */
  flag(name: string): boolean | null {
    const read = (node: Node) => (node.type === 'scalar' && typeof node.value === 'boolean' ? node.value : null);
    return this.#typed(name, '`true` or `false`', read)?.value ?? null;
  }

  list(name: string): readonly Node[] {
    return this.#typed(name, 'a list', (node) => (node.type === 'list' ? node.items : null))?.value ?? [];
  }

  strings(name: string): Located<string>[] {
    return this.list(name).flatMap((node) => this.#check(node, `each of ${quote(name)}`, 'a string', asString) ?? []);
  }

  object(name: string, known: Known): Fields | null {
    const node = this.get(name);
    return node === null ? null : this.open(node, quote(name), known);
  }

  /** The mappings of a list. An empty item is a mapping without fields, as the API server reads it. */
  objects(name: string, known: Known): Fields[] {
    return this.list(name).flatMap((node) => this.open(node, `each of ${quote(name)}`, known) ?? []);
  }

  /** Texts by key, as labels and annotations are. */
  texts(name: string): [key: string, keyNode: Node, value: Located<string>][] {
    const fields = this.object(name, 'any');
    if (fields === null) return [];
    return [...fields.node.entries].flatMap(([key, { keyOffset, value }]) => {
      const text = isNull(value) ? { value: '', node: value } : this.#check(value, quote(key), 'a string', asString);
      const keyNode: Node = { type: 'scalar', source: value.source, offset: keyOffset, value: key, text: key };
      return text === null ? [] : [[key, keyNode, text]];
    });
  }

  missing(name: string, expected: string): void {
    this.report.error('MISSING_FIELD', this.node, `field ${quote(name)} is missing: expected ${expected}`);
  }

  open(node: Node, what: string, known: Known): Fields | null {
    const map: MapNode | null = node.type === 'map' ? node : isNull(node) ? emptyMap(node) : null;
    if (map !== null) return new Fields(map, known, this.#strictness, this.report);
    this.#wrongType(node, what, 'a mapping');
    return null;
  }

  #typed<T>(name: string, expected: string, read: (node: Node) => T | null): Located<T> | null {
    const node = this.get(name);
    return node === null ? null : this.#check(node, quote(name), expected, read);
  }

  #check<T>(node: Node, what: string, expected: string, read: (node: Node) => T | null): Located<T> | null {
    const value = read(node);
    if (value !== null) return { value, node };
    this.#wrongType(node, what, expected);
    return null;
  }

  #wrongType(node: Node, what: string, expected: string): void {
    const found =
      node.type === 'scalar' && node.value !== null ? `${quote(node.text)}, ${describe(node)}` : describe(node);
    const hint = expected === 'a string' && node.type === 'scalar' ? ': quote it' : '';
    this.report.error('WRONG_TYPE', node, `${what} must be ${expected}, found ${found}${hint}`);
  }

  #reportUnknown(known: readonly string[]): void {
    for (const [name, { keyOffset }] of this.node.entries) {
      if (known.includes(name)) continue;
      const near = didYouMean(name, known);
      const hint =
        near === null ? `: expected one of ${known.slice(0, 12).join(', ')}` : `: did you mean ${quote(near)}?`;
      const at = positionAt(this.node.source, keyOffset);
      const message = `unknown field ${quote(name)}${hint}`;
      if (this.#strictness === 'error') this.report.error('UNKNOWN_FIELD', at, message);
      else this.report.warning('UNKNOWN_FIELD', at, `${message} (it has no effect here)`);
    }
  }
}

const asString = (node: Node): string | null =>
  node.type === 'scalar' && typeof node.value === 'string' ? node.value : null;

const emptyMap = ({ source, offset }: Node): MapNode => ({ type: 'map', source, offset, entries: new Map() });
