/** Packets of a capture, taken out of the batches that pass. */
import { openTraffic } from '../src/capture/open.ts';
import { addressOfWords, type Family } from '../src/net/address.ts';
import type { FiveTuple } from '../src/net/five-tuple.ts';
import { createBatch, HAS_ICMP, HAS_PORTS, type PacketBatch } from '../src/packet/batch.ts';
import type { ClassifyColumns } from '../src/table/classify-batch.ts';

/** The columns that policy asks for, of the first `rows` packets, in arrays of their own. */
export async function sampleColumns(path: string, rows: number): Promise<PacketBatch> {
  const sample = createBatch(rows);
  const traffic = await openTraffic(path);
  for await (const batch of traffic.batches()) {
    const wanted = Math.min(batch.count, rows - sample.count);
    for (const name of COLUMNS) {
      (sample[name] as Int32Array).set((batch[name] as Int32Array).subarray(0, wanted), sample.count);
    }
    sample.count += wanted;
    if (sample.count === rows) break;
  }
  return sample;
}

const COLUMNS = [
  'family',
  'src0',
  'src1',
  'src2',
  'src3',
  'dst0',
  'dst1',
  'dst2',
  'dst3',
  'protocol',
  'sourcePort',
  'destinationPort',
  'icmpType',
  'icmpCode',
  'flags',
] as const satisfies readonly (keyof ClassifyColumns)[];

/** A row as the single question wants it. */
export function tupleOf(columns: ClassifyColumns, row: number): FiveTuple {
  const { src0, src1, src2, src3, dst0, dst1, dst2, dst3, flags } = columns;
  const family = columns.family[row] as Family;
  const hasPorts = (flags[row]! & HAS_PORTS) !== 0;
  const hasIcmp = (flags[row]! & HAS_ICMP) !== 0;
  return {
    src: addressOfWords(family, src0[row]!, src1[row]!, src2[row]!, src3[row]!),
    dst: addressOfWords(family, dst0[row]!, dst1[row]!, dst2[row]!, dst3[row]!),
    protocol: columns.protocol[row]!,
    sourcePort: hasPorts ? columns.sourcePort[row]! : null,
    destinationPort: hasPorts ? columns.destinationPort[row]! : null,
    icmpType: hasIcmp ? columns.icmpType[row]! : null,
    icmpCode: hasIcmp ? columns.icmpCode[row]! : null,
  };
}

/** Rows of one family, one after the other, as often as it takes to fill `rows`. */
export function rowsOfFamily(columns: ClassifyColumns, family: Family, rows: number): number[] {
  const found = Array.from({ length: columns.count }, (_, row) => row).filter((row) => columns.family[row] === family);
  return Array.from({ length: rows }, (_, i) => found[i % found.length]!);
}
