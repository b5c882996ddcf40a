/** The batch against the single question, on random rows of random clusters; and the numbers that it shares. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../src/compile/compile.ts';
import { wordsOf } from '../src/net/address.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import { createBatch, HAS_ICMP, HAS_PORTS, type PacketBatch } from '../src/packet/batch.ts';
import { classify } from '../src/table/classify.ts';
import {
  CLASSIFIED_DROPPED,
  CLASSIFIED_FORWARDED,
  CLASSIFIED_UNDETERMINED,
  classifyBatch,
  KNOWS_ICMP,
  KNOWS_PORTS,
} from '../src/table/classify-batch.ts';
import { describeFinding } from '../src/table/decisions.ts';
import type { MatchTable } from '../src/table/match-table.ts';
import { Matcher } from '../src/table/matcher.ts';
import { createVerdicts } from '../src/verdict/batch.ts';
import { DROPPED, FORWARDED, UNDETERMINED, VERDICTS } from '../src/verdict/reasons.ts';
import { seeded } from './random.ts';
import { randomCluster } from './random-cluster.ts';
import { Packets } from './random-packets.ts';

test('shares its numbers with the batch and the verdicts', () => {
  assert.is(KNOWS_PORTS, HAS_PORTS);
  assert.is(KNOWS_ICMP, HAS_ICMP);
  assert.is(CLASSIFIED_UNDETERMINED, UNDETERMINED);
  assert.is(CLASSIFIED_FORWARDED, FORWARDED);
  assert.is(CLASSIFIED_DROPPED, DROPPED);
});

for (const dialect of ['kubernetes', 'general'] as const) {
  test(`says what classify says of random ${dialect} rows`, () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = seeded(seed);
      const cluster = randomCluster(random, dialect);
      const packets = new Packets(random, cluster);
      // One row less and more than a slice, and a few slices with a rest.
      const rows = random.pick([1, 255, 256, 257, 700]);
      const tuples = Array.from({ length: rows }, () => packets.any());
      const table = compile(cluster);
      const lazy = withoutDenseCells(table);
      for (const matcher of [
        new Matcher(table),
        new Matcher(lazy),
        new Matcher(lazy, { cacheCells: 5, cacheProgramBytes: 1 }),
      ]) {
        const batch = batchOf(tuples);
        const out = createVerdicts(rows);
        classifyBatch(matcher, batch, out);
        tuples.forEach((tuple, row) => {
          const alone = classify(matcher, tuple);
          const where = `seed ${seed}, row ${row}`;
          assert.is(VERDICTS[out.verdict[row]!], alone.verdict, where);
          assert.equal(describeFinding(table, out.egress[row]!), alone.egress, where);
          assert.equal(describeFinding(table, out.ingress[row]!), alone.ingress, where);
        });
      }
    }
  });
}

/** The same table as one that is too large to fill: every cell is derived on first touch. */
const withoutDenseCells = (table: MatchTable): MatchTable => ({
  ...table,
  cells: { ...table.cells, dense: null },
});

function batchOf(tuples: readonly FiveTuple[]): PacketBatch {
  const batch = createBatch(tuples.length);
  tuples.forEach((tuple, row) => {
    const [s0, s1, s2, s3] = wordsOf(tuple.src);
    const [d0, d1, d2, d3] = wordsOf(tuple.dst);
    batch.family[row] = tuple.src.family;
    batch.src0[row] = s0;
    batch.src1[row] = s1;
    batch.src2[row] = s2;
    batch.src3[row] = s3;
    batch.dst0[row] = d0;
    batch.dst1[row] = d1;
    batch.dst2[row] = d2;
    batch.dst3[row] = d3;
    batch.protocol[row] = tuple.protocol;
    batch.sourcePort[row] = tuple.sourcePort ?? 0;
    batch.destinationPort[row] = tuple.destinationPort ?? 0;
    batch.icmpType[row] = tuple.icmpType ?? 0;
    batch.icmpCode[row] = tuple.icmpCode ?? 0;
    batch.flags[row] = (tuple.sourcePort === null ? 0 : HAS_PORTS) | (tuple.icmpType === null ? 0 : HAS_ICMP);
  });
  batch.count = tuples.length;
  return batch;
}

test.run();
