import { ipOfVersion4, ipOfVersion6 } from '../link/version.ts';
import type { Tunnel } from './tunnel.ts';

/** IP directly inside IP: RFC 2003 (protocol 4) and RFC 4213 section 3.5 (protocol 41). */
export const ipv4InIp: Tunnel = { name: 'IPIP', findIp: ipOfVersion4 };
export const ipv6InIp: Tunnel = { name: '6in4', findIp: ipOfVersion6 };
