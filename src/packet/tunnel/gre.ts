import { ipOfPpp } from '../link/ppp.ts';
import { NOT_IP } from '../outcome.ts';
import { ipOfBridged } from './bridged.ts';
import type { Tunnel } from './tunnel.ts';

/**
 * GRE: flags and version (2 bytes), EtherType (2 bytes), then 4 bytes for each flag set. RFC 2784 and 2890 (version
 * 0), RFC 2637 section 4.1 (version 1, PPTP: the key is always there, and an acknowledgment may be).
 */
const ETHERTYPE = 2;
const MIN_BYTES = 4;
const FIELD_BYTES = 4;
const CHECKSUM = 0x8000;
const ROUTING = 0x4000; // source routes of RFC 1701: of unknown length, and nobody sends them
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGMENT = 0x0080; // version 1 alone
const VERSION = 0x0007;
const ETHERTYPE_PPP = 0x880b;

function findIp(view: DataView, at: number, end: number): number {
  if (at + MIN_BYTES > end) return NOT_IP;
  const flags = view.getUint16(at);
  const version = flags & VERSION;
  if (version > 1 || (flags & ROUTING) !== 0) return NOT_IP;
  const present = flags & (CHECKSUM | KEY | SEQUENCE | (version === 1 ? ACKNOWLEDGMENT : 0));
  const payload = at + MIN_BYTES + bitsIn(present) * FIELD_BYTES;
  const etherType = view.getUint16(at + ETHERTYPE);
  if (payload > end) return NOT_IP;
  if (version === 0) return ipOfBridged(view, payload, end, etherType);
  return etherType === ETHERTYPE_PPP && (flags & KEY) !== 0 ? ipOfPpp(view, payload, end) : NOT_IP;
}

function bitsIn(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}

export const gre: Tunnel = { name: 'GRE', findIp };
