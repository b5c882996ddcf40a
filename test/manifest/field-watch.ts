import { Fields, type Known } from '../../src/manifest/fields.ts';
import type { LoadOptions } from '../../src/manifest/load.ts';
import type { MapNode, Node } from '../../src/manifest/node.ts';
import { type Diagnostic, ManifestError } from '../../src/source/errors.ts';
import { positionAt } from '../../src/source/text.ts';
import { load } from './reading.ts';

/** One mapping with a list of known fields, wherever it was met: `spec.ingress[].from[]`. */
export type Watched = {
  readonly known: Set<string>;
  readonly set: Set<string>;
  /** Asked for by a reader. */
  readonly read: Set<string>;
  /** What is said at the field or its value. */
  readonly told: Map<string, Diagnostic>;
};

export type Watch = { readonly at: Map<string, Watched>; readonly diagnostics: readonly Diagnostic[] };

/**
 * Reads texts, each by itself, and watches which fields their readers know, open and ask for.
 * @param spoil give every mapping one more field, nearly the first that it may have, and watch what is said of that
 */
export async function watch(texts: readonly string[], spoil = false): Promise<Watch> {
  const paths = new WeakMap<Node, string>();
  const at = new Map<string, Watched>();
  const nodes = new Map<string, MapNode[]>();
  const { open, get } = Fields.prototype;
  const found = (path: string): Watched => {
    const one = at.get(path) ?? { known: new Set(), set: new Set(), read: new Set(), told: new Map() };
    at.set(path, one);
    return one;
  };
  Fields.prototype.open = function (node: Node, what: string, known: Known) {
    const list = what.startsWith('each of');
    const name = what.replace(/^each of /, '').replaceAll('`', '');
    const path = `${paths.get(this.node) ?? ''}.${name}${list ? '[]' : ''}`;
    if (node.type === 'map') {
      paths.set(node, path);
      if (known !== 'any') {
        for (const field of known) found(path).known.add(field);
        for (const field of node.entries.keys()) found(path).set.add(field);
        nodes.set(path, [...(nodes.get(path) ?? []), node]);
        if (spoil) misspell(node, known);
      }
    }
    return open.call(this, node, what, known);
  };
  Fields.prototype.get = function (name: string) {
    at.get(paths.get(this.node) ?? '')?.read.add(name);
    return get.call(this, name);
  };
  try {
    const diagnostics: Diagnostic[] = [];
    for (const text of texts) {
      nodes.clear();
      const said = await everythingSaid(text);
      diagnostics.push(...said);
      for (const [path, maps] of nodes)
        for (const map of maps)
          for (const [name, { keyOffset, value }] of map.entries)
            for (const one of said) {
              const { at: place, message } = one;
              if (spoil && !message.startsWith(`unknown field \`${name}\``)) continue;
              const ofObject = place.line === 1 && message.startsWith(`\`${name}\` `);
              if (ofObject || [keyOffset, value.offset].some((offset) => isAt(map, offset, place)))
                found(path).told.set(name, one);
            }
    }
    return { at, diagnostics };
  } finally {
    Object.assign(Fields.prototype, { open, get });
  }
}

/** One more field, whose name is nearly one of those. */
const misspell = ({ entries, offset, source }: MapNode, [first]: readonly string[]): void => {
  const value: Node = { type: 'scalar', source, offset, value: null, text: '' };
  (entries as Map<string, typeof entries extends ReadonlyMap<string, infer Entry> ? Entry : never>).set(`${first}x`, {
    keyOffset: offset,
    value,
  });
};

const isAt = (map: MapNode, offset: number, { line, column }: Diagnostic['at']): boolean => {
  const own = positionAt(map.source, offset);
  return own.line === line && own.column === column;
};

const OPTIONS: LoadOptions = { admission: true, templates: true };

async function everythingSaid(text: string): Promise<readonly Diagnostic[]> {
  try {
    return (await load(text, OPTIONS)).diagnostics;
  } catch (error) {
    if (error instanceof ManifestError) return error.diagnostics;
    throw error;
  }
}
