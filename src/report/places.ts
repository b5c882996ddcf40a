import type { Hit } from './hits.ts';
import { named } from './why.ts';

/** `file:line` of `file:line:column`: what a person looks for. */
export const lineOf = (at: string): string => at.replace(/:\d+$/, '');

/** Where what decided is written: a rule, or the policies that a tier's end stands for. */
export function placesOf({ at, isolatedAt }: Hit): readonly string[] {
  if (at !== null) return [lineOf(at)];
  return isolatedAt === null ? [] : isolatedAt.map((place) => lineOf(place.at));
}

/** The folder that all places lie in, with its slash; empty when they share none. */
export function sharedFolder(places: readonly string[]): string {
  const [first = '', ...others] = places;
  const folders = first.split('/').slice(0, -1);
  const shared = folders.findIndex((_, i) => {
    const folder = `${folders.slice(0, i + 1).join('/')}/`;
    return !others.every((place) => place.startsWith(folder));
  });
  const kept = shared < 0 ? folders : folders.slice(0, shared);
  return kept.length === 0 ? '' : `${kept.join('/')}/`;
}

/** Places without the folder that the heading names. */
export const placesBelow = (folder: string, places: readonly string[]): string =>
  places.length === 0 ? '-' : named(places.map((place) => place.slice(folder.length)));
