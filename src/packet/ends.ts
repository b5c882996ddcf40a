import type { OuterColumns } from './batch.ts';

/** Copies who talks to whom (addresses, protocol, ports, flags, identification) from a row of columns to a row of others. */
export function copyEnds(from: OuterColumns, row: number, to: OuterColumns, into: number): void {
  to.family[into] = from.family[row]!;
  to.src0[into] = from.src0[row]!;
  to.src1[into] = from.src1[row]!;
  to.src2[into] = from.src2[row]!;
  to.src3[into] = from.src3[row]!;
  to.dst0[into] = from.dst0[row]!;
  to.dst1[into] = from.dst1[row]!;
  to.dst2[into] = from.dst2[row]!;
  to.dst3[into] = from.dst3[row]!;
  to.protocol[into] = from.protocol[row]!;
  to.sourcePort[into] = from.sourcePort[row]!;
  to.destinationPort[into] = from.destinationPort[row]!;
  to.flags[into] = from.flags[row]!;
  to.fragmentId[into] = from.fragmentId[row]!;
}
