import { ENCRYPTED, NOT_IP } from '../outcome.ts';
import type { Tunnel } from './tunnel.ts';

/** ESP begins with its security parameters index, which is not 0, and a sequence number. RFC 4303, section 2. */
const MIN_BYTES = 8;
/** UDP port of ESP behind address translation, and of IKE. Source: IANA. */
export const ESP_PORT = 4500;

export const esp: Tunnel = { name: 'ESP', findIp: () => ENCRYPTED };

/** ESP in UDP, RFC 3948 section 2: four zero bytes in the index's place are IKE; a lone 0xff keeps a NAT awake. */
export const espInUdp: Tunnel = {
  name: 'ESP in UDP',
  findIp: (view, at, end) => (at + MIN_BYTES <= end && view.getUint32(at) !== 0 ? ENCRYPTED : NOT_IP),
};
