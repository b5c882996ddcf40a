import { ipOfEthernet } from '../link/ethernet.ts';
import { NOT_IP } from '../outcome.ts';
import type { Tunnel } from './tunnel.ts';

/** VXLAN, RFC 7348 section 5: flags, 3 bytes reserved, network identifier (3 bytes), reserved; then an Ethernet frame. */
const FLAGS = 0;
const HAS_IDENTIFIER = 0x08;
const HEADER_BYTES = 8;

export const vxlan: Tunnel = {
  name: 'VXLAN',
  findIp: (view, at, end) => {
    if (at + HEADER_BYTES > end || (view.getUint8(at + FLAGS) & HAS_IDENTIFIER) === 0) return NOT_IP;
    return ipOfEthernet(view, at + HEADER_BYTES, end);
  },
};
