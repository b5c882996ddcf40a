import { didYouMean as nearest } from '../source/did-you-mean.ts';

/** `, did you mean NAME?`, or nothing. */
export function didYouMean(word: string, names: Iterable<string>): string {
  const name = nearest(word, names);
  return name === null ? '' : `, did you mean \`${name}\`?`;
}
