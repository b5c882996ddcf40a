/** The same traffic judged by few policies and by many: what a packet costs must not grow with their number. */
import { openTraffic } from '../src/capture/open.ts';
import { compile } from '../src/compile/compile.ts';
import { replay } from '../src/replay/replay.ts';
import { capture } from './capture.ts';
import { interleaved, show } from './measure.ts';
import { showShape } from './shape.ts';
import { STANDARD, world } from './world.ts';

const POLICIES = [10, 1_000, 10_000];
const ROUNDS = 5;

export async function policies(): Promise<void> {
  const path = capture(STANDARD);
  const tables = POLICIES.map((count) => {
    const cluster = world({ ...STANDARD, policies: count });
    const table = compile(cluster);
    showShape(cluster, table);
    return { count, table };
  });
  for (const track of [false, true]) {
    const measured = await interleaved(
      ROUNDS,
      tables.map(({ count, table }) => ({
        name: `${count} policies`,
        run: async () => (await replay(table, [await openTraffic(path)], { track })).tally.rows,
      })),
    );
    show(track ? 'replay, connections tracked' : 'replay, every packet judged alone', 'packet', measured);
  }
}
