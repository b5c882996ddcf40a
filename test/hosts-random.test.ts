/** What replay says at host endpoints is held against the literal evaluator, on random clusters and packets. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openTraffic } from '../src/capture/open.ts';
import { tupleLine } from '../src/cli/explain-question.ts';
import { compile } from '../src/compile/compile.ts';
import { Judge, type Judgement, needsPorts, type Opinion } from '../src/explain/judge.ts';
import type { Cluster } from '../src/model/cluster.ts';
import { qualifiedName } from '../src/model/endpoint.ts';
import type { Direction } from '../src/model/policy.ts';
import type { Address } from '../src/net/address.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import { replay } from '../src/replay/replay.ts';
import { describeFinding, type FindingWords } from '../src/table/decisions.ts';
import { hostFinding } from '../src/table/hosts.ts';
import type { MatchTable } from '../src/table/match-table.ts';
import { REASONS, VERDICTS } from '../src/verdict/reasons.ts';
import { seeded } from './random.ts';
import { randomCluster } from './random-cluster.ts';
import { withHosts } from './random-hosts.ts';
import { Packets } from './random-packets.ts';

const CLUSTERS = 30;
const PACKETS = 150;
const DIRECTIONS: readonly Direction[] = ['egress', 'ingress'];

type Said = {
  readonly verdict: string;
  readonly reason: string;
  readonly hosts: Readonly<Record<Direction, FindingWords | null>>;
  readonly shown: FindingWords | null;
};

test('replay and the literal evaluator agree on host endpoints', async () => {
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= CLUSTERS; seed++) {
    const random = seeded(seed);
    // Without Services: where they lead is another test's.
    const cluster = { ...withHosts(random, randomCluster(random, 'general')), services: [] };
    const tuples = draw(random, cluster);
    const judge = new Judge(cluster);
    const said = await replayed(compile(cluster), tuples);
    for (const [n, tuple] of tuples.entries())
      compare(judge, tuple, said[n]!, seen, `seed ${seed}: ${tupleLine(tuple)}`);
  }
  for (const word of [
    'rule',
    'end-of-tier',
    'profile',
    'no-policy',
    'failsafe',
    'undetermined',
    'two',
    'inward',
    'own',
  ])
    assert.ok((seen.get(word) ?? 0) >= 3, `${word}: ${seen.get(word)}`);
});

function compare(judge: Judge, tuple: FiveTuple, said: Said, seen: Map<string, number>, where: string): void {
  const judged = judge.judge(tuple);
  const own = isOwnPod(judge, tuple);
  for (const direction of DIRECTIONS) {
    const opinion = judged.hosts[direction];
    assert.is(wordsOf(said.hosts[direction]), opinionWords(opinion), `${where} ${direction}`);
    if (opinion !== null) count(seen, opinion.reason);
  }
  const { egress, ingress } = judged.hosts;
  if (egress !== null && ingress !== null)
    count(seen, judge.hosts.nodeOf(tuple.src) === judge.hosts.nodeOf(tuple.dst) ? 'inward' : 'two');
  assert.is(said.verdict, own ? 'forwarded' : judged.verdict, `${where}: ${said.reason}`);
  if (own) count(seen, 'own');
  assert.is(wordsOf(said.shown), opinionWords(standing(judged)), `${where}: shown`);
}

/** The one of two that the line shows: docs/semantics.md. */
function standing({ hosts: { egress, ingress } }: Judgement): Opinion | null {
  if (egress === null || ingress === null) return egress ?? ingress;
  const weight = ({ action }: Opinion): number => (action === 'deny' ? 2 : action === null ? 1 : 0);
  return weight(egress) > weight(ingress) ? egress : ingress;
}

const count = (seen: Map<string, number>, word: string): Map<string, number> =>
  seen.set(word, (seen.get(word) ?? 0) + 1);

const wordsOf = (words: FindingWords | null): string =>
  words === null
    ? 'nobody'
    : [words.action, words.reason, words.tier, words.policy, words.rule, words.isolatedBy].join(' ');

function opinionWords(opinion: Opinion | null): string {
  if (opinion === null) return 'nobody';
  const { action, reason, tier, policy, rule, isolatedBy } = opinion;
  const isolating = reason === 'end-of-tier' ? isolatedBy.slice(0, 8).map(qualifiedName) : null;
  return [action, reason, tier?.name, policy && qualifiedName(policy), rule?.index, isolating].join(' ');
}

/** A node reaches its own pods whatever policies say. */
function isOwnPod(judge: Judge, { src, dst }: FiveTuple): boolean {
  const isPod = (address: Address): boolean => judge.endpointsAt(address).length > 0;
  return (
    !isPod(src) && isPod(dst) && judge.hosts.nodeOf(src) !== null && judge.hosts.nodeOf(src) === judge.hosts.nodeOf(dst)
  );
}

/** Packets with a node at one end at least; loopback of pods is no host endpoint's matter. */
function draw(random: ReturnType<typeof seeded>, cluster: Cluster): FiveTuple[] {
  const packets = new Packets(random, cluster);
  const addresses = cluster.nodes.flatMap((node) => node.addresses);
  return Array.from({ length: PACKETS }, () => {
    const tuple = packets.any();
    const own = random.pick(addresses.filter(({ family }) => family === tuple.src.family));
    const peer = random.chance(0.4) ? random.pick(addresses.filter(({ family }) => family === own.family)) : null;
    if (random.chance(0.5)) return { ...tuple, src: own, dst: peer ?? tuple.dst };
    return { ...tuple, src: peer ?? tuple.src, dst: own };
  }).filter((tuple) => !needsPorts(tuple) || random.chance(0.5));
}

async function replayed(table: MatchTable, tuples: readonly FiveTuple[]): Promise<Said[]> {
  const stdin = async function* (): AsyncIterable<Uint8Array> {
    yield Buffer.from(tuples.map(tupleLine).join(''));
  };
  const traffic = await openTraffic('-', { stdin: stdin() });
  const found: Said[] = [];
  const words = (finding: number): FindingWords | null => (finding < 0 ? null : describeFinding(table, finding));
  await replay(table, [traffic], {}, (batch, verdicts) => {
    for (let row = 0; row < batch.count; row++) {
      const egress = verdicts.hostEgress[row]!;
      const ingress = verdicts.hostIngress[row]!;
      found.push({
        verdict: VERDICTS[verdicts.verdict[row]!]!,
        reason: REASONS[verdicts.reason[row]!]!,
        hosts: { egress: words(egress - 1), ingress: words(ingress - 1) },
        shown: words(hostFinding(table, egress, ingress)),
      });
    }
  });
  assert.is(found.length, tuples.length);
  return found;
}

test.run();
