import type { SourcePos } from '../source/position.ts';
import { positionAt, type SourceText } from '../source/text.ts';

/**
 * A value of a manifest and where it stands. YAML and JSON both become this tree: no reader sees a parser's own
 * objects, and no key of an input ever becomes a property of an object.
 */
export type Node = MapNode | ListNode | ScalarNode;

type Placed = { readonly source: SourceText; readonly offset: number };

export type MapNode = Placed & { readonly type: 'map'; readonly entries: ReadonlyMap<string, Entry> };
export type ListNode = Placed & { readonly type: 'list'; readonly items: readonly Node[] };
export type ScalarNode = Placed & {
  readonly type: 'scalar';
  readonly value: string | number | boolean | null;
  /** As written, without quotes. */
  readonly text: string;
};

/** A key's place and its value. */
export type Entry = { readonly keyOffset: number; readonly value: Node };

/** A value that was read out of a node, with the node for what is still to be said about it. */
export type Located<T> = { readonly value: T; readonly node: Node };

export const positionOf = (node: Node): SourcePos => positionAt(node.source, node.offset);
export const isNull = (node: Node): boolean => node.type === 'scalar' && node.value === null;

/** What a message calls the node: `a list`, `a number`. */
export function describe(node: Node): string {
  if (node.type !== 'scalar') return node.type === 'map' ? 'a mapping' : 'a list';
  if (node.value === null) return 'nothing';
  return `a ${typeof node.value}`;
}
