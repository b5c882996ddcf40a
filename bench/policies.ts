/** The same traffic judged by few policies and by many: what a packet costs must not grow with their number. */
import { openTraffic } from '../src/capture/open.ts';
import { compile } from '../src/compile/compile.ts';
import { replay } from '../src/replay/replay.ts';
import { Matcher } from '../src/table/matcher.ts';
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
    return { count, table, warm: new Matcher(table) };
  });
  for (const track of [false, true]) {
    // A cold matcher meets every cell for the first time; a warm one, which all warm rounds share, met them before.
    const measured = await interleaved(
      ROUNDS,
      [false, true].flatMap((isWarm) =>
        tables.map(({ count, table, warm }) => ({
          name: `${count} policies, cells ${isWarm ? 'known' : 'met for the first time'}`,
          run: async () => {
            const matcher = isWarm ? warm : new Matcher(table);
            return (await replay(table, [await openTraffic(path)], { track }, undefined, matcher)).tally.rows;
          },
        })),
      ),
    );
    show(track ? 'replay, connections tracked' : 'replay, every packet judged alone', 'packet', measured);
  }
}
