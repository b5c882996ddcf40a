import type { FieldPath } from '../model/field-path.ts';
import type { SourcePos } from '../source/position.ts';
import { positionAt } from '../source/text.ts';
import type { Node } from './node.ts';

/**
 * Finds where a field of an object stands: its key, or the item of a list. A field that was not written stands where
 * the nearest one around it does.
 */
export const placesIn =
  (root: Node) =>
  (path: FieldPath): SourcePos => {
    let node = root;
    let offset = root.offset;
    for (const step of path) {
      if (typeof step === 'number') {
        const item = node.type === 'list' ? node.items[step] : undefined;
        if (item === undefined) break;
        node = item;
        offset = item.offset;
      } else {
        const entry = node.type === 'map' ? node.entries.get(step) : undefined;
        if (entry === undefined) break;
        node = entry.value;
        offset = entry.keyOffset;
      }
    }
    return positionAt(root.source, offset);
  };
