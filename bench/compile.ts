/** From a cluster in memory to a table. `--large` adds 100,000 pods and 10,000 policies. */
import { compile } from '../src/compile/compile.ts';
import { showShape } from './shape.ts';
import { STANDARD, type WorldOptions, world } from './world.ts';

const LARGE: WorldOptions = { pods: 100_000, namespaces: 1_000, policies: 10_000 };
const ROUNDS = 5;

export async function compileBench(): Promise<void> {
  compileWorld(STANDARD);
  if (process.argv.includes('--large')) compileWorld(LARGE);
}

function compileWorld(options: WorldOptions): void {
  const cluster = world(options);
  let table = compile(cluster);
  const times = [table.stats.buildMilliseconds];
  for (let round = 1; round < ROUNDS; round++) {
    table = compile(cluster);
    times.push(table.stats.buildMilliseconds);
  }
  showShape(cluster, table);
  const sorted = times.toSorted((a, b) => a - b);
  const megabytes = (process.resourceUsage().maxRSS / 1024).toFixed(0);
  console.log(
    `compile: first ${times[0]!.toFixed(0)} ms, best ${sorted[0]!.toFixed(0)} ms, ` +
      `median ${sorted[ROUNDS >> 1]!.toFixed(0)} ms of ${ROUNDS}; the process took ${megabytes} MiB at most`,
  );
}
