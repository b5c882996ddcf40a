import { hasIcmpType } from '../net/protocol.ts';
import { HAS_ICMP, HAS_PORTS, type PacketBatch } from '../packet/batch.ts';
import { ICMP_ERROR, icmpRole, requestType } from './icmp.ts';

/** A row as the opener of its connection saw it: which end asked, and for what. */

/** No port and no ICMP type. */
export const NO_NUMBER = -1;

const tellsIcmp = (batch: PacketBatch, row: number): boolean =>
  (batch.flags[row]! & HAS_ICMP) !== 0 && hasIcmpType(batch.protocol[row]!);

/** Whether the row's destination is the opener. An ICMP error is no answer of the other end: any router sends it. */
export const isTurned = (batch: PacketBatch, row: number, reversed: number): boolean =>
  reversed === 1 && !(tellsIcmp(batch, row) && icmpRole(batch.protocol[row]!, batch.icmpType[row]!) === ICMP_ERROR);

/** The port, or the ICMP type, that the opener asked for; NO_NUMBER where the packet does not tell. */
export function numberOf(batch: PacketBatch, row: number, turned: boolean): number {
  if ((batch.flags[row]! & HAS_PORTS) !== 0) return turned ? batch.sourcePort[row]! : batch.destinationPort[row]!;
  if (!tellsIcmp(batch, row)) return NO_NUMBER;
  return turned ? requestType(batch.protocol[row]!, batch.icmpType[row]!) : batch.icmpType[row]!;
}
