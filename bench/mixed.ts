/** The same traffic judged by few policies of mixed kinds and by many; the literal judge does it rule by rule. */
import { openTraffic } from '../src/capture/open.ts';
import { compile } from '../src/compile/compile.ts';
import { Judge } from '../src/explain/judge.ts';
import type { Cluster } from '../src/model/cluster.ts';
import { replay } from '../src/replay/replay.ts';
import { Matcher } from '../src/table/matcher.ts';
import { capture, STANDARD_CAPTURE } from './capture.ts';
import { interleaved, show } from './measure.ts';
import { mixedWorld } from './mixed-policies.ts';
import { sampleColumns, tupleOf } from './sample.ts';
import { showShape } from './shape.ts';
import { STANDARD } from './world.ts';

const POLICIES = [10, 1_000, 10_000];
const ROUNDS = 3;
const PACKETS = 500_000;
/** Packets that the judge gets: it is timed a packet, so few do. */
const JUDGED = 100;

export async function mixed(): Promise<void> {
  const path = capture(STANDARD, { ...STANDARD_CAPTURE, packets: PACKETS });
  const worlds = POLICIES.map((count) => {
    const cluster = mixedWorld({ ...STANDARD, policies: count });
    const table = compile(cluster);
    console.log(`\n${count} policies: ${shares(cluster)}`);
    showShape(cluster, table);
    return { count, cluster, table, warm: new Matcher(table) };
  });
  const columns = await sampleColumns(path, JUDGED);
  const tuples = Array.from({ length: JUDGED }, (_, row) => tupleOf(columns, row));
  const of = (track: boolean, known: boolean) =>
    worlds.map(({ count, table, warm }) => ({
      name: `${count} policies, cells ${known ? 'known' : 'met for the first time'}`,
      run: async () => {
        const matcher = known ? warm : new Matcher(table);
        return (await replay(table, [await openTraffic(path)], { track }, undefined, matcher)).tally.rows;
      },
    }));
  show(
    'replay, every packet judged alone',
    'packet',
    await interleaved(ROUNDS, [...of(false, true), ...of(false, false)]),
  );
  show('replay, connections tracked', 'packet', await interleaved(ROUNDS, of(true, true)));
  const judges = worlds.map(({ count, cluster }) => {
    const judge = new Judge(cluster);
    return {
      name: `${count} policies, rule by rule`,
      run: () => {
        for (const tuple of tuples) judge.judge(tuple);
        return tuples.length;
      },
    };
  });
  show('explain/judge.ts, everything parsed', 'packet', await interleaved(1, judges));
}

/** How many of the rules say what, of what only some kinds can say. */
function shares({ policies, networkSets }: Cluster): string {
  const rules = policies.flatMap(({ ingress, egress }) => [...ingress, ...egress]);
  const count = (is: (rule: (typeof rules)[number]) => boolean): number => rules.filter(is).length;
  const peers = (rule: (typeof rules)[number]) => [...(rule.source ?? []), ...(rule.destination ?? [])];
  const kinds = new Map<string, number>();
  for (const { tier } of policies) kinds.set(tier, (kinds.get(tier) ?? 0) + 1);
  const said: Record<string, number> = {
    deny: count(({ action }) => action === 'deny'),
    pass: count(({ action }) => action === 'pass'),
    log: count(({ action }) => action === 'log'),
    notSelector: count((rule) => peers(rule).some(({ notSelector }) => notSelector !== null)),
    notNets: count((rule) => peers(rule).some(({ notNets }) => notNets !== null)),
    'source ports': count(({ l4 }) => l4?.some((m) => m.sourcePorts !== null || m.notSourcePorts !== null) === true),
    notPorts: count(({ l4 }) => l4?.some(({ notDestinationPorts }) => notDestinationPorts !== null) === true),
  };
  const list = (of: Iterable<readonly [string, number]>): string =>
    [...of].map(([name, n]) => `${name} ${n}`).join(', ');
  return `by tier ${list(kinds)}; rules with ${list(Object.entries(said))}; ${networkSets.length} network sets`;
}
