/** No longer word is compared: names of fields, kinds, options and pods are short. */
const MAX_WORD = 64;

/** The candidate that a mistyped word most likely meant: at most a third of its letters differ. Null when none is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string | null {
  if (word.length > MAX_WORD) return null;
  const typed = letters(word);
  let best: string | null = null;
  let bestDistance = Math.floor(Math.max(typed.length, 3) / 3) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(typed, letters(candidate));
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** Case and the marks between words are nothing that people remember. */
const letters = (word: string): string => word.toLowerCase().replace(/[-_]/g, '');

/** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
