import { UDP } from '../net/protocol.ts';
import { HAS_PORTS, IS_TUNNELLED, type PacketBatch } from './batch.ts';
import { clearRow } from './clear.ts';
import { checkIpv4 } from './ipv4.ts';
import { checkIpv6 } from './ipv6.ts';
import { DECODED, NOT_IP } from './outcome.ts';

const UDP_BYTES = 8;

/**
 * Where the IP header inside the packet of a row begins, or a negative outcome. A port number alone makes no tunnel:
 * an inner IP header must be readable where the encapsulation says, or the payload must look encrypted (ENCRYPTED).
 * `transportAt` is where the payload of IP begins.
 */
export function innerIp(batch: PacketBatch, row: number, transportAt: number): number {
  const protocol = batch.protocol[row]!;
  const overUdp = protocol === UDP;
  if (overUdp && (batch.flags[row]! & HAS_PORTS) === 0) return NOT_IP;
  const { tunnels } = batch;
  const tunnel = overUdp ? tunnels.ofPort(batch.destinationPort[row]!) : tunnels.ofProtocol(protocol);
  if (tunnel === null) return NOT_IP;
  const { view } = batch;
  const end = batch.endAt[row]!;
  const at = tunnel.findIp(view, overUdp ? transportAt + UDP_BYTES : transportAt, end);
  if (at < 0) return at;
  const check = view.getUint8(at) >> 4 === 4 ? checkIpv4(view, at, end) : checkIpv6(view, at, end);
  return check === DECODED ? at : check;
}

/** Readies a row for the packet inside: only that it came out of a tunnel stays. */
export function enterTunnel(batch: PacketBatch, row: number): void {
  clearRow(batch, row);
  batch.flags[row] = IS_TUNNELLED;
}
