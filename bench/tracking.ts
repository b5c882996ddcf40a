/** What a connection costs: a packet that opens one, a packet of one among a million, and the memory of an entry. */
import { compile } from '../src/compile/compile.ts';
import { Replay } from '../src/replay/engine.ts';
import type { ReplayOptions } from '../src/replay/options.ts';
import { digits, interleaved, show } from './measure.ts';
import { fill, inBatches, tcpBatch } from './rows.ts';
import { podWords, STANDARD, world } from './world.ts';

const CONNECTIONS = 1_000_000;
const ROUNDS = 5;
const PORT = 8080;

export async function tracking(): Promise<void> {
  const cluster = world(STANDARD);
  const table = compile(cluster);
  const pods = podWords(cluster);
  const ends = { sources: pods, destinations: pods };
  const batch = tcpBatch();
  const pass = (replay: Replay | null, opens: boolean): number =>
    inBatches(CONNECTIONS, (from, rows) => {
      fill(batch, from, rows, ends, PORT, opens);
      replay?.process(batch);
    });
  const fresh = (options: ReplayOptions): Replay => new Replay(table, options);
  const before = process.memoryUsage().arrayBuffers;
  const known = fresh({ maxConnections: CONNECTIONS });
  pass(known, true);
  const measured = await interleaved(ROUNDS, [
    { name: 'every packet judged alone', run: () => pass(fresh({ track: false }), true) },
    { name: 'each packet opens a connection', run: () => pass(fresh({ maxConnections: CONNECTIONS }), true) },
    { name: `each packet of one of ${CONNECTIONS} connections`, run: () => pass(known, false) },
    { name: 'the rows alone, nothing judged', run: () => pass(null, true) },
  ]);
  show(`${CONNECTIONS} packets from rows to tally, best and median of ${ROUNDS}`, 'packet', measured);
  const { count, bytes } = known.connections;
  console.log(`  ${count} connections remembered in ${bytes} bytes: ${digits(bytes / count)} an entry`);
  console.log(
    `  array memory of the process grew by ${digits((process.memoryUsage().arrayBuffers - before) / 2 ** 20)} MiB`,
  );
}
