/** Seeded randomness for tests: the seed in a failure's message is the whole bug report. */
export type Random = {
  /** An integer from 0 to below `n`. */
  readonly below: (n: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(from: readonly T[]) => T;
  /** Between `least` and `most` elements, in the order of `from`. */
  readonly some: <T>(from: readonly T[], least: number, most: number) => T[];
};

/** xorshift32: small, and the same everywhere. */
export function seeded(seed: number): Random {
  let state = (Math.imul(seed, 0x9e37_79b1) ^ 0x5bd1_e995) | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  for (let i = 0; i < 8; i++) next();
  const below = (n: number): number => Math.floor((next() / 2 ** 32) * n);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  return {
    below,
    pick,
    chance: (probability) => next() / 2 ** 32 < probability,
    some: (from, least, most) => {
      const wanted = Math.min(from.length, least + below(most - least + 1));
      const left = [...from.keys()];
      const chosen = Array.from({ length: wanted }, () => left.splice(below(left.length), 1)[0]!);
      return chosen.sort((a, b) => a - b).map((i) => from[i]!);
    },
  };
}
