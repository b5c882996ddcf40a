/**
 * What is proved of rules, against the static difference, and against the literal evaluator: without a rule that is not
 * needed nothing changes, without one that is something does, and what is shadowed decides no packet.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../src/compile/compile.ts';
import { Judge, needsPorts } from '../src/explain/judge.ts';
import type { Cluster } from '../src/model/cluster.ts';
import type { Rule } from '../src/model/policy.ts';
import { proveRules } from '../src/reach/rules.ts';
import { staticDiff } from '../src/reach/static-diff.ts';
import type { MatchTable } from '../src/table/match-table.ts';
import type { RuleStatus } from '../src/verdict/coverage.ts';
import { seeded } from './random.ts';
import { randomCluster } from './random-cluster.ts';
import { Packets } from './random-packets.ts';
import { mapRules, placedRules } from './random-witness.ts';

const CLUSTERS = Number(process.env['NETPOL_RUNS'] ?? 12);
const PACKETS = 300;
const FIRST_SEED = Number(process.env['NETPOL_SEED'] ?? 1);
/** Decide no packet at all, by their proof. */
const IDLE: readonly RuleStatus[] = ['shadowed', 'matches-nothing', 'selects-nobody', 'log'];

/** The rule of the model that a rule of the table is. */
function ruleOf(cluster: Cluster, { decisions }: MatchTable, place: number): Rule {
  const { policy, direction, index } = decisions.rules[place]!;
  const { namespace, name } = decisions.policies[policy]!;
  const found = placedRules(cluster).find(
    (one) =>
      one.policy.namespace === namespace &&
      one.policy.name === name &&
      one.direction === direction &&
      one.rule.index === index,
  );
  return found!.rule;
}

const without = (cluster: Cluster, rule: Rule): Cluster => mapRules(cluster, (one) => (one === rule ? null : one));

test('without a rule that is not needed no verdict changes; with one that is, an end decides otherwise', () => {
  const seen = new Map<RuleStatus, number>();
  for (let seed = FIRST_SEED; seed < FIRST_SEED + CLUSTERS; seed++) {
    const cluster = randomCluster(seeded(seed), seed % 3 === 0 ? 'kubernetes' : 'general');
    const table = compile(cluster, seed % 2 === 0 ? {} : { denseCells: 0 });
    proveRules(table).forEach(({ status }, place) => {
      seen.set(status, (seen.get(status) ?? 0) + 1);
      const rest = without(cluster, ruleOf(cluster, table, place));
      const where = `seed ${seed}, rule ${place}: ${status}`;
      if (status !== 'needed') {
        const diff = staticDiff({ name: 'old', table }, { name: 'new', table: compile(rest) });
        assert.equal(diff.changes, [], where);
      } else if (!cluster.endpoints.some(({ profile }) => profile === 'deny'))
        // The profile of the other end may hide what this end says, and cannot be left out for one direction.
        assert.ok(someEndDiffers(cluster, rest, table, place), where);
    });
  }
  for (const status of ['needed', 'redundant', 'shadowed', 'matches-nothing', 'selects-nobody', 'log'] as const)
    assert.ok((seen.get(status) ?? 0) > 0, `no rule is ${status}`);
});

/** The other end may hide a difference from the verdict: so the rule's own direction is asked alone. */
function someEndDiffers(cluster: Cluster, rest: Cluster, table: MatchTable, place: number): boolean {
  const { direction } = table.decisions.rules[place]!;
  const alone = (from: Cluster): MatchTable =>
    compile({ ...from, policies: from.policies.map((policy) => oneWay(policy, direction)) });
  const diff = staticDiff({ name: 'old', table: alone(cluster) }, { name: 'new', table: alone(rest) });
  return diff.differs;
}

const oneWay = (policy: Cluster['policies'][number], direction: 'ingress' | 'egress'): Cluster['policies'][number] => ({
  ...policy,
  directions: policy.directions.filter((one) => one === direction),
});

test('a rule that is shadowed, or matches nothing, decides no packet', () => {
  let idle = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + CLUSTERS; seed++) {
    const random = seeded(seed);
    const cluster = randomCluster(random, 'general');
    const table = compile(cluster);
    const proofs = proveRules(table);
    const rules = proofs.map((_, place) => ruleOf(cluster, table, place));
    const status = new Map(rules.map((rule, place) => [rule, proofs[place]!.status]));
    const judge = new Judge(cluster);
    const packets = new Packets(random, cluster);
    const live = placedRules(cluster).filter(({ policy }) => !policy.staged);
    for (let i = 0; live.length > 0 && i < PACKETS; i++) {
      const { policy, direction, rule } = random.pick(live);
      const tuple = (random.chance(0.7) ? packets.aimedAt(policy, direction, rule) : null) ?? packets.any();
      if (needsPorts(tuple)) continue;
      const { egress, ingress } = judge.judge(tuple);
      for (const one of [egress.rule, ingress.rule])
        if (one !== null) assert.ok(!IDLE.includes(status.get(one)!), `seed ${seed}: ${status.get(one)}`);
    }
    idle += proofs.filter((proof) => IDLE.includes(proof.status)).length;
  }
  assert.ok(idle > CLUSTERS, `${idle} idle rules`);
});

test('a table beyond the limit proves nothing, and says so', () => {
  const table = compile(randomCluster(seeded(3), 'kubernetes'));
  for (const { status } of proveRules(table, 1)) assert.is(status, 'unproved');
});

test.run();
