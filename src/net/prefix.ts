import { IPv4CidrRange, IPv6CidrRange } from 'ip-num';
import { type Address, bitsOf, type Family, formatAddress, parseAddress } from './address.ts';

/** A block of addresses. `first` has its host bits cleared, as every dataplane reads it. */
export type Prefix = { readonly family: Family; readonly first: bigint; readonly length: number };

/** The longest text that can be a prefix. */
const MAX_TEXT = 49;

/**
 * Reads `address/length`. Host bits are cleared: `10.0.0.7/8` is `10.0.0.0/8` (Calico masks CIDRs, and so do we).
 * `hadHostBits` tells, as a reader may want to warn. Returns null for anything else, a bare address included.
 */
export function parsePrefix(text: string): { prefix: Prefix; hadHostBits: boolean } | null {
  const slash = text.indexOf('/');
  if (slash < 0 || text.length > MAX_TEXT || !/^(0|[1-9]\d{0,2})$/.test(text.slice(slash + 1))) return null;
  const address = parseAddress(text.slice(0, slash));
  if (address === null || Number(text.slice(slash + 1)) > bitsOf(address.family)) return null;
  // ip-num clears the host bits; it is handed the address in the one spelling that it and we read alike.
  const canonical = `${spelledOut(address)}${text.slice(slash)}`;
  const range = address.family === 4 ? IPv4CidrRange.fromCidr(canonical) : IPv6CidrRange.fromCidr(canonical);
  const first = range.getFirst().getValue();
  const length = Number(range.getPrefix().getValue());
  return { prefix: { family: address.family, first, length }, hadHostBits: first !== address.value };
}

/** ip-num reads no IPv6 text that ends in dotted decimal, so such an address is written in eight groups. */
function spelledOut(address: Address): string {
  if (address.family === 4) return formatAddress(address);
  const hex = address.value.toString(16).padStart(32, '0');
  return (hex.match(/.{4}/g) as string[]).join(':');
}

/** The block that holds one address alone. */
export const hostPrefix = (address: Address): Prefix => ({
  family: address.family,
  first: address.value,
  length: bitsOf(address.family),
});

export const lastOf = (prefix: Prefix): bigint =>
  prefix.first | ((1n << BigInt(bitsOf(prefix.family) - prefix.length)) - 1n);

export const contains = (prefix: Prefix, address: Address): boolean =>
  prefix.family === address.family && address.value >= prefix.first && address.value <= lastOf(prefix);

/** Whether every address of `inner` is in `outer`; a prefix covers itself. */
export const covers = (outer: Prefix, inner: Prefix): boolean =>
  outer.family === inner.family &&
  outer.length <= inner.length &&
  inner.first >= outer.first &&
  inner.first <= lastOf(outer);

export const formatPrefix = (prefix: Prefix): string =>
  `${formatAddress({ family: prefix.family, value: prefix.first })}/${prefix.length}`;

/** IPv4 first, then by first address, then the wider first: parents come before their children. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.length - b.length;
}
