/** The compiled table against the literal evaluator, on random clusters, at every edge. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../src/compile/compile.ts';
import { Judge, type Opinion } from '../src/explain/judge.ts';
import { formatAddress } from '../src/net/address.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import { classify } from '../src/table/classify.ts';
import type { FindingWords } from '../src/table/decisions.ts';
import { Matcher } from '../src/table/matcher.ts';
import { seeded } from './random.ts';
import { type Dialect, edgeAddresses, randomCluster, randomTuple } from './random-cluster.ts';

const RUNS = Number(process.env['NETPOL_RUNS'] ?? 100_000);
const PER_CLUSTER = 250;

for (const dialect of ['kubernetes', 'general'] as const) {
  test(`agrees with the judge on random ${dialect} clusters`, () => {
    const clusters = RUNS / 2 / PER_CLUSTER;
    for (let seed = 1; seed <= clusters; seed++) compareCluster(seed, dialect);
    console.log(`# ${dialect}: ${clusters * PER_CLUSTER} packets, seeds 1 to ${clusters}`);
  });
}

function compareCluster(seed: number, dialect: Dialect): void {
  const random = seeded(seed);
  const cluster = randomCluster(random, dialect);
  const matcher = new Matcher(compile(cluster));
  const judge = new Judge(cluster);
  const edges = edgeAddresses(cluster);
  for (let i = 0; i < PER_CLUSTER; i++) {
    const tuple = randomTuple(random, cluster, edges);
    const fast = classify(matcher, tuple);
    const slow = judge.judge(tuple);
    const where = (): string => `seed ${seed}, packet ${i}: ${show(tuple)}`;
    assert.equal(said(fast.egress), opinion(slow.egress), where());
    assert.equal(said(fast.ingress), opinion(slow.ingress), where());
    assert.is(fast.verdict, slow.verdict, where());
  }
}

const said = (words: FindingWords): string =>
  [words.action, words.reason, words.tier, words.policy, words.rule, (words.isolatedBy ?? []).join(',')].join(' ');

function opinion({ action, reason, policy, rule, tier, isolatedBy }: Opinion): string {
  const name = (p: { namespace: string | null; name: string }): string =>
    p.namespace === null ? p.name : `${p.namespace}/${p.name}`;
  const isolating = isolatedBy.slice(0, 8).map(name).join(',');
  return [action, reason, tier?.name, policy === null ? null : name(policy), rule?.index, isolating].join(' ');
}

const show = (t: FiveTuple): string =>
  `${formatAddress(t.src)} ${t.sourcePort} > ${formatAddress(t.dst)} ${t.destinationPort} protocol ${t.protocol} icmp ${t.icmpType}/${t.icmpCode}`;

test.run();
