import type { Labels } from './labels.ts';

/**
 * What a policy asks of labels, whatever dialect it was written in. A missing label makes every operation but `not`
 * false: so `not eq` and `not in` hold for it, as Kubernetes' NotIn and Calico's `!=` do.
 */
export type Selector =
  | { readonly op: 'all' }
  | { readonly op: 'has'; readonly key: string }
  | { readonly op: 'in'; readonly key: string; readonly values: readonly string[] }
  | { readonly op: 'contains' | 'starts-with' | 'ends-with'; readonly key: string; readonly value: string }
  | { readonly op: 'not'; readonly of: Selector }
  | { readonly op: 'and' | 'or'; readonly of: readonly Selector[] };

export const ALL: Selector = { op: 'all' };
export const has = (key: string): Selector => ({ op: 'has', key });
export const equals = (key: string, value: string): Selector => ({ op: 'in', key, values: [value] });
export const isIn = (key: string, values: readonly string[]): Selector => ({ op: 'in', key, values });
export const not = (of: Selector): Selector => ({ op: 'not', of });

/** The conjunction; `all` adds nothing to it. */
export function and(...of: readonly Selector[]): Selector {
  const parts = of.flatMap((part) => (part.op === 'all' ? [] : part.op === 'and' ? part.of : [part]));
  return parts.length === 0 ? ALL : parts.length === 1 ? parts[0]! : { op: 'and', of: parts };
}

export const or = (...of: readonly Selector[]): Selector => (of.length === 1 ? of[0]! : { op: 'or', of });

/** Whether labels pass a selector. */
export function matches(selector: Selector, labels: Labels): boolean {
  switch (selector.op) {
    case 'all':
      return true;
    case 'not':
      return !matches(selector.of, labels);
    case 'and':
      return selector.of.every((part) => matches(part, labels));
    case 'or':
      return selector.of.some((part) => matches(part, labels));
  }
  const value = labels.get(selector.key);
  if (value === undefined) return false;
  switch (selector.op) {
    case 'has':
      return true;
    case 'in':
      return selector.values.includes(value);
    case 'contains':
      return value.includes(selector.value);
    case 'starts-with':
      return value.startsWith(selector.value);
    case 'ends-with':
      return value.endsWith(selector.value);
  }
}

/** One text for selectors that ask the same in the same order: their key when each distinct one is kept once. */
export const selectorKey = (selector: Selector): string => JSON.stringify(selector);
