/** L4 classes against a plain reading of the ranges: one class is one answer to every range. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { l4Classes } from '../src/compile/l4-classes.ts';
import { packL4 } from '../src/compile/l4-pack.ts';
import type { L4Term } from '../src/compile/lower.ts';
import { ANY_L4, type L4Match, type PortRange } from '../src/model/policy.ts';
import { hasIcmpType, hasPorts, ICMP, ICMPV6, SCTP, TCP, UDP, UDPLITE } from '../src/net/protocol.ts';
import { l4Class } from '../src/table/l4.ts';
import { type Random, seeded } from './random.ts';

const term = (matches: readonly L4Match[]): L4Term => ({
  matches,
  service: null,
  asksOwnPorts: false,
  asksPeerPorts: false,
  peerIs: 'source',
});
const ports = (ranges: readonly PortRange[]): L4Match['destinationPorts'] => ({ ranges, names: [] });
const classes = (matches: readonly L4Match[]) => packL4(l4Classes([term(matches)], []));

/** Every question that a match asks of the numbers of one protocol, answered. */
function answers(matches: readonly L4Match[], protocol: number, destination: number, source: number): string {
  const inside = (ranges: readonly PortRange[] | undefined, port: number): boolean[] =>
    (ranges ?? []).map(([first, last]) => first <= port && port <= last);
  return matches
    .filter((match) => match.protocol === null || match.protocol === protocol)
    .flatMap((match) => [
      ...inside(match.destinationPorts?.ranges, destination),
      ...inside(match.sourcePorts?.ranges, source),
      ...(match.icmp === null
        ? []
        : [match.icmp.type === destination >> 8 && (match.icmp.code ?? destination & 255) === (destination & 255)]),
    ])
    .map(Number)
    .join('');
}

/** Classes and answers must name each other: no class with two answers, no answer with two classes. */
function assertClasses(matches: readonly L4Match[], protocol: number, sources: readonly number[]): void {
  const table = classes(matches);
  const answerOf = new Map<number, string>();
  const classOf = new Map<string, number>();
  for (const source of sources) {
    for (let destination = 0; destination <= 65_535; destination++) {
      const id = l4Class(table, protocol, destination, source);
      const answer = answers(matches, protocol, destination, source);
      if ((answerOf.get(id) ?? answer) === answer && (classOf.get(answer) ?? id) === id) {
        answerOf.set(id, answer);
        classOf.set(answer, id);
        continue;
      }
      assert.unreachable(`protocol ${protocol}, ${source} > ${destination}: class ${id}, answers ${answer}`);
    }
  }
  assert.not(answerOf.has(table.unknown[protocol]!), 'the class of unknown ports is nobody else');
  assert.ok([...answerOf.keys()].every((id) => id < table.count));
}

test('cuts the ports of a protocol where its rules do', () => {
  const tcp: L4Match = {
    ...ANY_L4,
    protocol: TCP,
    destinationPorts: ports([
      [80, 80],
      [443, 443],
      [0, 0],
      [65_535, 65_535],
    ]),
  };
  assertClasses([tcp], TCP, [0]);
  assertClasses([tcp], UDP, [0]);
  assert.is(classes([tcp]).count, classes([]).count + 4);
});

test('joins what ranges take alike, wherever it lies', () => {
  const overlapping = ports([
    [100, 200],
    [150, 300],
    [100, 300],
    [1, 65_535],
    [0, 65_534],
  ]);
  assertClasses([{ ...ANY_L4, protocol: UDP, destinationPorts: overlapping }], UDP, [0]);
});

test('pairs source and destination', () => {
  const match: L4Match = {
    ...ANY_L4,
    protocol: SCTP,
    sourcePorts: ports([
      [53, 53],
      [1024, 65_535],
    ]),
    destinationPorts: ports([[80, 81]]),
  };
  assertClasses([match], SCTP, [0, 52, 53, 54, 1023, 1024, 65_535]);
});

test('tells ICMP by type and code', () => {
  const echo: L4Match = { ...ANY_L4, protocol: ICMP, icmp: { type: 8, code: null } };
  const unreachable: L4Match = { ...ANY_L4, protocol: ICMP, icmp: { type: 3, code: 4 } };
  const last: L4Match = { ...ANY_L4, protocol: ICMPV6, icmp: { type: 255, code: null } };
  for (const protocol of [ICMP, ICMPV6]) assertClasses([echo, unreachable, last], protocol, [0]);
});

test('cuts at random ranges of any protocol', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const random = seeded(seed);
    const matches = Array.from({ length: 1 + random.below(6) }, () => randomMatch(random));
    const sources = [
      0,
      ...matches.flatMap((m) => m.sourcePorts?.ranges ?? []).flatMap(([a, b]) => [a, b, Math.min(65_535, b + 1)]),
    ];
    assertClasses(matches, random.pick([TCP, UDP, UDPLITE]), sources.slice(0, 3));
  }
});

test('gives protocols without ports one class each where a rule names them, and shares one where not', () => {
  const table = classes([
    { ...ANY_L4, protocol: 47 },
    { ...ANY_L4, notProtocol: 50 },
  ]);
  const of = (protocol: number): number => l4Class(table, protocol, 12_345, 54_321);
  assert.is(of(253), of(0));
  assert.is(new Set([47, 50, 253].map(of)).size, 3);
  for (let protocol = 0; protocol < 256; protocol++) {
    if (!hasPorts(protocol) && !hasIcmpType(protocol)) assert.is(table.unknown[protocol], of(protocol));
  }
});

function randomMatch(random: Random): L4Match {
  const range = (): PortRange => {
    const first = random.pick([0, 1, 80, 1024, 65_535, random.below(65_536)]);
    return [first, Math.min(65_535, first + random.pick([0, 0, 1, 100, 65_535]))];
  };
  const some = (): L4Match['destinationPorts'] => ports(Array.from({ length: 1 + random.below(3) }, range));
  return {
    ...ANY_L4,
    protocol: random.pick([null, TCP, UDP, UDPLITE]),
    destinationPorts: random.chance(0.8) ? some() : null,
    sourcePorts: random.chance(0.3) ? some() : null,
  };
}

test.run();
