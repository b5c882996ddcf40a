import { createBatch, HAS_PORTS, type PacketBatch } from '../packet/batch.ts';
import type { Words } from './fronts.ts';

/** A connection that opens, of a protocol with ports. */
export type Opener = {
  readonly family: number;
  readonly src: Words;
  readonly dst: Words;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
};

/** The opener as the only row of a batch. */
export function openerRow(opener: Opener, row: PacketBatch = createBatch(1)): PacketBatch {
  row.family[0] = opener.family;
  row.protocol[0] = opener.protocol;
  row.flags[0] = HAS_PORTS;
  row.sourcePort[0] = opener.sourcePort;
  row.destinationPort[0] = opener.destinationPort;
  [row.src0[0], row.src1[0], row.src2[0], row.src3[0]] = opener.src;
  [row.dst0[0], row.dst1[0], row.dst2[0], row.dst3[0]] = opener.dst;
  return row;
}
