import { didYouMean } from '../source/did-you-mean.ts';
import { quote } from '../source/quote.ts';

/** Names that are told where none is near. */
const MOST_NAMES = 3;

/** The name that was probably meant: a few letters off, or its words in another order (`sa-web` for `web-sa`). */
export function nearestName(written: string, names: readonly string[]): string | null {
  for (const lettersOf of [inPlace, inOrder]) {
    const byLetters = new Map(names.map((name) => [lettersOf(name), name]));
    const near = didYouMean(lettersOf(written), byLetters.keys());
    if (near !== null) return byLetters.get(near)!;
  }
  return null;
}

const wordsOf = (name: string): string[] => name.toLowerCase().split(/[-._:/]/);
const inPlace = (name: string): string => wordsOf(name).join('');
const inOrder = (name: string): string => wordsOf(name).sort().join('');

/** `: did you mean X?`, or what there is instead. */
export function hintOf(
  written: string,
  names: readonly string[],
  show: (name: string) => string = (name) => name,
): string {
  const near = nearestName(written, names);
  if (near !== null) return `: did you mean ${quote(show(near))}?`;
  if (names.length === 0) return '';
  const some = names.slice(0, MOST_NAMES).map((name) => quote(show(name)));
  return `: there ${names.length === 1 ? 'is' : 'are'} ${some.join(', ')}${names.length > MOST_NAMES ? ', ...' : ''}`;
}
