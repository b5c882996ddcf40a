import { createBatch, type PacketBatch } from './batch.ts';
import { clearRow } from './clear.ts';
import { decodeIp } from './decode.ts';
import { ipOfAnyVersion } from './link/version.ts';
import { DECODED } from './outcome.ts';

/** The header that an ICMP error quotes, as row 0 of a batch of one row: made once, read into for each error. */
export const createQuoted = (): PacketBatch => createBatch(1);

/**
 * Reads the packet that an ICMP error quotes from `at` on (`quotedAt` of its row; `end` is its `endAt`) into row 0 of
 * `quoted`: family, addresses, protocol, then ports or ICMP type, code and identifier where their HAS_ flags say so.
 * A quote is cut short by nature (RFC 792: the header and 8 bytes), so its TCP flags are mostly missing.
 *
 * @returns false when not even the fixed IP header is there; row 0 is then without meaning
 */
export function readQuoted(quoted: PacketBatch, view: DataView, at: number, end: number): boolean {
  quoted.view = view;
  clearRow(quoted, 0);
  const ipAt = ipOfAnyVersion(view, at, end);
  return ipAt >= 0 && decodeIp(quoted, 0, ipAt, end, false) === DECODED;
}
