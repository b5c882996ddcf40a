/** Measuring on a machine that is never quiet: all candidates in turn, round after round; ratios of one run count. */

export type Candidate = {
  readonly name: string;
  /** Does the work once and gives how many units (packets, lookups) it did. */
  readonly run: () => number | Promise<number>;
};

/** Nanoseconds a unit. */
export type Measured = { readonly name: string; readonly best: number; readonly median: number };

/** Runs every candidate once in each of `rounds` rounds, after one round that does not count. */
export async function interleaved(rounds: number, candidates: readonly Candidate[]): Promise<Measured[]> {
  const samples = candidates.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [i, candidate] of candidates.entries()) {
      collectGarbage();
      const started = performance.now();
      const units = await candidate.run();
      if (round >= 0) samples[i]!.push(((performance.now() - started) * 1e6) / units);
    }
  }
  return candidates.map(({ name }, i) => {
    const sorted = samples[i]!.sort((a, b) => a - b);
    return { name, best: sorted[0]!, median: sorted[sorted.length >> 1]! };
  });
}

/** One round's garbage is not another's time: `npm run bench` exposes the collector. */
const collectGarbage = (): void => (globalThis as { gc?: () => void }).gc?.();

/** Prints a line for each: nanoseconds, millions a second, and how many times the reference (the first) it takes. */
export function show(title: string, unit: string, measured: readonly Measured[]): void {
  const reference = measured[0]!;
  console.log(`\n${title}`);
  console.log(row('', `best ns/${unit}`, `median ns/${unit}`, 'M/s (median)', 'x the first'));
  for (const one of measured) {
    const times = one.median / reference.median;
    console.log(row(one.name, digits(one.best), digits(one.median), digits(1000 / one.median), digits(times)));
  }
}

const row = (name: string, ...columns: readonly string[]): string =>
  `  ${name.padEnd(44)}${columns.map((column) => column.padStart(18)).join('')}`;

export const digits = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value >= 0.1 ? value.toFixed(2) : value.toFixed(4);
