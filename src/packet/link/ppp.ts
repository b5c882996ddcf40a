import { CUT_LINK, NOT_IP } from '../outcome.ts';
import type { LinkType } from './link-type.ts';
import { ipOfAnyVersion, ipOfVersion6 } from './version.ts';

/** PPP, RFC 1661 section 2 and RFC 1662: an optional address and control byte, then the protocol. */
const ADDRESS_AND_CONTROL = 0xff03;
const IPV4 = 0x21;
const IPV6 = 0x57;

/** Where the IP header of a PPP frame begins. An odd first byte is a protocol written in one byte (RFC 1661, 6.5). */
export function ipOfPpp(view: DataView, at: number, end: number): number {
  if (at + 2 > end) return CUT_LINK;
  const start = view.getUint16(at) === ADDRESS_AND_CONTROL ? at + 2 : at;
  if (start >= end) return CUT_LINK;
  const bytes = (view.getUint8(start) & 1) === 1 ? 1 : 2;
  if (start + bytes > end) return CUT_LINK;
  const protocol = bytes === 1 ? view.getUint8(start) : view.getUint16(start);
  if (protocol === IPV4) return ipOfAnyVersion(view, start + bytes, end);
  return protocol === IPV6 ? ipOfVersion6(view, start + bytes, end) : NOT_IP;
}

export const ppp: LinkType = { name: 'PPP', findIp: ipOfPpp };

/** The same; its frames always begin with HDLC's address and control field. */
export const pppHdlc: LinkType = { ...ppp, name: 'PPP_HDLC' };
