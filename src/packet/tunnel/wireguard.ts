import { ENCRYPTED, NOT_IP } from '../outcome.ts';
import type { Tunnel } from './tunnel.ts';

/**
 * WireGuard: a type of one byte and three zero bytes begin each message; the three of a handshake have fixed lengths,
 * transport data is padded to 16 bytes behind 32. Source: https://www.wireguard.com/protocol/
 */
const TRANSPORT = 4;
/** Lengths of handshake initiation, response and cookie reply. */
const HANDSHAKES = [148, 92, 64];
const TYPE_BYTES = 4;
/** The UDP header before the message tells its length, whatever of it was captured. */
const UDP_LENGTH = -4;
const UDP_BYTES = 8;
const TRANSPORT_BYTES = 32;

export const wireguard: Tunnel = {
  name: 'WireGuard',
  findIp: (view, at, end) => {
    if (at + TYPE_BYTES > end) return NOT_IP;
    const type = view.getUint32(at, true); // the zero bytes included
    const bytes = view.getUint16(at + UDP_LENGTH) - UDP_BYTES;
    const isData = type === TRANSPORT && bytes >= TRANSPORT_BYTES && bytes % 16 === 0;
    return isData || HANDSHAKES[type - 1] === bytes ? ENCRYPTED : NOT_IP;
  },
};
