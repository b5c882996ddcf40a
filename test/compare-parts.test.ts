/** What a comparison is made of: rows joined by who they are of, things that two lists share, rules that are the same. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Identities } from '../src/compare/identities.ts';
import { JoinedRows } from '../src/compare/joined-rows.ts';
import { matchUp } from '../src/compare/match-up.ts';
import { compile } from '../src/compile/compile.ts';
import { ruleContent } from '../src/model/content.ts';
import { FIRST_TIER_END, findingOf, policiesOfTier } from '../src/table/decisions.ts';
import type { MatchTable } from '../src/table/match-table.ts';
import { seeded } from './random.ts';
import { randomCluster } from './random-cluster.ts';
import { found, table } from './report-builders.ts';
import { rowsOf } from './rows.ts';

test('rows of one conversation add up, however many there are; what finds no room is summed up by itself', () => {
  const rows = new JoinedRows(1, 3);
  const batch = rowsOf([
    '10.0.0.1:1000 > 10.0.0.2:80 S',
    '10.0.0.2:80 > 10.0.0.1:1000 SA',
    '[fd00::1]:1000 > [fd00::2]:80 S',
    '10.0.0.1 > 10.0.0.2 icmp 8/0 id 7',
    '10.0.0.1:1000 > 10.0.0.2:81 S',
    '10.0.0.1:1001 > 10.0.0.2:80 S',
  ]);
  const turned = [false, true, false, false, false, false];
  const room = turned.map((isTurned, row) => {
    const number = row === 3 ? 8 : isTurned ? batch.sourcePort[row]! : batch.destinationPort[row]!;
    rows.ends(batch, row, isTurned, number, 5);
    rows.key[rows.key.length - 1] = -2;
    return rows.add(1, 60, row === 0 ? 1 : 0);
  });
  assert.equal(room, [true, true, true, true, false, true]);
  assert.is(rows.count, 3);
  assert.equal(rows.amount(0), { packets: 3, bytes: 180, connections: 1 });
  assert.equal(rows.crowdedOut, { packets: 1, bytes: 60, connections: 0 });
  assert.equal([rows.own(0), rows.more(0, 0)], [5, -2]);
  const [tcp, six, icmp] = [0, 1, 2].map((i) => rows.endsOf(i));
  assert.equal([tcp!.family, tcp!.destinationPort, tcp!.icmpType], [4, 80, null]);
  assert.equal([six!.family, six!.src[0]], [6, 0xfd00_0000 | 0]);
  assert.equal([icmp!.destinationPort, icmp!.icmpType], [null, 8]);
});

test('members of two lists are paired by the first question that they answer alike, each once', () => {
  const pairs = (old: string, next: string): number[] => [
    ...matchUp([...old], [...next], [(letter) => letter, (letter) => (letter === '-' ? null : letter.toLowerCase())]),
  ];
  assert.equal(pairs('abc', 'cab'), [1, 2, 0]);
  assert.equal(pairs('aA', 'Aa'), [1, 0]);
  assert.equal(pairs('aab', 'aBB'), [0, -1, 1]);
  assert.equal(pairs('A', 'b'), [-1]);
  assert.equal(pairs('', 'b'), []);
});

test('a finding is the same in a table of the same policies, whose lines have moved', () => {
  const old = table();
  const moved = <T extends { at: object }>(list: readonly T[]): T[] =>
    list.map((one) => ({ ...one, at: { file: 'x', line: 9, column: 9 } }));
  const next = {
    ...old,
    decisions: { ...old.decisions, policies: moved(old.decisions.policies), rules: moved(old.decisions.rules) },
  };
  const identities = new Identities(old, next as MatchTable);
  const findings = Object.values(found);
  for (const one of findings)
    for (const other of findings) assert.is(identities.same(one, other), one === other, `${one} ${other}`);
});

test('the end of a tier is the same while a policy isolates on both sides', () => {
  const old = table();
  const { policies } = old.decisions;
  const renamed = (from: number): MatchTable => ({
    ...old,
    decisions: {
      ...old.decisions,
      policies: policies.map((policy, i) => (i >= from ? { ...policy, name: `${policy.name}-2` } : policy)),
    },
  });
  assert.equal(policiesOfTier(old, 2, 0), [0, 1]);
  assert.is(new Identities(old, renamed(1)).same(found.endOfDefault, found.endOfDefault), true);
  assert.is(new Identities(old, renamed(0)).same(found.endOfDefault, found.endOfDefault), false);
  // Another tier's end, for whatever policies, is another decision.
  const { general, count } = old.decisions;
  const admin = findingOf(general, count, 3, FIRST_TIER_END + 1);
  assert.is(new Identities(old, old).same(found.endOfDefault, admin), false);
});

test('contents are in a table when they are asked for, and are what rules say as written', () => {
  const cluster = randomCluster(seeded(5), 'general');
  const contents = compile(cluster, { contents: true }).decisions;
  assert.ok(contents.rules.length > 0);
  assert.ok([...contents.rules, ...contents.policies].every(({ content }) => /^[0-9a-f]{32}$/.test(content!)));
  const plain = compile(cluster).decisions;
  assert.ok([...plain.rules, ...plain.policies].every((entry) => !('content' in entry)));
  const [rule] = cluster.policies.flatMap(({ ingress, egress }) => [...ingress, ...egress]);
  const elsewhere = { ...rule!, index: 7, at: { file: 'other', line: 1, column: 1 } };
  assert.is(ruleContent(elsewhere), ruleContent(rule!));
  assert.is.not(ruleContent({ ...rule!, action: rule!.action === 'deny' ? 'allow' : 'deny' }), ruleContent(rule!));
});

test.run();
