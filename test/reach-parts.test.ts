/** Blocks, ports and filters of connectivity by themselves; and its lines against the kernel's verdicts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCase } from '../src/cli/conformance-case.ts';
import { compile } from '../src/compile/compile.ts';
import { loadCluster } from '../src/manifest/load.ts';
import { type Family, parseAddress } from '../src/net/address.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import { hasIcmpType, hasPorts, protocolNumber } from '../src/net/protocol.ts';
import { blocksOf } from '../src/reach/blocks.ts';
import { connectivity } from '../src/reach/connectivity.ts';
import type { NumberRange } from '../src/reach/l4-pieces.ts';
import { staticDiff } from '../src/reach/static-diff.ts';
import { trafficOf } from '../src/reach/traffic.ts';
import { LimitError } from '../src/source/errors.ts';
import type { MatchTable } from '../src/table/match-table.ts';
import { holds, namesOf } from './flows.ts';
import { root } from './paths.ts';
import { seeded } from './random.ts';
import { randomCluster } from './random-cluster.ts';

type Range = readonly [first: string, last: string];

const blockTexts = (family: Family, wanted: readonly Range[], free: readonly Range[] = []): string[] => {
  const ranges = (all: readonly Range[]) =>
    all.map(([first, last]) => ({ first: parseAddress(first)!.value, last: parseAddress(last)!.value }));
  return blocksOf(family, ranges(wanted), ranges(free)).map(({ cidr, except }) => [cidr, ...except].join(' - '));
};

test('addresses are the fewest blocks', () => {
  const all: Range = ['0.0.0.0', '255.255.255.255'];
  const cases: readonly (readonly [readonly Range[], readonly Range[], readonly string[]])[] = [
    [[], [all], []],
    [[all], [], ['0.0.0.0/0']],
    [[['10.0.0.0', '10.0.0.255']], [], ['10.0.0.0/24']],
    [[['10.0.0.1', '10.0.0.2']], [], ['10.0.0.1/32', '10.0.0.2/32']],
    [
      [
        ['0.0.0.0', '9.255.255.255'],
        ['11.0.0.0', '255.255.255.255'],
      ],
      [],
      ['0.0.0.0/0 - 10.0.0.0/8'],
    ],
    [
      [
        ['10.0.0.0', '10.0.0.127'],
        ['10.0.0.192', '10.0.0.255'],
      ],
      [['10.0.0.128', '10.0.0.191']],
      ['10.0.0.0/24'],
    ],
    [[['10.0.0.1', '10.0.0.255']], [['10.0.0.0', '10.0.0.0']], ['10.0.0.0/24']],
    [
      [
        ['10.0.0.0', '10.0.0.255'],
        ['10.0.2.0', '10.0.2.15'],
        ['10.0.3.0', '10.255.255.255'],
      ],
      [],
      ['10.0.0.0/8 - 10.0.1.0/24 - 10.0.2.0/24', '10.0.2.0/28'],
    ],
  ];
  for (const [wanted, free, blocks] of cases) assert.equal(blockTexts(4, wanted, free), blocks);
  assert.equal(blockTexts(6, [['fd00::', 'fd00::ffff']]), ['fd00::/112']);
  assert.equal(blockTexts(6, [['::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']]), ['::/0']);
});

test('pieces of L4 are few words', () => {
  const piece = (protocols: number[], destination: NumberRange[] | null, source: NumberRange[] | null = null) => ({
    protocols,
    destination,
    source,
    classes: [],
  });
  const traffic = (...pieces: ReturnType<typeof piece>[]): string =>
    JSON.stringify(trafficOf(pieces).map((one) => Object.values(one).filter((part) => part !== null)));
  assert.is(
    traffic(
      piece([6], [[80, 80]]),
      piece(
        [6],
        [
          [81, 90],
          [443, 443],
        ],
      ),
    ),
    '[["TCP",["80-90","443"]]]',
  );
  assert.is(traffic(piece([17], null)), '[["UDP"]]');
  assert.is(
    traffic(
      piece(
        [1],
        [
          [2048, 2303],
          [768, 769],
        ],
      ),
    ),
    '[["ICMP",["3/0-1","8"]]]',
  );
  assert.is(traffic(piece([4, 47, 5], null)), '[["other",["4-5","47"]]]');
  assert.is(
    traffic(
      piece([6], [[80, 80]], [[53, 53]]),
      piece(
        [6],
        [[80, 80]],
        [
          [0, 52],
          [54, 65535],
        ],
      ),
      piece([6], [[1, 1]], [[53, 53]]),
    ),
    '[["TCP",["80"]],["TCP",["1"],["53"]]]',
  );
  assert.is(traffic(piece([...Array(256).keys()], null)), '[["any"]]');
});

test('what is asked of a part is the part of the whole', () => {
  const table = compile(randomCluster(seeded(5), 'kubernetes'));
  const all = connectivity(table);
  const workload = all.workloads[0]!.split(' ')[0]!;
  const [namespace, name] = workload.split('/') as [string, string];
  const part = connectivity(table, { to: { text: workload, filter: { namespace, name } } });
  for (const { to } of part.open) for (const one of to.workloads) assert.match(one, workload);
  const named = (list: typeof all.open): number =>
    list.filter(({ to }) => to.workloads.some((one) => one.startsWith(`${workload} `))).length;
  assert.is(part.open.length, named(all.open));
  assert.ok(part.open.length > 0);
});

test('a question beyond the limit is refused with its numbers', () => {
  const table = compile(randomCluster(seeded(5), 'kubernetes'));
  const side = { name: 'one', table };
  for (const ask of [() => connectivity(table, { most: 10 }), () => staticDiff(side, side, 10)])
    assert.throws(
      ask,
      (error: unknown) => error instanceof LimitError && /more than the 10 .*--from/.test(error.message),
    );
});

type Line = { src: string; dst: string; proto: string | number; sport: number; dport: number; verdict: string } & {
  icmpType?: number;
  icmpCode?: number;
};

function tupleOf(line: Line): FiveTuple {
  const protocol = protocolNumber(line.proto)!;
  const [ports, icmp] = [hasPorts(protocol), hasIcmpType(protocol)];
  return {
    src: parseAddress(line.src)!,
    dst: parseAddress(line.dst)!,
    protocol,
    sourcePort: ports ? line.sport : null,
    destinationPort: ports ? line.dport : null,
    icmpType: icmp ? (line.icmpType ?? null) : null,
    icmpCode: icmp ? (line.icmpCode ?? null) : null,
  };
}

/** Connectivity is about policy: a pod reaches itself, a node its own pods, and Services are translated, whatever it says. */
const isPolicyAlone = ({ nodes, services, endpoints }: MatchTable, { src, dst }: Line): boolean =>
  src !== dst &&
  !nodes.byAddress.has(src) &&
  !nodes.byAddress.has(dst) &&
  !services.byAddress.has(dst) &&
  (endpoints.byAddress.has(src) || endpoints.byAddress.has(dst));

const corpus = join(root, 'test', 'corpus');
test('what the kernel forwards is open, and what it drops is not', async () => {
  let asked = 0;
  for (const name of readdirSync(corpus).filter((one) => isCase(join(corpus, one)))) {
    if (name.startsWith('stateful')) continue;
    const { cluster } = await loadCluster(['cluster.yaml', 'policies.yaml'].map((file) => join(corpus, name, file)));
    const table = compile(cluster);
    const { open } = connectivity(table);
    const names = namesOf([table]);
    const lines = readFileSync(join(corpus, name, 'expect.ndjson'), 'utf8')
      .trim()
      .split('\n');
    for (const text of lines) {
      const line = JSON.parse(text) as Line;
      const tuple = tupleOf(line);
      if (!isPolicyAlone(table, line) || (hasIcmpType(tuple.protocol) && tuple.icmpType === null)) continue;
      const found = open.filter((one) => holds(one, names, tuple)).map(({ verdict }) => verdict);
      assert.equal(found, line.verdict === 'dropped' ? [] : [line.verdict], `${name}: ${text}`);
      asked++;
    }
  }
  assert.ok(asked > 1000, `${asked} tuples of the corpus`);
});

test.run();
