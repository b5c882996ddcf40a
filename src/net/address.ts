export type Family = 4 | 6;

/**
 * An IP address off the hot path: 32 or 128 bits, most significant bit first (network order read as a number).
 * On the hot path an IPv4 address is one 32-bit word and an IPv6 address is four, in columns.
 */
export type Address = { readonly family: Family; readonly value: bigint };

export const bitsOf = (family: Family): number => (family === 4 ? 32 : 128);

/** The longest text that can be an address: an IPv6 address that ends in dotted decimal. */
const MAX_TEXT = 45;
const DOT = 46;
const ZERO = 48;
const COLON = 58;

/**
 * Reads dotted decimal (RFC 6943, strict: four parts, no leading zeros) or IPv6 text (RFC 4291, section 2.2). Zone
 * ids and prefix lengths are no part of an address: such texts give null, as do all that are not one address.
 */
export function parseAddress(text: string): Address | null {
  if (text.length > MAX_TEXT) return null;
  if (text.includes(':')) {
    const value = parseIpv6(text);
    return value === null ? null : { family: 6, value };
  }
  const value = parseIpv4(text);
  return value < 0 ? null : { family: 4, value: BigInt(value) };
}

/** The 32-bit value of a dotted decimal address, or -1. Used for each row of a text log, so it allocates nothing. */
export function parseIpv4(text: string): number {
  let value = 0;
  let part = 0;
  let digits = 0;
  let parts = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = i < text.length ? text.charCodeAt(i) : DOT;
    if (c === DOT) {
      if (digits === 0 || part > 255 || parts === 4) return -1;
      value = value * 256 + part;
      parts++;
      part = 0;
      digits = 0;
      continue;
    }
    const digit = c - ZERO;
    if (digit < 0 || digit > 9 || digits === 3 || (digits > 0 && part === 0)) return -1;
    part = part * 10 + digit;
    digits++;
  }
  return parts === 4 ? value : -1;
}

function parseIpv6(text: string): bigint | null {
  let tail = text;
  let embedded: number[] = [];
  if (text.includes('.')) {
    const colon = text.lastIndexOf(':');
    const v4 = parseIpv4(text.slice(colon + 1));
    if (v4 < 0) return null;
    embedded = [v4 >>> 16, v4 & 0xffff];
    // `::1.2.3.4` keeps both colons, `a:1.2.3.4` loses the one that divides.
    tail = text.charCodeAt(colon - 1) === COLON ? text.slice(0, colon + 1) : text.slice(0, colon);
  }
  const halves = tail.split('::');
  if (halves.length > 2) return null;
  const head = groups(halves[0]!);
  const rest = groups(halves[1] ?? '');
  if (head === null || rest === null) return null;
  const known = head.length + rest.length + embedded.length;
  if (halves.length === 1 ? known !== 8 : known > 7) return null;
  const all = [...head, ...new Array<number>(8 - known).fill(0), ...rest, ...embedded];
  return all.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

function groups(text: string): number[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  return parts.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part)) ? parts.map((part) => Number.parseInt(part, 16)) : null;
}

/** RFC 5952 text; IPv4-mapped IPv6 addresses (`::ffff:a.b.c.d`) in mixed notation, all others hexadecimal. */
export const formatAddress = (address: Address): string =>
  address.family === 4 ? formatIpv4(Number(address.value)) : formatIpv6(...wordsOf(address));

/** Four 32-bit words, most significant first; an IPv4 address is the first word, the others are 0. */
export function wordsOf(address: Address): [number, number, number, number] {
  const { family, value } = address;
  if (family === 4) return [Number(value), 0, 0, 0];
  const word = (shift: bigint): number => Number((value >> shift) & 0xffff_ffffn);
  return [word(96n), word(64n), word(32n), word(0n)];
}

/** The inverse of `wordsOf`; words may be signed. */
export function addressOfWords(family: Family, w0: number, w1: number, w2: number, w3: number): Address {
  if (family === 4) return { family, value: BigInt(w0 >>> 0) };
  const join = (high: bigint, low: number): bigint => (high << 32n) | BigInt(low >>> 0);
  return { family, value: join(join(join(BigInt(w0 >>> 0), w1), w2), w3) };
}

/** Text of an address in columns: `family` 4 reads the first word alone. Words may be signed. */
export const formatWords = (family: number, w0: number, w1: number, w2: number, w3: number): string =>
  family === 4 ? formatIpv4(w0) : formatIpv6(w0, w1, w2, w3);

const formatIpv4 = (word: number): string =>
  `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;

function formatIpv6(w0: number, w1: number, w2: number, w3: number): string {
  if (w0 === 0 && w1 === 0 && w2 === 0xffff) return `::ffff:${formatIpv4(w3)}`;
  const parts = [w0, w1, w2, w3].flatMap((word) => [word >>> 16, word & 0xffff]);
  const run = longestZeroRun(parts);
  const hex = (from: number, to: number): string =>
    parts
      .slice(from, to)
      .map((part) => part.toString(16))
      .join(':');
  return run.length < 2 ? hex(0, 8) : `${hex(0, run.start)}::${hex(run.start + run.length, 8)}`;
}

/** RFC 5952, section 4.2: the longest run of zero groups is shortened, the first of equals. */
function longestZeroRun(parts: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < parts.length; start++) {
    let length = 0;
    while (start + length < parts.length && parts[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
    start += length;
  }
  return best;
}
