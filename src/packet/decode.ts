import { IS_ENCRYPTED, IS_TUNNEL, type PacketBatch } from './batch.ts';
import { copyEnds } from './ends.ts';
import { readIpv4 } from './ipv4.ts';
import { readIpv6 } from './ipv6.ts';
import type { LinkType } from './link/link-type.ts';
import { DECODED, ENCRYPTED, NO_TRANSPORT } from './outcome.ts';
import { enterTunnel, innerIp } from './peel.ts';
import { readTransport } from './transport.ts';

/** How deep tunnels are followed; what is deeper is shown as the tunnel that it is. */
const MAX_TUNNELS = 4;

/**
 * Reads the frame in [at, end) of the batch's buffer into a row of an emptied batch: link layer, IP, transport.
 *
 *     frame   | link | IP ... | transport ... |
 *             at     ipAt     transportAt     endAt (of the packet)   end (of the captured bytes)
 *
 * No byte outside of [at, end) is looked at, and no byte behind the packet's own end is taken for one of its fields.
 * `batch.length` of the row is already written. The columns of the record itself (n, time, lengths, weights, frameAt)
 * are the caller's.
 *
 * @param peel whether a tunnel's row shows the packet inside (IS_TUNNELLED) or the tunnel (IS_TUNNEL)
 * @returns DECODED, or a negative outcome, and then the row holds nothing
 */
export function decodeFrame(
  batch: PacketBatch,
  row: number,
  link: LinkType,
  at: number,
  end: number,
  peel: boolean,
): number {
  const ipAt = link.findIp(batch.view, at, end);
  return ipAt < 0 ? ipAt : decodeIp(batch, row, ipAt, end, peel);
}

/** The same from the IP header on; its version nibble is within [ipAt, end). */
export function decodeIp(batch: PacketBatch, row: number, ipAt: number, end: number, peel: boolean): number {
  const transportAt = readLayers(batch, row, ipAt, end);
  if (transportAt < 0) return transportAt === NO_TRANSPORT ? DECODED : transportAt;
  const inner = innerIp(batch, row, transportAt);
  if (inner >= 0) followTunnel(batch, row, inner, peel);
  else if (inner === ENCRYPTED) batch.flags[row]! |= IS_ENCRYPTED;
  return DECODED;
}

/** IP and transport. Returns where the transport begins, or a negative outcome as `readIpv4` does. */
function readLayers(batch: PacketBatch, row: number, ipAt: number, end: number): number {
  batch.quotedAt[row] = -1;
  batch.ipAt[row] = ipAt;
  const isVersion4 = batch.view.getUint8(ipAt) >> 4 === 4;
  const transportAt = isVersion4 ? readIpv4(batch, row, ipAt, end) : readIpv6(batch, row, ipAt, end);
  if (transportAt >= 0) readTransport(batch, row, transportAt, batch.endAt[row]!);
  return transportAt;
}

/** INVARIANT: `innerIp` has checked the header that it points to, so that an inner packet always gives a row. */
function followTunnel(batch: PacketBatch, row: number, first: number, peel: boolean): void {
  if (peel) copyEnds(batch, row, batch.outer, row);
  let inner = first;
  for (let depth = 0; peel && inner >= 0 && depth < MAX_TUNNELS; depth++) {
    const end = batch.endAt[row]!;
    enterTunnel(batch, row);
    const transportAt = readLayers(batch, row, inner, end);
    inner = transportAt < 0 ? transportAt : innerIp(batch, row, transportAt);
  }
  if (inner >= 0) batch.flags[row]! |= IS_TUNNEL;
  else if (inner === ENCRYPTED) batch.flags[row]! |= IS_ENCRYPTED;
}
