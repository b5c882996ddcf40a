import { ICMP, ICMPV6, PROTOCOLS, SCTP, TCP, UDP, UDPLITE } from '../../net/protocol.ts';
import { didYouMean } from '../../source/did-you-mean.ts';
import { quote } from '../../source/quote.ts';
import type { Fields } from '../fields.ts';

/** Names are written so and not otherwise. Source: libcalico-go, validator.go, protocolRegex. */
const NAMES: ReadonlyMap<string, number> = new Map([
  ['TCP', TCP],
  ['UDP', UDP],
  ['ICMP', ICMP],
  ['ICMPv6', ICMPV6],
  ['SCTP', SCTP],
  ['UDPLite', UDPLITE],
]);

/** The protocols beside which ports may stand. Source: numorstring/protocol.go, SupportsPorts: UDPLite is none of them. */
export const WITH_PORTS: ReadonlySet<number> = new Set([TCP, UDP, SCTP]);

/** A protocol by name, or by number from 1 to 255; null when the field is absent, or wrong with an error. */
export function readProtocol(fields: Fields, name: 'protocol' | 'notProtocol'): number | null {
  const node = fields.get(name);
  if (node === null) return null;
  const value = node.type === 'scalar' ? node.value : null;
  const number = typeof value === 'string' ? (NAMES.get(value) ?? decimal(value)) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 1 && number < PROTOCOLS) return number;
  const near = typeof value === 'string' ? didYouMean(value, NAMES.keys()) : null;
  const hint = near === null ? '' : `: did you mean \`${near}\`?`;
  const written = node.type === 'scalar' ? ` ${quote(node.text)}` : '';
  const message = `\`${name}\`${written} must be TCP, UDP, SCTP, ICMP, ICMPv6, UDPLite or a number from 1 to 255${hint}`;
  fields.report.error('BAD_PROTOCOL', node, message);
  return null;
}

const decimal = (text: string): number => (/^\d{1,3}$/.test(text) ? Number(text) : Number.NaN);
