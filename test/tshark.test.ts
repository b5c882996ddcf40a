/** What we read of the sample capture, packet by packet, is what tshark reads of it: .ci/tshark-tuples made the answers. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatWords, HAS_ICMP, HAS_PORTS, openTraffic, type PacketBatch } from '../src/index.ts';
import { fixture, sample } from './paths.ts';

/** One row as .ci/tshark-tuples writes it. */
function line(batch: PacketBatch, row: number): string {
  const { n, family, src0, src1, src2, src3, dst0, dst1, dst2, dst3, flags } = batch;
  const has = (bit: number): boolean => (flags[row]! & bit) !== 0;
  return [
    n[row]!,
    formatWords(family[row]!, src0[row]!, src1[row]!, src2[row]!, src3[row]!),
    formatWords(family[row]!, dst0[row]!, dst1[row]!, dst2[row]!, dst3[row]!),
    batch.protocol[row]!,
    has(HAS_PORTS) ? batch.sourcePort[row]! : '',
    has(HAS_PORTS) ? batch.destinationPort[row]! : '',
    has(HAS_ICMP) ? batch.icmpType[row]! : '',
    has(HAS_ICMP) ? batch.icmpCode[row]! : '',
  ].join('\t');
}

test('our tuples of the sample capture are those of tshark', async () => {
  const traffic = await openTraffic(sample('scenarios/scenarios.pcap'));
  const ours: string[] = [];
  for await (const batch of traffic.batches()) for (let row = 0; row < batch.count; row++) ours.push(line(batch, row));
  const theirs = readFileSync(fixture('tshark/scenarios.tsv'), 'utf8').trimEnd().split('\n');
  assert.is(ours.length, 244);
  assert.equal(ours, theirs);
  assert.is(traffic.fault, null);
});

test.run();
