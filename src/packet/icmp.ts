import { ICMP } from '../net/protocol.ts';

/** ICMP, RFC 792 and 950; ICMPv6, RFC 4443 and 4620: type, code, checksum (2 bytes), then by type. */
export const ICMP_CODE = 1;
/** Of a query: its identifier, which its answer repeats. Linux tracks queries by it. */
export const ICMP_ID = 4;
/** Of an error: the packet that caused it, from its IP header on. */
export const ICMP_QUOTE = 8;

/** Echo 8 and 0, timestamp 13 and 14, information 15 and 16, address mask 17 and 18. */
const QUERIES_V4: readonly number[] = [0, 8, 13, 14, 15, 16, 17, 18];
/** Echo 128 and 129, node information 139 and 140. */
const QUERIES_V6: readonly number[] = [128, 129, 139, 140];
/** Destination unreachable 3, source quench 4, redirect 5, time exceeded 11, parameter problem 12. */
const ERRORS_V4: readonly number[] = [3, 4, 5, 11, 12];
/** All types below 128: unreachable 1, packet too big 2, time exceeded 3, parameter problem 4, and those to come. */
const ERRORS_V6: readonly number[] = Array.from({ length: 128 }, (_, type) => type);

const marks = (types: readonly number[]): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, type) => (types.includes(type) ? 1 : 0));
const queriesV4 = marks(QUERIES_V4);
const queriesV6 = marks(QUERIES_V6);
const errorsV4 = marks(ERRORS_V4);
const errorsV6 = marks(ERRORS_V6);

/** True for questions and answers that carry an identifier. `protocol` is ICMP or ICMPv6. */
export const isIcmpQuery = (protocol: number, type: number): boolean =>
  (protocol === ICMP ? queriesV4 : queriesV6)[type] === 1;

/** True for messages about another packet, which they quote. */
export const isIcmpError = (protocol: number, type: number): boolean =>
  (protocol === ICMP ? errorsV4 : errorsV6)[type] === 1;
