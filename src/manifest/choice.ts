import { didYouMean } from '../source/did-you-mean.ts';
import { quote } from '../source/quote.ts';
import type { Fields } from './fields.ts';
import type { Located } from './node.ts';

/** The one of several words that was written; null with an error when it is none of them. */
export function oneOf<T extends string>(
  written: Located<string>,
  what: string,
  words: readonly T[],
  fields: Fields,
): T | null {
  const word = words.find((known) => known === written.value);
  if (word !== undefined) return word;
  const near = didYouMean(written.value, words);
  const hint = near === null ? '' : `: did you mean ${quote(near)}?`;
  const last = words.at(-1)!;
  const expected = words.length === 1 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
  fields.report.error('BAD_VALUE', written.node, `${what} ${quote(written.value)} must be ${expected}${hint}`);
  return null;
}

/** The word of a field, or null where it is absent or wrong, which has then been reported. */
export function choice<T extends string>(fields: Fields, name: string, words: readonly T[]): T | null {
  const written = fields.string(name);
  return written === null ? null : oneOf(written, quote(name), words, fields);
}

/** The same, of a field that must be there. */
export function requiredChoice<T extends string>(fields: Fields, name: string, words: readonly T[]): T | null {
  const written = fields.requiredString(name);
  return written === null ? null : oneOf(written, quote(name), words, fields);
}
