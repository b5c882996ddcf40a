import { quote } from '../../source/quote.ts';
import type { Fields, Known } from '../fields.ts';

/** How many items a list may have. The schemas state it for nearly every list of this API. */
export type Bounds = { readonly min: 0 | 1; readonly max: number };

/** The mappings of a list that the schema bounds; none when it is not there. */
export function boundedObjects(fields: Fields, name: string, known: Known, bounds: Bounds): Fields[] {
  checkBounds(fields, name, bounds);
  return fields.objects(name, known);
}

/** Reports a list that has fewer or more items than the schema admits. What is no list is reported when it is read. */
export function checkBounds(fields: Fields, name: string, { min, max }: Bounds): void {
  const node = fields.get(name);
  if (node?.type !== 'list') return;
  const count = node.items.length;
  if (count < min) {
    fields.report.error('EMPTY_LIST', node, `${quote(name)} is empty: it must have at least one item, or be left out`);
  } else if (count > max) {
    const message = `${quote(name)} has ${count} items, of at most ${max}: split the policy or the rule`;
    fields.report.error('TOO_MANY_ITEMS', node.items[max]!, message);
  }
}

/**
 * Which one of the fields of a union is set; null when none or several are, which has then been reported. A mapping
 * with no field but unknown ones has been reported already. `null` counts as absent, as the API server reads it.
 */
export function onlyField<T extends string>(fields: Fields, names: readonly T[], code: string, what: string): T | null {
  const given = names.filter((name) => fields.get(name) !== null);
  if (given.length === 1) return given[0]!;
  if (given.length > 1) {
    const message = `${what} takes one field, and has ${given.map((name) => quote(name)).join(' and ')}: separate them`;
    fields.report.error(code, fields.node, message);
  } else if ([...fields.node.entries.keys()].every((name) => (names as readonly string[]).includes(name))) {
    const message = `${what} is empty: expected one of ${names.map((name) => quote(name)).join(', ')}`;
    fields.report.error(code, fields.node, message);
  }
  return null;
}
