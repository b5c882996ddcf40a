/**
 * `npm run bench` runs all benches, `npm run bench -- NAME ...` those. Each prints what its workload is like, and
 * ratios of one run: absolute numbers are the machine's. No test runs them.
 */
import { compileBench } from './compile.ts';
import { flowLogs } from './flow-logs.ts';
import { lookup } from './lookup.ts';
import { mixed } from './mixed.ts';
import { policies } from './policies.ts';
import { replayBench } from './replay.ts';
import { services } from './services.ts';
import { tracking } from './tracking.ts';
import { tunnels } from './tunnels.ts';

const benches: ReadonlyMap<string, () => Promise<void>> = new Map([
  ['lookup', lookup],
  ['replay', replayBench],
  ['policies', policies],
  ['mixed', mixed],
  ['compile', compileBench],
  ['tracking', tracking],
  ['services', services],
  ['tunnels', tunnels],
  ['flow-logs', flowLogs],
]);

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
for (const name of names) {
  if (benches.has(name)) continue;
  console.error(`no bench is called \`${name}\`, expected one of ${[...benches.keys()].join(', ')}`);
  process.exit(2);
}
for (const [name, bench] of benches) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.log(`\n== ${name}`);
  await bench();
}
