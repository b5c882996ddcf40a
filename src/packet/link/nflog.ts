import { readCalicoPrefix } from '../calico-prefix.ts';
import { BAD_VERSION, CUT_LINK, NOT_IP } from '../outcome.ts';
import type { LinkType } from './link-type.ts';
import { ipOfVersion4, ipOfVersion6 } from './version.ts';

/**
 * What `tcpdump -i nflog:1` captures: a header, then attributes of which one is the packet, from its IP header on.
 * Source: https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html
 *
 *     0        1         2          4
 *     | family | version | resource | length 2 | type 2 | value, padded to 4 | length | type | ...
 *
 * Length and type are in the byte order of the host that captured, and the length counts its own four bytes.
 */
const VERSION = 1;
const HEADER_BYTES = 4;
const TYPE = 2;
const ATTRIBUTE_BYTES = 4;
const PAYLOAD = 9;
const PREFIX = 10;
/** The kernel keeps 63 bytes of a prefix, and ends it with a zero. */
const MAX_PREFIX_BYTES = 64;

/** Linux’s AF_INET and AF_INET6; other families are bridges' and ARP's. */
const FAMILY_IPV4 = 2;
const FAMILY_IPV6 = 10;
/** The kernel writes some dozen attributes. More are passed over no further, as each may have no value. */
const MAX_ATTRIBUTES = 64;

export const nflog: LinkType = {
  name: 'NFLOG',
  findIp: (view, at, end) => {
    if (at + HEADER_BYTES > end) return CUT_LINK;
    if (view.getUint8(at + VERSION) !== 0) return BAD_VERSION;
    const family = view.getUint8(at);
    if (family !== FAMILY_IPV4 && family !== FAMILY_IPV6) return NOT_IP;
    const payload = findAttribute(view, at + HEADER_BYTES, end, PAYLOAD);
    if (payload < 0) return payload;
    return family === FAMILY_IPV4 ? ipOfVersion4(view, payload, end) : ipOfVersion6(view, payload, end);
  },
  readRecorded: (batch, row, at, end) => {
    const { view } = batch;
    const from = findAttribute(view, at + HEADER_BYTES, end, PREFIX);
    if (from < 0) return;
    const length = view.getUint16(from - ATTRIBUTE_BYTES, isLittleEndian(view, from - ATTRIBUTE_BYTES));
    const last = Math.min(from + Math.min(length - ATTRIBUTE_BYTES, MAX_PREFIX_BYTES), end);
    let to = from;
    while (to < last && view.getUint8(to) !== 0) to++;
    readCalicoPrefix(batch, row, from, to);
  },
};

/** Where the value of the first attribute of a type begins. */
function findAttribute(view: DataView, first: number, end: number, type: number): number {
  let at = first;
  for (let i = 0; i < MAX_ATTRIBUTES && at + ATTRIBUTE_BYTES <= end; i++) {
    const littleEndian = isLittleEndian(view, at);
    const length = view.getUint16(at, littleEndian);
    if (length < ATTRIBUTE_BYTES) return CUT_LINK;
    if (view.getUint16(at + TYPE, littleEndian) === type) return at + ATTRIBUTE_BYTES;
    at += (length + 3) & ~3;
  }
  return CUT_LINK;
}

/** Types are below 256, so one of their two bytes is zero: the last one where the least significant comes first. */
const isLittleEndian = (view: DataView, attribute: number): boolean => view.getUint8(attribute + TYPE + 1) === 0;
