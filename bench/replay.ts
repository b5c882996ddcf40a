/** From a capture on disk to a tally, against engines that do the same packet by packet, and stage by stage. */
import { createReadStream } from 'node:fs';
import parser from 'pcap-parser';
import { openTraffic } from '../src/capture/open.ts';
import { compile } from '../src/compile/compile.ts';
import { Judge } from '../src/explain/judge.ts';
import type { Cluster } from '../src/model/cluster.ts';
import { BATCH_ROWS } from '../src/packet/batch.ts';
import { replay } from '../src/replay/replay.ts';
import { classifyBatch } from '../src/table/classify-batch.ts';
import type { MatchTable } from '../src/table/match-table.ts';
import { Matcher } from '../src/table/matcher.ts';
import { createVerdicts } from '../src/verdict/batch.ts';
import type { Tally } from '../src/verdict/tally.ts';
import { capture, STANDARD_CAPTURE } from './capture.ts';
import { type Candidate, interleaved, show } from './measure.ts';
import { sampleColumns, tupleOf } from './sample.ts';
import { showShape } from './shape.ts';
import { showStages } from './stages.ts';
import { STANDARD, world } from './world.ts';

const ROUNDS = 5;
/** Packets that the slow engines get: they are timed a packet, so fewer do. */
const JUDGED = 2_000;
const PARSED_BYTES = 20 << 20;

export async function replayBench(): Promise<void> {
  const cluster = world(STANDARD);
  const table = compile(cluster);
  showShape(cluster, table);
  const path = capture(STANDARD);
  console.log(`capture: ${JSON.stringify(STANDARD_CAPTURE)}`);
  showTally('judged alone', await tallyOf(table, path, false));
  showTally('tracked', await tallyOf(table, path, true));
  const judged = await judgeCandidate(cluster, path);
  const measured = await interleaved(ROUNDS, [
    { name: 'replay, every packet judged alone', run: async () => (await tallyOf(table, path, false)).rows },
    { name: 'replay, connections tracked', run: async () => (await tallyOf(table, path, true)).rows },
    { name: 'read and decode alone', run: () => throughTable(null, path) },
    { name: 'read, decode and classifyBatch', run: () => throughTable(new Matcher(table), path) },
    { name: `pcap-parser, parsing alone (${PARSED_BYTES >> 20} MiB)`, run: () => parseAlone(path) },
    { name: `explain/judge.ts, parsed (${JUDGED} packets)`, run: judged },
  ]);
  show(`${STANDARD_CAPTURE.packets} packets from disk to tally, best and median of ${ROUNDS}`, 'packet', measured);
  console.log('  pcap-parser and the judge see a part of the capture; their cost a packet is what is compared');
  await showStages(table, path);
}

async function tallyOf(table: MatchTable, path: string, track: boolean): Promise<Tally> {
  return (await replay(table, [await openTraffic(path)], { track })).tally;
}

function showTally(how: string, { verdicts, rows, conversations }: Tally): void {
  const [undetermined, forwarded, dropped] = verdicts.map(({ packets }) => `${((packets / rows) * 100).toFixed(1)} %`);
  console.log(
    `${how}: ${forwarded} forwarded, ${dropped} dropped, ${undetermined} undetermined of ${rows} packets; ` +
      `${conversations.length} conversations listed`,
  );
}

async function throughTable(matcher: Matcher | null, path: string): Promise<number> {
  const traffic = await openTraffic(path);
  const out = createVerdicts(BATCH_ROWS);
  for await (const batch of traffic.batches()) if (matcher !== null) classifyBatch(matcher, batch, out);
  return traffic.counts.rows;
}

function parseAlone(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let packets = 0;
    parser
      .parse(createReadStream(path, { end: PARSED_BYTES }))
      .on('packet', () => packets++)
      .on('error', reject)
      .on('end', () => resolve(packets));
  });
}

/** Everything but the question itself was done before: the packets are parsed, the policies are in order. */
async function judgeCandidate(cluster: Cluster, path: string): Promise<Candidate['run']> {
  const judge = new Judge(cluster);
  const columns = await sampleColumns(path, JUDGED);
  const tuples = Array.from({ length: JUDGED }, (_, row) => tupleOf(columns, row));
  return () => {
    for (const tuple of tuples) judge.judge(tuple);
    return JUDGED;
  };
}
