import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Lexer, type Pair, Parser, type Scalar } from 'yaml';
import { quote } from '../source/quote.ts';
import { positionAt, type SourceText } from '../source/text.ts';
import { MAX_ALIASES, MAX_DEPTH, MAX_DOCUMENTS, MAX_EXPANDED_NODES } from './limits.ts';
import type { Entry, MapNode, Node, ScalarNode } from './node.ts';
import type { Report } from './report.ts';
import { scalarValue } from './yaml-scalar.ts';

/** At most so many syntax errors of one document are told: the first is the cause, the rest mostly its wake. */
const MAX_SYNTAX_ERRORS = 10;

/** Unwinds the reading of one document or file after its fault has been reported. */
class Refused extends Error {}

/**
 * The documents of a YAML text, empty ones left out. A document with a fault is reported and left out, the others are
 * read. Depth is counted while the text is cut into tokens, so no nesting can exhaust the stack of what follows.
 */
export function readYaml(source: SourceText, report: Report): Node[] {
  const nodes: Node[] = [];
  const lexer = new Lexer();
  const parser = new Parser();
  // Duplicate keys are found below: the composer's own check compares every key with every other.
  const composer = new Composer({ uniqueKeys: false, strict: true });
  const take = (doc: Document): void => {
    const node = readDocument(doc, source, report);
    if (node !== null) nodes.push(node);
  };
  let documents = 0;
  try {
    for (const lexeme of lexer.lex(source.text)) {
      for (const token of parser.next(lexeme)) {
        if (token.type === 'document') checkDocumentCount(++documents, token.offset, source, report);
        for (const doc of composer.next(token)) take(doc);
      }
      // The document itself is on the stack too.
      if (parser.stack.length - 1 > MAX_DEPTH) refuseDepth(parser.offset - lexeme.length, source, report);
    }
    for (const token of parser.end()) for (const doc of composer.next(token)) take(doc);
    for (const doc of composer.end(documents === 0, source.text.length)) take(doc);
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
  }
  return nodes;
}

function checkDocumentCount(count: number, offset: number, source: SourceText, report: Report): void {
  if (count <= MAX_DOCUMENTS) return;
  report.error('LIMIT', positionAt(source, offset), `more than ${MAX_DOCUMENTS} documents in one file`);
  throw new Refused();
}

function refuseDepth(offset: number, source: SourceText, report: Report): never {
  report.error('LIMIT', positionAt(source, offset), `nested deeper than ${MAX_DEPTH} levels`);
  throw new Refused();
}

function readDocument(doc: Document, source: SourceText, report: Report): Node | null {
  for (const warning of doc.warnings) {
    report.warning('YAML', positionAt(source, warning.pos[0]), sentence(warning.message));
  }
  for (const error of doc.errors.slice(0, MAX_SYNTAX_ERRORS)) {
    report.error('YAML_SYNTAX', positionAt(source, error.pos[0]), sentence(error.message));
  }
  if (doc.errors.length > 0 || doc.contents === null) return null;
  try {
    const node = new TreeBuilder(source, report).build(doc.contents);
    return node.type === 'scalar' && node.value === null ? null : node;
  } catch (fault) {
    if (fault instanceof Refused) return null;
    throw fault;
  }
}

/** The parser's message in this project's manner, and no longer than one line. */
function sentence(message: string): string {
  const line = message.split('\n', 1)[0]!.slice(0, 200).replace(/[.:]$/, '');
  return quote(line.charAt(0).toLowerCase() + line.slice(1)).slice(1, -1);
}

type Anchor = { readonly node: Node; readonly size: number };

/** Turns one document of the yaml package into nodes; aliases become the node that they stand for. */
class TreeBuilder {
  /** An anchor is null while the node that bears it is being built: an alias to it then would be a circle. */
  readonly #anchors = new Map<string, Anchor | null>();
  readonly #source: SourceText;
  readonly #report: Report;
  #aliases = 0;
  /** Nodes so far, each alias counted as all that it stands for: what a walk over the tree will meet. */
  #size = 0;

  constructor(source: SourceText, report: Report) {
    this.#source = source;
    this.#report = report;
  }

  build(yaml: unknown): Node {
    if (isAlias(yaml)) return this.#resolve(yaml.source, yaml.range?.[0] ?? 0);
    this.#size++;
    const before = this.#size;
    const anchor = (yaml as { anchor?: string } | null)?.anchor;
    if (anchor !== undefined) this.#anchors.set(anchor, null);
    const node = this.#buildPlain(yaml);
    if (anchor !== undefined) this.#anchors.set(anchor, { node, size: this.#size - before + 1 });
    return node;
  }

  #buildPlain(yaml: unknown): Node {
    if (isMap(yaml)) return this.#buildMap(yaml.items, yaml.range?.[0] ?? 0);
    if (isSeq(yaml)) {
      const items = yaml.items.map((item) => this.build(item));
      return { type: 'list', source: this.#source, offset: yaml.range?.[0] ?? 0, items };
    }
    return this.#buildScalar(yaml as Scalar);
  }

  #buildScalar(scalar: Scalar): ScalarNode {
    const offset = scalar.range?.[0] ?? 0;
    const text = scalar.source ?? (scalar.value === null ? '' : String(scalar.value));
    return { type: 'scalar', source: this.#source, offset, value: scalarValue(scalar, text), text };
  }

  #buildMap(pairs: readonly Pair[], offset: number): MapNode {
    const entries = new Map<string, Entry>();
    const merged: Entry[] = [];
    for (const pair of pairs) {
      const key = this.build(pair.key);
      if (key.type !== 'scalar') this.#refuse('YAML_SYNTAX', key.offset, 'a key must be a plain text');
      const value = pair.value === null ? this.#nothing(key.offset) : this.build(pair.value);
      const entry = { keyOffset: key.offset, value };
      if (key.text === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN') merged.push(entry);
      else if (!entries.has(key.text)) entries.set(key.text, entry);
      else this.#refuse('DUPLICATE_KEY', key.offset, `key ${quote(key.text)} is given twice in one mapping`);
    }
    for (const entry of merged) this.#merge(entry, entries);
    return { type: 'map', source: this.#source, offset, entries };
  }

  /** `<<: *base`: the entries of the base (or of a list of bases, the first of which wins) that are not given here. */
  #merge(merge: Entry, into: Map<string, Entry>): void {
    for (const base of merge.value.type === 'list' ? merge.value.items : [merge.value]) {
      if (base.type !== 'map') this.#refuse('YAML_SYNTAX', merge.keyOffset, '`<<` must be given a mapping to merge');
      for (const [key, entry] of base.entries) if (!into.has(key)) into.set(key, entry);
    }
  }

  #nothing(offset: number): ScalarNode {
    return { type: 'scalar', source: this.#source, offset, value: null, text: '' };
  }

  #resolve(name: string, offset: number): Node {
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) this.#refuse('YAML_SYNTAX', offset, `alias ${quote(name)} has no anchor before it`);
    if (anchor === null) this.#refuse('YAML_SYNTAX', offset, `anchor ${quote(name)} contains itself`);
    if (++this.#aliases > MAX_ALIASES)
      this.#refuse('LIMIT', offset, `more than ${MAX_ALIASES} aliases in one document`);
    this.#size += anchor.size;
    if (this.#size > MAX_EXPANDED_NODES) {
      this.#refuse('LIMIT', offset, `aliases expand to more than ${MAX_EXPANDED_NODES} values`);
    }
    return anchor.node;
  }

  #refuse(code: string, offset: number, message: string): never {
    this.#report.error(code, positionAt(this.#source, offset), message);
    throw new Refused();
  }
}
