/** What Services cost: traffic that has nothing to do with any, with and without a table that knows some, and traffic to them. */
import { compile } from '../src/compile/compile.ts';
import type { Address } from '../src/net/address.ts';
import { Replay } from '../src/replay/engine.ts';
import type { MatchTable } from '../src/table/match-table.ts';
import { type Candidate, interleaved, show } from './measure.ts';
import { type Ends, fill, inBatches, tcpBatch } from './rows.ts';
import { podWords, STANDARD, world } from './world.ts';

const CONNECTIONS = 100_000;
/** Packets of a connection, the opener among them. */
const PACKETS = 8;
const ROUNDS = 5;
const POD_PORT = 8080;
const SERVICE_PORT = 80;

export async function services(): Promise<void> {
  const cluster = world(STANDARD);
  const withServices = compile(cluster);
  const without = compile({ ...cluster, services: [] });
  const pods = podWords(cluster);
  const fronts = wordsOf(cluster.services.flatMap(({ addresses }) => addresses));
  const direct: Ends = { sources: pods, destinations: pods };
  const translated: Ends = { sources: pods, destinations: fronts };
  const batch = tcpBatch();
  const run = (table: MatchTable, ends: Ends, port: number): Candidate['run'] => {
    return () => {
      const replay = new Replay(table);
      let packets = 0;
      for (let turn = 0; turn < PACKETS; turn++)
        packets += inBatches(CONNECTIONS, (from, rows) => {
          fill(batch, from, rows, ends, port, turn === 0);
          replay.process(batch);
        });
      return packets;
    };
  };
  console.log(`${cluster.services.length} Services of 3 backends; ${CONNECTIONS} connections of ${PACKETS} packets`);
  const measured = await interleaved(ROUNDS, [
    { name: 'pod to pod, a cluster without Services', run: run(without, direct, POD_PORT) },
    { name: 'pod to pod, a cluster with Services', run: run(withServices, direct, POD_PORT) },
    { name: 'pod to Service', run: run(withServices, translated, SERVICE_PORT) },
  ]);
  show(`packets from rows to tally, best and median of ${ROUNDS}`, 'packet', measured);
}

const wordsOf = (addresses: readonly Address[]): Int32Array =>
  Int32Array.from(
    addresses.filter(({ family }) => family === 4),
    ({ value }) => Number(value) | 0,
  );
