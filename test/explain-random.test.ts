/**
 * What `explain` says against the compiled table, on random clusters: verdict, deciding rule and the end of the trace.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../src/compile/compile.ts';
import { explain } from '../src/explain/explain.ts';
import { Judge } from '../src/explain/judge.ts';
import { hostTrace, trace } from '../src/explain/trace.ts';
import type { Cluster } from '../src/model/cluster.ts';
import type { Direction } from '../src/model/policy.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import { TCP } from '../src/net/protocol.ts';
import { classify } from '../src/table/classify.ts';
import { Matcher } from '../src/table/matcher.ts';
import type { Explanation, RuleWords } from '../src/verdict/explanation.ts';
import { type Random, seeded } from './random.ts';
import { randomCluster } from './random-cluster.ts';
import { withHosts } from './random-hosts.ts';
import { Packets } from './random-packets.ts';
import { placedRules } from './random-witness.ts';

const CLUSTERS = 25;
const PACKETS = 100;
const DIRECTIONS: readonly Direction[] = ['egress', 'ingress'];

for (const dialect of ['kubernetes', 'general'] as const)
  test(`explain says what the table says on random ${dialect} clusters`, () => {
    const seen = {
      rule: 0,
      'end-of-tier': 0,
      profile: 0,
      'no-policy': 0,
      'not-an-endpoint': 0,
      failsafe: 0,
      open: 0,
      changes: 0,
    };
    let packets = 0;
    for (let seed = 1; seed <= CLUSTERS; seed++) {
      const random = seeded(seed);
      const cluster = withHosts(random, randomCluster(random, dialect));
      const matcher = new Matcher(compile(cluster));
      const judge = new Judge(cluster);
      const draw = new Packets(random, cluster);
      const rules = placedRules(cluster);
      for (let i = 0; i < PACKETS; i++) {
        const at = rules.length > 0 && random.chance(0.5) ? random.pick(rules) : null;
        const drawn = (at && draw.aimedAt(at.policy, at.direction, at.rule)) ?? draw.any();
        const tuple = random.chance(0.15) ? toNode(random, cluster, drawn) : drawn;
        const table = classify(matcher, tuple);
        const reason =
          table.egress.reason === 'no-policy' && table.ingress.reason === 'no-policy' ? 'not-policed' : 'policy';
        // It throws where the trace ends elsewhere than the table's finding.
        const said = explain({ cluster, tuple, said: { ...table, reason, flags: [], hosts: NO_HOSTS }, meaning: '' });
        assert.is(said.verdict, table.verdict);
        for (const direction of DIRECTIONS) {
          const { end } = trace(cluster, judge, direction, tuple);
          if (end === null) seen.open++;
          else seen[end.reason]++;
          const opinion = judge.host(direction, tuple);
          const host = hostTrace(cluster, judge, direction, tuple);
          assert.is(host === null, opinion === null);
          if (host?.end && opinion?.reason !== 'undetermined') {
            assert.equal([host.end.reason, host.end.action], [opinion!.reason, opinion!.action]);
            seen[host.end.reason]++;
          }
          assertWitness(said, direction, end === null, `seed ${seed}, packet ${i}`);
        }
        seen.changes += said.changes.length;
        packets++;
      }
    }
    console.log(`\n# ${dialect}: ${packets} packets, ${JSON.stringify(seen)}`);
    assert.ok(packets >= 2500);
    for (const [what, times] of Object.entries(seen)) if (dialect === 'general') assert.ok(times > 0, what);
  });

function toNode(random: Random, { nodes }: Cluster, tuple: FiveTuple): FiveTuple {
  const addresses = nodes.flatMap((node) => node.addresses).filter(({ family }) => family === tuple.dst.family);
  const dst = random.pick(addresses);
  // Now and then to a failsafe port.
  return random.chance(0.8)
    ? { ...tuple, dst }
    : { ...tuple, dst, protocol: TCP, sourcePort: 40_000, destinationPort: 22, icmpType: null, icmpCode: null };
}

const NO_HOSTS = { egress: null, ingress: null };

/** The words show what was decided: one matching rule that does, every other rule that was asked with what it lacks. */
function assertWitness(said: Explanation, direction: Direction, open: boolean, where: string): void {
  const { decision, tiers } = said[direction];
  const asked = tiers
    .flatMap(({ policies }) => policies)
    .flatMap((policy) => policy.rules.map((rule) => ({ policy, rule })));
  for (const { rule } of asked) {
    if (rule.outcome === 'misses')
      assert.ok(rule.misses.length > 0, `${where}: rule ${rule.rule} misses for no reason`);
    if (rule.outcome === 'matches') assert.equal(rule.misses, [], where);
  }
  if (open) return;
  const decides = ({ outcome, action }: RuleWords): boolean =>
    outcome === 'matches' && (action === 'allow' || action === 'deny');
  const deciding = asked.filter(({ rule }) => decides(rule));
  assert.equal(
    deciding.map(({ policy, rule }) => [policy.policy, rule.rule, rule.action]),
    decision.reason === 'rule' ? [[decision.policy, decision.rule, decision.action]] : [],
    where,
  );
}

test('a packet that does not show its ports is explained as far as it goes', () => {
  const random = seeded(7);
  const cluster = randomCluster(random, 'general');
  const [pod, other] = cluster.endpoints;
  const tuple: FiveTuple = {
    src: pod!.addresses[0]!,
    dst: other!.addresses[0]!,
    protocol: 6,
    sourcePort: null,
    destinationPort: null,
    icmpType: null,
    icmpCode: null,
  };
  const table = classify(new Matcher(compile(cluster)), tuple);
  const said = explain({
    cluster,
    tuple,
    said: { ...table, reason: 'policy', flags: [], hosts: NO_HOSTS },
    meaning: '',
  });
  assert.match(said.notes.join(), 'does not show its ports');
  assert.equal(said.changes, []);
});

test.run();
