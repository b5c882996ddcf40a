/** `coverage`, `connectivity` and `diff --static` from the command line to their exit codes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CoverageSummary } from '../src/report/coverage/words.ts';
import type { Connectivity, StaticDiff } from '../src/verdict/reach.ts';
import { cli, cliWith } from './command-line.ts';

const MANIFESTS = 'samples/scenarios';
const CAPTURE = 'samples/scenarios/scenarios.pcap';
const CASE = 'test/corpus/np-many-0';

type Decision = { policy: string | null; rule: number | null; reason: string; isolatedBy: string[] | null };
type Line = { ts: string; flags: string[] } & Record<'egress' | 'ingress', Decision>;

async function linesOf(...args: string[]): Promise<Line[]> {
  const { out } = await cli('replay', ...args, '-o', 'ndjson');
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
    .filter(({ flags }) => !flags.includes('duplicate'));
}

async function coverageOf(...args: string[]): Promise<CoverageSummary> {
  const { code, out } = await cli('coverage', ...args, '-o', 'json');
  assert.is(code, 0);
  return JSON.parse(out) as CoverageSummary;
}

for (const [what, args] of [
  ['a tracked capture', ['-f', MANIFESTS, CAPTURE]],
  ['packets judged alone', ['-f', CASE, `${CASE}/packets.pcap`, '--no-track']],
] as const)
  test(`hits and times of ${what} are those of its lines`, async () => {
    const lines = await linesOf(...args);
    const coverage = await coverageOf(...args);
    const times = (all: readonly Line[]): (number | null)[] => {
      const seconds = all.map(({ ts }) => Number(ts));
      return seconds.length === 0 ? [null, null] : [Math.min(...seconds), Math.max(...seconds)];
    };
    for (const { policy, rule, direction, packets, first, last } of coverage.rules) {
      const own = lines.filter((line) => line[direction].policy === policy && line[direction].rule === rule);
      const where = `${policy} ${direction} ${rule}`;
      const [from, to] = times(own);
      assert.is(packets, own.length, where);
      assert.ok(from === null ? first === null : Math.abs(first! - from!) < 1e-6, where);
      assert.ok(to === null ? last === null : Math.abs(last! - to!) < 1e-6, where);
    }
    for (const { policy, direction, packets } of coverage.isolation) {
      const own = lines.filter((line) => line[direction].isolatedBy?.includes(policy));
      // Lines name eight of them at most.
      assert.ok(packets! >= own.length, `${policy} ${direction}: ${packets} and ${own.length}`);
    }
    const hours = new Array<number>(24).fill(0);
    for (const { ts } of lines) hours[new Date(Number(ts) * 1000).getUTCHours()]!++;
    assert.equal(coverage.hours, hours);
    const days = new Array<number>(7).fill(0);
    for (const { ts } of lines) days[new Date(Number(ts) * 1000).getUTCDay()]!++;
    assert.equal(coverage.weekdays, days);
  });

test('a shadowed rule names what shadows it, with its line', async () => {
  const { rules } = await coverageOf('-f', CASE, `${CASE}/packets.pcap`, '--no-track');
  const shadowed = rules.find(({ policy, rule }) => policy === 'x/np-03' && rule === 2)!;
  assert.is(shadowed.status, 'shadowed');
  assert.equal(shadowed.by, [
    { what: 'NetworkPolicy x/np-03, ingress rule 1', at: 'test/corpus/np-many-0/policies.yaml:80:7' },
  ]);
  const { out } = await cli('coverage', '-f', CASE, `${CASE}/packets.pcap`, '--no-track', '--top', '100');
  assert.match(out, 'shadowed by NetworkPolicy x/np-03, ingress rule 1 (test/corpus/np-many-0/policies.yaml:80)');
});

test('the sample has a rule of every worth', async () => {
  const { rules } = await coverageOf('-f', `${MANIFESTS}/cluster.yaml`, '-f', 'samples/coverage', CAPTURE);
  assert.equal(
    rules.map(({ status, by }) => [status, ...by.map(({ at }) => at)].join(' ')),
    [
      'redundant samples/coverage/policies.yaml:14:7',
      'needed',
      'shadowed samples/coverage/policies.yaml:14:7',
      'matches-nothing',
      'needed',
    ],
  );
});

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

test('what traffic never showed is named: workloads, ports of pods and of Services, hours', async () => {
  const tuples = [
    '{"src":"10.244.1.10","dst":"10.244.1.30","proto":"TCP","sport":40000,"dport":5432}',
    '{"src":"10.244.1.10","dst":"10.96.0.40","proto":"TCP","sport":40000,"dport":5432}',
  ];
  const { out } = await cliWith({ stdin: bytesOf(tuples.join('\n')) }, 'coverage', '-f', MANIFESTS, '-', '-o', 'json');
  const all = JSON.parse(out) as CoverageSummary;
  assert.ok(all.workloads.unseen.includes('default/db-role'), out);
  assert.is(all.workloads.seen + all.workloads.unseen.length, all.workloads.total);
  assert.is(all.containerPorts.seen + all.containerPorts.unseen.length, all.containerPorts.total);
  assert.equal(all.time, { first: null, last: null });
  assert.ok(all.hours.every((packets) => packets === 0));
  assert.ok(all.rules.every(({ first, last }) => first === null && last === null));
});

test('connectivity is cut by its filters', async () => {
  const { code, out } = await cli('connectivity', '-f', MANIFESTS, '--to', 'db', '-o', 'json');
  assert.is(code, 0);
  const { open, to } = JSON.parse(out) as Connectivity;
  assert.is(to, 'db');
  assert.equal(
    open.map((line) => [line.from, line.to.workloads]),
    [[{ workloads: ['app1/nginx-1'], blocks: [{ cidr: '10.10.0.0/16', except: [] }] }, ['db/postgres-0']]],
  );
  const one = await cli(
    'connectivity',
    '-f',
    MANIFESTS,
    '--from',
    '10.10.3.0/24',
    '--to',
    'db/postgres-0',
    '-o',
    'json',
  );
  assert.equal((JSON.parse(one.out) as Connectivity).open[0]!.from, {
    workloads: [],
    blocks: [{ cidr: '10.10.3.0/24', except: [] }],
  });
  assert.match((await cli('connectivity', '-f', MANIFESTS, '--from', '10.99.0.1', '--to', 'db')).out, '\nnothing\n');
});

test('diff --static: exit code 1 when a verdict differs for some packet, 0 when none does', async () => {
  const sides = ['-f', 'samples/scenarios/cluster.yaml', '--old', 'samples/diff/old', '--new'] as const;
  const { code, out, err } = await cli('diff', ...sides, 'samples/diff/new', '--static', '-o', 'json');
  assert.is(code, 1);
  assert.is(err, '2 sets of packets newly dropped, 1 set of packets newly forwarded\n');
  const { changes } = JSON.parse(out) as StaticDiff;
  assert.equal(
    changes.map(({ old, new: next, to }) => `${old} ${next} ${to.workloads.join(' ')}`),
    ['forwarded dropped db/postgres-0', 'dropped forwarded db/postgres-0', 'forwarded dropped proj/worker'],
  );
  const same = await cli('diff', ...sides, 'samples/diff/old', '--static');
  assert.is(same.code, 0);
  assert.match(same.out, /^no packet would be judged differently/);
});

test.run();
