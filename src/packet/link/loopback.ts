import { CUT_LINK, NOT_IP } from '../outcome.ts';
import type { LinkType } from './link-type.ts';
import { ipOfAnyVersion, ipOfVersion6 } from './version.ts';

/**
 * BSD loopback: an address family of 4 bytes before the packet, in the byte order of the machine that captured (NULL)
 * or in network order (LOOP). Families are small, so either order can be told from the other, and both are read for
 * both. Source: https://www.tcpdump.org/linktypes.html
 */
const HEADER_BYTES = 4;
const AF_INET = 2;
/** AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, macOS. */
const AF_INET6: readonly number[] = [10, 24, 28, 30];

function findIp(view: DataView, at: number, end: number): number {
  if (at + HEADER_BYTES > end) return CUT_LINK;
  const big = view.getUint32(at);
  const family = big > 0xffff ? view.getUint32(at, true) : big;
  if (family === AF_INET) return ipOfAnyVersion(view, at + HEADER_BYTES, end);
  return AF_INET6.includes(family) ? ipOfVersion6(view, at + HEADER_BYTES, end) : NOT_IP;
}

export const bsdNull: LinkType = { name: 'NULL', findIp };
export const bsdLoop: LinkType = { name: 'LOOP', findIp };
