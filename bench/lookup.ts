/** What the parts of a decision cost: addresses to classes, ports to L4 classes, cells, and all of it. */
import Benchmark from 'benchmark';
import { IPv4, IPv4CidrRange } from 'ip-num';
import { Bench } from 'tinybench';
import { compile } from '../src/compile/compile.ts';
import { Judge } from '../src/explain/judge.ts';
import type { Cluster } from '../src/model/cluster.ts';
import { formatPrefix } from '../src/net/prefix.ts';
import { classify } from '../src/table/classify.ts';
import { type ClassifyColumns, classifyBatch } from '../src/table/classify-batch.ts';
import { Matcher } from '../src/table/matcher.ts';
import { createVerdicts } from '../src/verdict/batch.ts';
import { capture } from './capture.ts';
import { digits } from './measure.ts';
import { rowsOfFamily, sampleColumns, tupleOf } from './sample.ts';
import { showShape } from './shape.ts';
import { STANDARD, world } from './world.ts';

const BATCH = 1024;
/** So many batches are walked in turn, so that no candidate answers from the nearest cache alone. */
const BATCHES = 64;

export async function lookup(): Promise<void> {
  const cluster = world(STANDARD);
  const table = compile(cluster);
  showShape(cluster, table);
  const matcher = new Matcher(table);
  const columns = await sampleColumns(capture(STANDARD), BATCH * BATCHES);
  console.log(`sample: the first ${columns.count} packets of the capture, in ${BATCHES} batches of ${BATCH}`);
  await batches(matcher, columns);
  singles(matcher, cluster, columns);
}

async function batches(matcher: Matcher, columns: ClassifyColumns): Promise<void> {
  const v4 = rowsOfFamily(columns, 4, columns.count);
  const v6 = rowsOfFamily(columns, 6, columns.count);
  const { src0, src1, src2, src3, protocol, sourcePort, destinationPort } = columns;
  const source = Int32Array.from({ length: columns.count }, (_, row) => classOfSource(matcher, columns, row));
  const l4 = Int32Array.from({ length: columns.count }, (_, row) =>
    matcher.l4(protocol[row]!, destinationPort[row]!, sourcePort[row]!),
  );
  const { egressProfile } = matcher.table.classes;
  const out = createVerdicts(BATCH);
  const slices = Array.from({ length: BATCHES }, (_, i) => slice(columns, i * BATCH));
  let turn = 0;
  let sink = 0;
  const overRows =
    (ask: (row: number) => number): (() => void) =>
    () => {
      const from = (turn++ % BATCHES) * BATCH;
      for (let row = from; row < from + BATCH; row++) sink ^= ask(row);
    };
  const bench = new Bench({ time: 300, warmupTime: 100 });
  bench
    .add('classifyBatch: the whole verdict', () => classifyBatch(matcher, slices[turn++ % BATCHES]!, out))
    .add(
      'class of an IPv4 address',
      overRows((row) => matcher.class4(src0[v4[row]!]!)),
    )
    .add(
      'class of an IPv6 address',
      overRows((row) => {
        const at = v6[row]!;
        return matcher.class6(src0[at]!, src1[at]!, src2[at]!, src3[at]!);
      }),
    )
    .add(
      'L4 class',
      overRows((row) => matcher.l4(protocol[row]!, destinationPort[row]!, sourcePort[row]!)),
    )
    .add(
      'decision of a cell',
      overRows((row) => matcher.decide(egressProfile[source[row]!]!, source[row ^ 1]!, l4[row]!)),
    );
  await bench.run();
  console.log(`\nbatches of ${BATCH} (tinybench, median), ns a packet`);
  const first = median(bench.tasks[0]!);
  for (const task of bench.tasks) {
    const ns = median(task);
    console.log(`  ${task.name.padEnd(44)}${digits(ns).padStart(12)}${digits(ns / first).padStart(12)} x the first`);
  }
  if (sink === 0.5) console.log(sink);
}

const median = ({ result }: Bench['tasks'][number]): number => {
  if (result.state !== 'completed') throw new Error(`a task is ${result.state}`);
  return (result.latency.p50 * 1e6) / BATCH;
};

function singles(matcher: Matcher, cluster: Cluster, columns: ClassifyColumns): void {
  const judge = new Judge(cluster);
  const tuples = Array.from({ length: BATCH }, (_, i) => tupleOf(columns, i * BATCHES));
  const blocks = linearBlocks(cluster);
  const addresses = tuples.filter(({ src }) => src.family === 4).map(({ src }) => IPv4.fromNumber(src.value));
  let turn = 0;
  const suite = new Benchmark.Suite();
  suite
    .add('classify: a verdict in words', () => classify(matcher, tuples[turn++ % BATCH]!))
    .add('explain/judge.ts: rule by rule', () => judge.judge(tuples[turn++ % BATCH]!), { maxTime: 3 })
    .add(`ip-num: ${blocks.length} blocks, one after the other`, () => {
      const address = addresses[turn++ % addresses.length]!;
      return blocks.filter((block) => block.contains(address));
    })
    .on('error', (event: Benchmark.Event) => {
      throw (event.target as unknown as { error: Error }).error;
    })
    .run();
  console.log('\nsingle calls (benchmark), ns a call');
  const results = suite.map((one: Benchmark) => ({ name: one.name ?? '', ns: 1e9 / one.hz! })) as unknown as {
    name: string;
    ns: number;
  }[];
  for (const { name, ns } of results) {
    const times = digits(ns / results[0]!.ns);
    console.log(`  ${name.padEnd(44)}${digits(ns).padStart(12)}${times.padStart(12)} x the first`);
  }
  console.log('  ip-num says which IPv4 blocks hold an address: what its class stands for, of both families');
}

/** Every IPv4 block that a rule names, holes apart. */
const linearBlocks = (cluster: Cluster): IPv4CidrRange[] =>
  cluster.policies
    .flatMap((policy) => [...policy.ingress, ...policy.egress])
    .flatMap((rule) => [...(rule.source ?? []), ...(rule.destination ?? [])])
    .flatMap((peer) => peer.nets ?? [])
    .filter((net) => net.family === 4)
    .map((net) => IPv4CidrRange.fromCidr(formatPrefix(net)));

const classOfSource = (matcher: Matcher, { family, src0, src1, src2, src3 }: ClassifyColumns, row: number): number =>
  family[row] === 6 ? matcher.class6(src0[row]!, src1[row]!, src2[row]!, src3[row]!) : matcher.class4(src0[row]!);

function slice(columns: ClassifyColumns, from: number): ClassifyColumns {
  const cut = <T extends { subarray(a: number, b: number): T }>(column: T): T => column.subarray(from, from + BATCH);
  return {
    count: BATCH,
    family: cut(columns.family),
    src0: cut(columns.src0),
    src1: cut(columns.src1),
    src2: cut(columns.src2),
    src3: cut(columns.src3),
    dst0: cut(columns.dst0),
    dst1: cut(columns.dst1),
    dst2: cut(columns.dst2),
    dst3: cut(columns.dst3),
    protocol: cut(columns.protocol),
    sourcePort: cut(columns.sourcePort),
    destinationPort: cut(columns.destinationPort),
    icmpType: cut(columns.icmpType),
    icmpCode: cut(columns.icmpCode),
    flags: cut(columns.flags),
  };
}
