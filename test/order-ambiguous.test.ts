/**
 * Policies of equal priority: a packet is flagged where another order of them would decide otherwise, and only there.
 * The table's answer (table/ties.ts) is held against the judge's, asked once for each policy put first of its tie.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../src/compile/compile.ts';
import { Judge } from '../src/explain/judge.ts';
import type { Cluster } from '../src/model/cluster.ts';
import type { Direction, Policy } from '../src/model/policy.ts';
import { type Address, wordsOf } from '../src/net/address.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import { hasIcmpType, hasPorts } from '../src/net/protocol.ts';
import { Matcher } from '../src/table/matcher.ts';
import { Ties } from '../src/table/ties.ts';
import { type Random, seeded } from './random.ts';
import { randomCluster } from './random-cluster.ts';
import { Packets } from './random-packets.ts';

const FIRST_SEED = 1;
const CLUSTERS = 40;
const PACKETS = 120;
const DIRECTIONS: readonly Direction[] = ['egress', 'ingress'];

test('a decision hangs on the order of tied policies where the judge says so, and only there', () => {
  let open = 0;
  let certain = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + CLUSTERS; seed++) {
    const random = seeded(seed);
    const cluster = withTies(randomCluster(random, 'general'), random);
    const packets = new Packets(random, cluster);
    const asked = askers(cluster);
    for (let i = 0; i < PACKETS; i++) {
      const tuple = packets.any();
      for (const direction of DIRECTIONS) {
        const wanted = asked.judge(direction, tuple);
        assert.is(asked.table(direction, tuple), wanted, `seed ${seed}, packet ${i}, ${direction}`);
        if (wanted) open++;
        else certain++;
      }
    }
  }
  assert.ok(open > CLUSTERS, `${open} decisions hang on it`);
  assert.ok(certain > CLUSTERS, `${certain} do not`);
});

test('a table without ties is never asked', () => {
  const cluster = randomCluster(seeded(FIRST_SEED), 'general');
  assert.is(Ties.of(compile(cluster)), null);
  const one = {
    ...cluster,
    policies: cluster.policies.map((policy, i) => ({ ...policy, isOrderOpen: true, order: i })),
  };
  assert.is(Ties.of(compile(one)), null);
});

/** Few places for many policies, most of an API that leaves their order open. */
const withTies = (cluster: Cluster, random: Random): Cluster => ({
  ...cluster,
  policies: cluster.policies.map((policy) => {
    const tier = random.pick(['security', 'security', 'platform']);
    return random.chance(0.2)
      ? { ...policy, tier, order: 3 }
      : { ...policy, tier, order: random.pick([1, 2]), isOrderOpen: true };
  }),
});

type Ask = (direction: Direction, tuple: FiveTuple) => boolean;

function askers(cluster: Cluster): { judge: Ask; table: Ask } {
  const table = compile(cluster);
  const ties = Ties.of(table);
  const matcher = new Matcher(table);
  const judges = [cluster, ...putFirst(cluster)].map((one) => new Judge(one));
  return {
    judge: (direction, tuple) => new Set(judges.map((judge) => outcome(judge, direction, tuple))).size > 1,
    table: (direction, tuple) => {
      const [own, peer] = direction === 'egress' ? [tuple.src, tuple.dst] : [tuple.dst, tuple.src];
      const { egressProfile, ingressProfile } = table.classes;
      const profile = (direction === 'egress' ? egressProfile : ingressProfile)[classOf(matcher, own)]!;
      return ties?.isOpen(profile, classOf(matcher, peer), l4Of(matcher, tuple)) ?? false;
    },
  };
}

/** The cluster with each tied policy as the first of its tie: the name that sorts before all others. */
function putFirst(cluster: Cluster): Cluster[] {
  const place = ({ tier, order }: Policy): string => `${order} ${tier}`;
  const inForce = cluster.policies.filter(({ staged, isOrderOpen }) => !staged && isOrderOpen === true);
  return inForce
    .filter((policy) => inForce.some((other) => other !== policy && place(other) === place(policy)))
    .map((first) => ({ ...cluster, policies: reordered(cluster.policies, first) }));
}

/** `first` gets the place of the tie's first, which gets its own: who is not of the tie stays where it is. */
function reordered(policies: readonly Policy[], first: Policy): Policy[] {
  const tied = policies
    .filter((p) => !p.staged && p.isOrderOpen === true && p.tier === first.tier && p.order === first.order)
    .sort((a, b) => (a.tieBreak < b.tieBreak ? -1 : 1));
  const others = tied.filter((policy) => policy !== first);
  const names = new Map([first, ...others].map((policy, i) => [policy, tied[i]!.tieBreak]));
  return policies.map((policy) => ({ ...policy, tieBreak: names.get(policy) ?? policy.tieBreak }));
}

function outcome(judge: Judge, direction: Direction, tuple: FiveTuple): string {
  const { action, reason, tier } = judge.end(direction, tuple);
  return `${action} ${reason} ${tier?.name}`;
}

function classOf(matcher: Matcher, address: Address): number {
  const words = wordsOf(address);
  return address.family === 4 ? matcher.class4(words[0]) : matcher.class6(...words);
}

function l4Of(matcher: Matcher, { protocol, sourcePort, destinationPort, icmpType, icmpCode }: FiveTuple): number {
  const number = hasIcmpType(protocol) && icmpType !== null ? icmpType * 256 + icmpCode! : destinationPort;
  if (number === null && (hasPorts(protocol) || hasIcmpType(protocol))) return matcher.l4Unknown(protocol);
  return matcher.l4(protocol, number ?? 0, sourcePort ?? 0);
}

test.run();
