import { CUT_LINK, NOT_IP, TOO_MANY_TAGS } from '../outcome.ts';
import { ipOfLabels } from './mpls.ts';
import { ipOfPpp } from './ppp.ts';
import { ipOfAnyVersion, ipOfVersion6 } from './version.ts';

/** EtherTypes. Source: IANA "IEEE 802 Numbers". */
export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_VLAN = 0x8100; // IEEE 802.1Q
const ETHERTYPE_QINQ = 0x88a8; // IEEE 802.1ad
const ETHERTYPE_OLD_QINQ = 0x9100; // before 802.1ad had a number of its own
const ETHERTYPE_MPLS = 0x8847;
const ETHERTYPE_MPLS_MULTICAST = 0x8848;
const ETHERTYPE_PPPOE = 0x8864; // the session stage; discovery holds no packet

/** PPPoE before PPP: version and type, code, session, length. Source: RFC 2516, section 4. */
const PPPOE_BYTES = 6;

/** A tag: 3 bits priority, 1 bit, 12 bits VLAN, then the EtherType of what follows. */
const TAG_BYTES = 4;
const TAG_ETHERTYPE = 2;
/** Real frames have one or two tags; a chain of them is an attack on the reader. */
const MAX_TAGS = 8;

/**
 * Follows an EtherType to the IP header. `at` is the first byte behind the EtherType field. Under the EtherType of
 * IPv4 the version in the header decides, as in tshark: some senders of IPv6 in raw tunnels write 0x0800.
 */
export function ipOfEtherType(view: DataView, at: number, end: number, etherType: number): number {
  let type = etherType;
  let next = at;
  for (let tags = 0; ; tags++) {
    if (type === ETHERTYPE_IPV4) return ipOfAnyVersion(view, next, end);
    if (type === ETHERTYPE_IPV6) return ipOfVersion6(view, next, end);
    if (type === ETHERTYPE_PPPOE) return ipOfPpp(view, next + PPPOE_BYTES, end);
    if (type === ETHERTYPE_MPLS || type === ETHERTYPE_MPLS_MULTICAST) return ipOfLabels(view, next, end);
    if (type !== ETHERTYPE_VLAN && type !== ETHERTYPE_QINQ && type !== ETHERTYPE_OLD_QINQ) return NOT_IP;
    if (tags === MAX_TAGS) return TOO_MANY_TAGS;
    if (next + TAG_BYTES > end) return CUT_LINK;
    type = view.getUint16(next + TAG_ETHERTYPE);
    next += TAG_BYTES;
  }
}
