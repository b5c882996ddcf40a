import type { LinkType } from './link-type.ts';
import { ipOfAnyVersion, ipOfVersion6 } from './version.ts';

/** The frame is the IP packet; its first four bits tell the version. */
export const raw: LinkType = { name: 'RAW', findIp: ipOfAnyVersion };
/** As RAW: tshark reads IPv6 under it too, and so does this. */
export const ipv4: LinkType = { name: 'IPV4', findIp: ipOfAnyVersion };
export const ipv6: LinkType = { name: 'IPV6', findIp: ipOfVersion6 };
