/** Values in the bytes of a text, read where they lie: [from, to) of ASCII. None of these allocates. */

const ZERO = 48;
const NINE = 57;
const POINT = 46;
const COLON = 58;
/** More digits no counter and no time has. */
const MAX_DIGITS = 15;

/** A number without sign or fraction, of at most 15 digits; -1 for anything else. */
export function unsignedAt(bytes: Uint8Array, from: number, to: number): number {
  if (from < 0 || to <= from || to - from > MAX_DIGITS) return -1;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Is the text in [from, to) this word? */
export function isWordAt(bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  if (from < 0 || to - from !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word[i]) return false;
  return true;
}

export const wordBytes = (word: string): Uint8Array => new TextEncoder().encode(word);

/** The place of the word in a list, or -1. */
export function wordIn(bytes: Uint8Array, from: number, to: number, words: readonly Uint8Array[]): number {
  for (let i = 0; i < words.length; i++) if (isWordAt(bytes, from, to, words[i]!)) return i;
  return -1;
}

/**
 * The address in [from, to), as four words into `out` (an IPv4 address is the first): its family, or 0 when it is none. The same texts as `parseAddress` of net/address.ts.
 */
export function addressAt(bytes: Uint8Array, from: number, to: number, out: Int32Array): number {
  if (from < 0 || to - from < 2 || to - from > MAX_ADDRESS) return 0;
  for (let at = from; at < to && at < from + 5; at++) if (bytes[at] === COLON) return ipv6At(bytes, from, to, out);
  const value = ipv4At(bytes, from, to);
  if (value < 0) return 0;
  out[0] = value;
  out[1] = 0;
  out[2] = 0;
  out[3] = 0;
  return 4;
}

const MAX_ADDRESS = 45;

/** Four parts of up to three digits, none with a leading zero; -1 for anything else. */
function ipv4At(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  let part = 0;
  let digits = 0;
  let points = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte === POINT) {
      if (digits === 0 || ++points > 3) return -1;
      value = value * 256 + part;
      part = 0;
      digits = 0;
      continue;
    }
    const digit = byte - ZERO;
    if (digit < 0 || digit > 9 || (digits > 0 && part === 0)) return -1;
    part = part * 10 + digit;
    if (++digits > 3 || part > 255) return -1;
  }
  return points === 3 && digits > 0 ? value * 256 + part : -1;
}

/** Groups of the text as they come; what stands behind `::` is moved to the end afterwards. */
const groups = new Uint16Array(8);

function ipv6At(bytes: Uint8Array, from: number, to: number, out: Int32Array): number {
  let count = 0;
  let gap = -1;
  let at = from;
  if (bytes[at] === COLON) {
    if (bytes[at + 1] !== COLON) return 0;
    gap = 0;
    at += 2;
  }
  while (at < to) {
    if (count === 8) return 0;
    let group = 0;
    let digits = 0;
    const start = at;
    for (let digit = hexAt(bytes, at, to); digit >= 0; digit = hexAt(bytes, at, to)) {
      group = group * 16 + digit;
      at++;
      if (++digits > 4) return 0;
    }
    if (at < to && bytes[at] === POINT) {
      const embedded = ipv4At(bytes, start, to);
      if (embedded < 0 || count > 6) return 0;
      groups[count++] = embedded >>> 16;
      groups[count++] = embedded & 0xffff;
      at = to;
      break;
    }
    if (digits === 0) return 0;
    groups[count++] = group;
    if (at === to) break;
    if (bytes[at] !== COLON) return 0;
    at++;
    if (at === to) return 0;
    if (bytes[at] === COLON) {
      if (gap >= 0) return 0;
      gap = count;
      at++;
    }
  }
  if (gap < 0 ? count !== 8 : count > 7) return 0;
  const behind = gap < 0 ? 0 : count - gap;
  groups.copyWithin(8 - behind, count - behind, count);
  groups.fill(0, count - behind, 8 - behind);
  for (let word = 0; word < 4; word++) out[word] = (groups[word * 2]! << 16) | groups[word * 2 + 1]!;
  return 6;
}

function hexAt(bytes: Uint8Array, at: number, to: number): number {
  if (at >= to) return -1;
  const byte = bytes[at]!;
  if (byte >= ZERO && byte <= NINE) return byte - ZERO;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
