/** Connectivity and the static difference against the literal evaluator, on random clusters: packet by packet. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../src/compile/compile.ts';
import { Judge, needsPorts } from '../src/explain/judge.ts';
import type { Cluster } from '../src/model/cluster.ts';
import { formatAddress } from '../src/net/address.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import { connectivity } from '../src/reach/connectivity.ts';
import { staticDiff } from '../src/reach/static-diff.ts';
import { holds, namesOf } from './flows.ts';
import { type Random, seeded } from './random.ts';
import { randomCluster } from './random-cluster.ts';
import { Packets } from './random-packets.ts';

const CLUSTERS = Number(process.env['NETPOL_RUNS'] ?? 12);
const PACKETS = 150;
const FIRST_SEED = Number(process.env['NETPOL_SEED'] ?? 1);

/** Packets at the edges of a cluster's rules that tell their ports, and have a workload at one end at least. */
function packetsOf(random: Random, cluster: Cluster): FiveTuple[] {
  const packets = new Packets(random, cluster);
  const judge = new Judge(cluster);
  return Array.from({ length: PACKETS }, () => packets.any()).filter(
    (tuple) => !needsPorts(tuple) && [tuple.src, tuple.dst].some((end) => judge.endpointsAt(end).length > 0),
  );
}

const show = (t: FiveTuple): string =>
  `${formatAddress(t.src)} ${t.sourcePort} > ${formatAddress(t.dst)} ${t.destinationPort} protocol ${t.protocol} icmp ${t.icmpType}/${t.icmpCode}`;

test('a packet is in exactly the line of connectivity that has its verdict, or in none when it is dropped', () => {
  let open = 0;
  let all = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + CLUSTERS; seed++) {
    const random = seeded(seed);
    const cluster = randomCluster(random, seed % 2 === 0 ? 'general' : 'kubernetes');
    // Cells that are derived on first touch, every other time.
    const table = compile(cluster, seed % 4 < 2 ? {} : { denseCells: 0 });
    const { open: lines } = connectivity(table);
    const names = namesOf([table]);
    const judge = new Judge(cluster);
    for (const tuple of packetsOf(random, cluster)) {
      const wanted = judge.judge(tuple).verdict;
      const found = lines.filter((line) => holds(line, names, tuple)).map(({ verdict }) => verdict);
      assert.equal(found, wanted === 'dropped' ? [] : [wanted], `seed ${seed}: ${show(tuple)}`);
      all++;
      if (wanted === 'forwarded') open++;
    }
  }
  assert.ok(open > all * 0.1 && open < all * 0.9, `${open} of ${all} are open`);
});

/** The cluster with another's policies, with one taken away, or with pods that came and went. */
function changed(random: Random, cluster: Cluster, seed: number): Cluster {
  const other = randomCluster(seeded(seed + 1_000_000), 'general');
  const policies = random.chance(0.5) ? cluster.policies.slice(1) : [...cluster.policies.slice(1), ...other.policies];
  const endpoints = random.chance(0.5)
    ? cluster.endpoints
    : [...cluster.endpoints.slice(2), ...other.endpoints.slice(7)];
  return { ...cluster, tiers: other.tiers, policies, endpoints };
}

test('a packet is in exactly the change that its two verdicts make, or in none when they are equal', () => {
  let changes = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + CLUSTERS; seed++) {
    const random = seeded(seed);
    const old = randomCluster(random, 'general');
    const next = changed(random, old, seed);
    const tables = [compile(old), compile(next, seed % 2 === 0 ? {} : { denseCells: 0 })] as const;
    const diff = staticDiff({ name: 'old', table: tables[0] }, { name: 'new', table: tables[1] });
    const names = namesOf(tables);
    const judges = [new Judge(old), new Judge(next)] as const;
    for (const tuple of [...packetsOf(random, old), ...packetsOf(random, next)]) {
      const [before, after] = judges.map((judge) => judge.judge(tuple).verdict);
      const found = diff.changes.filter((line) => holds(line, names, tuple)).map((line) => `${line.old} ${line.new}`);
      assert.equal(found, before === after ? [] : [`${before} ${after}`], `seed ${seed}: ${show(tuple)}`);
      if (before !== after) changes++;
    }
    assert.is(diff.differs, diff.changes.length > 0);
  }
  assert.ok(changes > 100, `${changes} packets change`);
});

test('a table does not differ from itself, however it was compiled', () => {
  for (let seed = 1; seed < 10; seed++) {
    const cluster = randomCluster(seeded(seed), 'general');
    const diff = staticDiff(
      { name: 'old', table: compile(cluster) },
      { name: 'new', table: compile({ ...cluster, endpoints: [...cluster.endpoints].reverse() }, { denseCells: 0 }) },
    );
    // Of two owners of one address that were made at once, the order of the input names one.
    assert.equal(diff.changes, [], `seed ${seed}`);
  }
});

test.run();
