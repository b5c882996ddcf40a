/** IP protocol numbers that the project names. Source: IANA "Assigned Internet Protocol Numbers". */
export const ICMP = 1;
export const IPIP = 4;
export const TCP = 6;
export const UDP = 17;
export const IPV6_IN_IP = 41;
export const GRE = 47;
export const ESP = 50;
export const ICMPV6 = 58;
export const SCTP = 132;
export const UDPLITE = 136;

/** How many values the protocol field of an IP header can take. */
export const PROTOCOLS = 256;

const NAMES: ReadonlyMap<number, string> = new Map([
  [ICMP, 'ICMP'],
  [TCP, 'TCP'],
  [UDP, 'UDP'],
  [ICMPV6, 'ICMPv6'],
  [SCTP, 'SCTP'],
]);

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...[...NAMES].map(([number, name]): [string, number] => [name.toUpperCase(), number]),
  ['UDPLITE', UDPLITE],
]);

/** True for the protocols whose header begins with a source and a destination port. */
export const hasPorts = (protocol: number): boolean =>
  protocol === TCP || protocol === UDP || protocol === SCTP || protocol === UDPLITE;

/** True for the two protocols whose header begins with a type and a code. */
export const hasIcmpType = (protocol: number): boolean => protocol === ICMP || protocol === ICMPV6;

/** As NDJSON lines write it: TCP, UDP, SCTP, ICMP, ICMPv6, or the number. */
export const protocolName = (protocol: number): string | number => NAMES.get(protocol) ?? protocol;

/** The number of a protocol written as a name (any case) or as a number from 0 to 255; null when it is neither. */
export function protocolNumber(text: string | number): number | null {
  if (typeof text === 'number') return Number.isInteger(text) && text >= 0 && text < PROTOCOLS ? text : null;
  const named = NUMBERS.get(text.toUpperCase());
  if (named !== undefined) return named;
  return /^\d{1,3}$/.test(text) ? protocolNumber(Number(text)) : null;
}
