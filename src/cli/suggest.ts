/**
 * The name that was probably meant: the nearest by letters inserted, deleted, replaced or swapped with a neighbour;
 * null when none is near. A third of the letters may be wrong.
 */
export function suggest(word: string, names: Iterable<string>): string | null {
  const longest = 40;
  if (word.length > longest) return null;
  let best: string | null = null;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const name of names) {
    const away = distance(word, name);
    if (away < least) {
      least = away;
      best = name;
    }
  }
  return best;
}

/** Optimal string alignment distance, row by row. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}

/** `, did you mean NAME?`, or nothing. */
export function didYouMean(word: string, names: Iterable<string>): string {
  const name = suggest(word, names);
  return name === null ? '' : `, did you mean \`${name}\`?`;
}
