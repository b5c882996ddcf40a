import { type Address, parseAddress } from '../../net/address.ts';
import { type Prefix, parsePrefix } from '../../net/prefix.ts';
import { quote } from '../../source/quote.ts';
import type { Located, Node } from '../node.ts';
import type { Report } from '../report.ts';

/** Addresses of texts, each once. What is no address is an error, at `text.node`. */
export function readAddresses(texts: readonly Located<string>[], report: Report): Address[] {
  const found = new Map<string, Address>();
  for (const { value, node } of texts) {
    const address = readAddress(value, node, report);
    if (address !== null) found.set(`${address.family}/${address.value}`, address);
  }
  return [...found.values()];
}

/**
 * One address. Annotations write addresses with the prefix length of their network (`192.0.2.11/24`, `10.0.0.7/32`):
 * it is no part of the address.
 */
function readAddress(text: string, node: Node, report: Report): Address | null {
  const slash = text.indexOf('/');
  const address =
    slash < 0 || parsePrefix(text) !== null ? parseAddress(slash < 0 ? text : text.slice(0, slash)) : null;
  if (address === null) report.error('BAD_ADDRESS', node, `${quote(text)} is no IP address`);
  return address;
}

/** A block of addresses. Host bits are cleared, with a warning; what is no block is an error. */
export function readPrefix({ value, node }: Located<string>, report: Report): Prefix | null {
  const parsed = parsePrefix(value);
  if (parsed === null) {
    const hint = parseAddress(value) === null ? '' : ': add `/32`, or `/128` for IPv6';
    report.error('BAD_CIDR', node, `${quote(value)} is no block of addresses such as \`10.0.0.0/8\`${hint}`);
    return null;
  }
  if (parsed.hadHostBits) {
    report.warning('HOST_BITS', node, `${quote(value)} has bits beyond its prefix length: they are ignored`);
  }
  return parsed.prefix;
}
