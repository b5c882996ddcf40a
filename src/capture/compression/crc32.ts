/** CRC-32 as gzip and Ethernet have it: reflected, polynomial edb88320. Source: RFC 1952, section 8. */
const POLYNOMIAL = 0xedb88320;
/** Four bytes at a time: table k says what a byte does that k more bytes follow. */
const LANES = 4;

const tables: readonly Int32Array[] = makeTables();
const [t0, t1, t2, t3] = tables as [Int32Array, Int32Array, Int32Array, Int32Array];

function makeTables(): Int32Array[] {
  const all = Array.from({ length: LANES }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? POLYNOMIAL : 0);
    all[0]![byte] = value;
  }
  for (let lane = 1; lane < LANES; lane++)
    for (let byte = 0; byte < 256; byte++) {
      const before = all[lane - 1]![byte]!;
      all[lane]![byte] = (before >>> 8) ^ all[0]![before & 255]!;
    }
  return all;
}

/** The checksum of what gave `crc` (0 for nothing) and `bytes` behind it; unsigned. */
export function crc32(bytes: Uint8Array, crc: number): number {
  let value = ~crc;
  const { length } = bytes;
  const whole = length - (length % LANES);
  let at = 0;
  for (; at < whole; at += LANES) {
    value ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    value = t3[value & 255]! ^ t2[(value >>> 8) & 255]! ^ t1[(value >>> 16) & 255]! ^ t0[value >>> 24]!;
  }
  for (; at < length; at++) value = (value >>> 8) ^ t0[(value ^ bytes[at]!) & 255]!;
  return ~value >>> 0;
}
