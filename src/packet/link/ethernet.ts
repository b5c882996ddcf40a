import { CUT_LINK } from '../outcome.ts';
import { ipOfEtherType } from './ether-type.ts';
import type { LinkType } from './link-type.ts';

/** Ethernet II: two addresses of 6 bytes, then the EtherType. Source: IEEE 802.3, clause 3. */
const ETHERTYPE = 12;
const HEADER_BYTES = 14;

/** Where the IP header of an Ethernet frame begins. A length instead of an EtherType (802.3 with LLC) is no IP. */
export function ipOfEthernet(view: DataView, at: number, end: number): number {
  if (at + HEADER_BYTES > end) return CUT_LINK;
  return ipOfEtherType(view, at + HEADER_BYTES, end, view.getUint16(at + ETHERTYPE));
}

export const ethernet: LinkType = { name: 'EN10MB', findIp: ipOfEthernet };
