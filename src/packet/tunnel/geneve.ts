import { NOT_IP } from '../outcome.ts';
import { ipOfBridged } from './bridged.ts';
import type { Tunnel } from './tunnel.ts';

/** Geneve, RFC 8926 section 3.4: version (2 bits) and option length (6 bits, 4-byte words), flags, EtherType, ... */
const VERSION_LENGTH = 0;
const ETHERTYPE = 2;
const HEADER_BYTES = 8;

export const geneve: Tunnel = {
  name: 'Geneve',
  findIp: (view, at, end) => {
    if (at + HEADER_BYTES > end) return NOT_IP;
    const first = view.getUint8(at + VERSION_LENGTH);
    if (first >> 6 !== 0) return NOT_IP;
    const payload = at + HEADER_BYTES + (first & 0x3f) * 4;
    return payload > end ? NOT_IP : ipOfBridged(view, payload, end, view.getUint16(at + ETHERTYPE));
  },
};
