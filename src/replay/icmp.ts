import { ICMP, ICMPV6 } from '../net/protocol.ts';

/**
 * ICMP as connection tracking sees it: a query opens a connection, its answer belongs to it, an error belongs to what
 * it quotes, and neighbour discovery is not tracked at all.
 * Sources: RFC 792, RFC 950, RFC 4443, RFC 4620; Linux nf_conntrack_proto_icmp.c and nf_conntrack_proto_icmpv6.c.
 */
const NONE = 0;
export const ICMP_QUERY = 1;
export const ICMP_ANSWER = 2;
export const ICMP_ERROR = 3;
export const ICMP_DISCOVERY = 4;
export const ICMP_OTHER = 5;

type Roles = { readonly role: Uint8Array; readonly request: Uint8Array };

function roles(pairs: readonly [query: number, answer: number][], errors: number[], discovery: number[]): Roles {
  const role = new Uint8Array(256).fill(ICMP_OTHER);
  const request = Uint8Array.from({ length: 256 }, (_, type) => type);
  for (const [query, answer] of pairs) {
    role[query] = ICMP_QUERY;
    role[answer] = ICMP_ANSWER;
    request[answer] = query;
  }
  for (const type of errors) role[type] = ICMP_ERROR;
  for (const type of discovery) role[type] = ICMP_DISCOVERY;
  return { role, request };
}

/** Echo, timestamp, information, address mask; unreachable, source quench, redirect, time exceeded, parameter problem. */
const V4 = roles(
  [
    [8, 0],
    [13, 14],
    [15, 16],
    [17, 18],
  ],
  [3, 4, 5, 11, 12],
  [],
);

/**
 * Echo and node information. Types below 128 are errors (RFC 4443, section 2.1). Multicast listener discovery,
 * router and neighbour discovery, version 2 listener reports and multicast router discovery are what IPv6 itself needs;
 * redirects (137) Linux does not count among them.
 */
const V6 = roles(
  [
    [128, 129],
    [139, 140],
  ],
  Array.from({ length: 128 }, (_, type) => type),
  [130, 131, 132, 133, 134, 135, 136, 143, 151, 152],
);

/** ICMP_*, or 0 for other protocols. */
export function icmpRole(protocol: number, type: number): number {
  if (protocol === ICMP) return V4.role[type]!;
  return protocol === ICMPV6 ? V6.role[type]! : NONE;
}

/** The type that asked: echo request for echo reply, any other type itself. */
export const requestType = (protocol: number, type: number): number =>
  protocol === ICMP ? V4.request[type]! : V6.request[type]!;
