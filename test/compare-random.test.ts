/**
 * One pass over two tables against two replays by themselves, joined line by line: the slow, obvious way to compare.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Comparison } from '../src/compare/comparison.ts';
import { compile } from '../src/compile/compile.ts';
import type { Cluster } from '../src/model/cluster.ts';
import type { Policy, Rule } from '../src/model/policy.ts';
import { formatAddress, formatWords } from '../src/net/address.ts';
import { hasIcmpType, hasPorts, protocolName, SCTP, TCP } from '../src/net/protocol.ts';
import type { PacketBatch } from '../src/packet/batch.ts';
import type { Midstream } from '../src/replay/options.ts';
import { replayPair } from '../src/replay/pair.ts';
import { replay } from '../src/replay/replay.ts';
import { NdjsonWriter } from '../src/report/ndjson.ts';
import type { MatchTable } from '../src/table/match-table.ts';
import { CHANGES, type ChangeWord, type Difference, type Ends } from '../src/verdict/differences.ts';
import { type Amount, noAmount } from '../src/verdict/tally.ts';
import { type Random, seeded } from './random.ts';
import { type Dialect, randomCluster } from './random-cluster.ts';
import { Packets } from './random-packets.ts';
import { traffic } from './report-builders.ts';
import { rowsOf } from './rows.ts';

const CLUSTERS = 18;
const maxConnections = 4096;
const CONNECTIONS = 120;

type Words = {
  kind: string;
  tier: string | null;
  policy: string | null;
  rule: number | null;
  reason: string;
  isolatedBy: string[] | null;
};
type Line = {
  n: number;
  src: string;
  dst: string;
  proto: string;
  sport: number | null;
  dport: number | null;
  icmpType: number | null;
  verdict: string;
  reason: string;
  egress: Words;
  ingress: Words;
  opener: number | null;
};

for (const dialect of ['kubernetes', 'general'] as const)
  test(`one pass over two random ${dialect} clusters is what two passes give`, async () => {
    const met = new Map<ChangeWord, number>();
    for (let seed = 1; seed <= CLUSTERS; seed++) await compareSeed(seed, dialect, met);
    console.log(`\n# ${dialect}: ${JSON.stringify(Object.fromEntries(met))}`);
    for (const change of CHANGES) assert.ok((met.get(change) ?? 0) > 0, change);
  });

async function compareSeed(seed: number, dialect: Dialect, met: Map<ChangeWord, number>): Promise<void> {
  const random = seeded(seed);
  const old = randomCluster(random, dialect);
  const next = mutated(random, old);
  const tables = [compile(old, { contents: true }), compile(next, { contents: true })] as const;
  const batches = [
    rowsOf(rows(random, new Packets(random, old))),
    rowsOf(rows(random, new Packets(random, next)), 9000),
  ];
  const midstream: Midstream = random.pick(['infer', 'loose', 'strict'] as const);

  const comparison = new Comparison(...tables);
  const [one, other] = tables.map((table) => ({ table, options: { midstream, maxConnections } }));
  const pair = await replayPair(one!, other!, [inputOf(batches)], undefined, (batch, pairs) =>
    comparison.add(batch, pairs),
  );
  const said = comparison.differences;

  const [before, after] = await Promise.all(tables.map((table) => linesOf(table, batches, midstream)));
  const expected = joined(before!.lines, after!.lines, (a, b) => sameDecider(old, next, a, b));
  const where = `${dialect}, seed ${seed}, ${midstream}`;
  assert.equal(pair.old.verdicts, before!.tally.verdicts, where);
  assert.equal(pair.next.verdicts, after!.tally.verdicts, where);
  assert.equal(pair.next.findings, after!.tally.findings, where);
  CHANGES.forEach((change, i) => {
    assert.is(said.changes[i]!.packets, expected.changes.get(change)?.packets ?? 0, `${where}: ${change}`);
    met.set(change, (met.get(change) ?? 0) + said.changes[i]!.packets);
  });
  assert.is(said.differing.packets, expected.differing, where);
  assert.is(said.rows, before!.lines.length);
  assert.is(
    said.changes.reduce((sum, { packets }) => sum + packets, 0),
    before!.lines.length,
  );
  if (midstream !== 'infer') return; // elsewhere both ends may open: the lines do not tell who is believed
  assert.equal(packetsBy(said.conversations), expected.conversations, where);
  // What comes from a Service's address is told the other way round, and the lines do not say so.
  const plain = (keys: Iterable<string>): string[] =>
    [...keys].filter((key) => !/ (10\.96\.|fd00:96:)/.test(key)).sort();
  assert.equal(
    plain(said.steady.map((one) => `${CHANGES[one.change]} ${endsText(one)}`)),
    plain(expected.steady),
    where,
  );
}

/** Openers, and what follows those of TCP: answers, more packets, an opener once more. */
function rows(random: Random, packets: Packets): string[] {
  const bracket = (address: string): string => (address.includes(':') ? `[${address}]` : address);
  return Array.from({ length: CONNECTIONS }, () => packets.any()).flatMap((tuple) => {
    const { protocol, icmpType } = tuple;
    const [src, dst] = [formatAddress(tuple.src), formatAddress(tuple.dst)];
    if (hasIcmpType(protocol)) return icmpType === 8 ? [`${src} > ${dst} icmp 8/0 id 7`] : [];
    if (!hasPorts(protocol) || tuple.sourcePort === null) return [];
    // Beyond TCP a packet from a server's port may be taken for an answer, and its line does not tell.
    const port = protocol === TCP ? tuple.sourcePort : 50_000;
    const [a, b] = [`${bracket(src)}:${port}`, `${bracket(dst)}:${tuple.destinationPort}`];
    if (protocol === SCTP) return [`${a} > ${b} sctp 1`];
    if (protocol !== TCP) return [`${a} > ${b} ${protocol}`];
    const opener = `${a} > ${b} S`;
    return [opener, ...random.some([`${b} > ${a} SA`, `${a} > ${b} A`, opener, `${b} > ${a} A`], 0, 4)];
  });
}

/** Policies dropped, renamed, moved to other lines; rules dropped, doubled, put in another order. Some pods are gone. */
function mutated(random: Random, cluster: Cluster): Cluster {
  let line = 1;
  const list = (rules: readonly Rule[]): Rule[] => {
    const kept = rules.flatMap((rule) => (random.chance(0.2) ? [] : random.chance(0.1) ? [rule, rule] : [rule]));
    const order = random.chance(0.3) ? kept.reverse() : kept;
    return order.map((rule, index) => ({ ...rule, index, at: { ...rule.at, line: line++ } }));
  };
  const policies = cluster.policies.flatMap((policy): Policy[] => {
    if (random.chance(0.15)) return [];
    const moved = { ...policy, at: { ...policy.at, line: line++ } };
    if (random.chance(0.5)) return [moved];
    return [{ ...moved, ingress: list(policy.ingress), egress: list(policy.egress) }];
  });
  return { ...cluster, policies, endpoints: cluster.endpoints.filter(() => !random.chance(0.05)) };
}

const inputOf = (batches: readonly PacketBatch[]) => ({
  ...traffic('random'),
  batches: async function* () {
    yield* batches;
  },
});

async function linesOf(table: MatchTable, batches: readonly PacketBatch[], midstream: Midstream) {
  const writer = new NdjsonWriter(table, false);
  let text = '';
  const { tally } = await replay(
    table,
    [inputOf(batches)],
    { midstream, maxConnections },
    (batch, verdicts, _place, input) => {
      text += writer.lines(batch, verdicts, input.file);
    },
  );
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  return { lines, tally };
}

type Joined = {
  changes: Map<ChangeWord, Amount>;
  differing: number;
  conversations: Map<string, number>;
  steady: Set<string>;
};

function joined(before: readonly Line[], after: readonly Line[], same: (a: Line, b: Line) => boolean): Joined {
  const changes = new Map<ChangeWord, Amount>();
  const conversations = new Map<string, number>();
  const steady = new Set<string>();
  const openers = new Map(after.map((line) => [line.n, line]));
  let differing = 0;
  before.forEach((a, i) => {
    const b = after[i]!;
    assert.is(a.n, b.n);
    const change = changeOf(a, b, same);
    const amount = changes.get(change) ?? noAmount();
    amount.packets++;
    changes.set(change, amount);
    if (a.verdict !== b.verdict) differing++;
    const opener = b.opener === null ? b : openers.get(b.opener)!;
    const key = `${change} ${opener.src} ${opener.dst} ${b.proto} ${opener.dport ?? opener.icmpType}`;
    if (change === 'unchanged' || (change === 'undetermined' && a.verdict === b.verdict)) steady.add(key);
    else conversations.set(key, (conversations.get(key) ?? 0) + 1);
  });
  return { changes, differing, conversations, steady };
}

function changeOf(a: Line, b: Line, same: (a: Line, b: Line) => boolean): ChangeWord {
  if (a.verdict === 'undetermined' || b.verdict === 'undetermined') return 'undetermined';
  if (a.verdict !== b.verdict) return b.verdict === 'dropped' ? 'newly-dropped' : 'newly-forwarded';
  const story = ({ reason }: Line): string => (/^(tracked|connection-denied)$/.test(reason) ? 'policy' : reason);
  return story(a) === story(b) && same(a, b) ? 'unchanged' : 'other-rule';
}

const sameDecider = (old: Cluster, next: Cluster, a: Line, b: Line): boolean =>
  (['egress', 'ingress'] as const).every((direction) => {
    const [x, y] = [a[direction], b[direction]];
    if (x.isolatedBy !== null && y.isolatedBy !== null)
      return x.tier === y.tier && x.isolatedBy.some((policy) => y.isolatedBy!.includes(policy));
    if (x.rule === null || y.rule === null) return JSON.stringify(x) === JSON.stringify(y);
    if (x.policy !== y.policy || x.kind !== y.kind) return false;
    return partnerOf(listOf(old, x, direction), listOf(next, y, direction))[x.rule] === y.rule;
  });

function listOf({ policies }: Cluster, { policy, kind }: Words, direction: 'egress' | 'ingress'): readonly Rule[] {
  const found = policies.filter(
    (one) => one.kind === kind && (one.namespace === null ? one.name : `${one.namespace}/${one.name}`) === policy,
  );
  assert.is(found.length, 1, `${kind} ${policy} is one policy`);
  return found[0]![direction];
}

/** Rules that say the same, in place before elsewhere; then those of one index. */
function partnerOf(old: readonly Rule[], next: readonly Rule[]): number[] {
  const says = ({ at: _, index: __, ...rest }: Rule): string =>
    JSON.stringify(rest, (_, part) => (typeof part === 'bigint' ? String(part) : part));
  const partner: number[] = old.map(() => -1);
  const free = (j: number): boolean => j < next.length && !partner.includes(j);
  old.forEach((rule, i) => {
    if (free(i) && says(rule) === says(next[i]!)) partner[i] = i;
  });
  old.forEach((rule, i) => {
    if (partner[i] === -1) partner[i] = next.findIndex((one, j) => free(j) && says(one) === says(rule));
  });
  old.forEach((_, i) => {
    if (partner[i] === -1 && free(i)) partner[i] = i;
  });
  return partner;
}

function packetsBy(conversations: readonly Difference[]): Map<string, number> {
  const packets = new Map<string, number>();
  for (const one of conversations) {
    const key = `${CHANGES[one.change]} ${endsText(one)}`;
    packets.set(key, (packets.get(key) ?? 0) + one.packets);
  }
  return packets;
}

const endsText = ({ family, src, dst, protocol, destinationPort, icmpType }: Ends): string =>
  `${formatWords(family, ...src)} ${formatWords(family, ...dst)} ${protocolName(protocol)} ${destinationPort ?? icmpType}`;

test.run();
