import { ICMP, ICMPV6 } from '../net/protocol.ts';
import type { PacketBatch } from '../packet/batch.ts';
import { ICMP_ANSWER, icmpRole, requestType } from './icmp.ts';

/**
 * A connection's key, the same for both of its directions: the ends in a fixed order, low and high, and one word of
 * ports. `swap` says that the row's source is the high end.
 *
 *     TCP, UDP, ...    low port << 16 | high port          ends ordered by address, then by port
 *     ICMP             id << 16 | type asked << 8 | code   low is who asked: each side may use one id for itself
 *     others           0                                   ends ordered by address
 */
export function swapOf(batch: PacketBatch, row: number): number {
  const protocol = batch.protocol[row]!;
  if (protocol === ICMP || protocol === ICMPV6) return icmpRole(protocol, batch.icmpType[row]!) === ICMP_ANSWER ? 1 : 0;
  const a = batch.src0[row]!;
  const b = batch.dst0[row]!;
  if (a !== b) return a > b ? 1 : 0;
  return batch.family[row] === 6 ? swapOfTails(batch, row) : byPort(batch, row);
}

function swapOfTails(batch: PacketBatch, row: number): number {
  const { src1, src2, src3, dst1, dst2, dst3 } = batch;
  if (src1[row] !== dst1[row]) return src1[row]! > dst1[row]! ? 1 : 0;
  if (src2[row] !== dst2[row]) return src2[row]! > dst2[row]! ? 1 : 0;
  if (src3[row] !== dst3[row]) return src3[row]! > dst3[row]! ? 1 : 0;
  return byPort(batch, row);
}

const byPort = (batch: PacketBatch, row: number): number =>
  batch.sourcePort[row]! > batch.destinationPort[row]! ? 1 : 0;

/** The ports word. Signed; 0 for protocols that have neither ports nor ICMP types. */
export function portsOf(batch: PacketBatch, row: number, swap: number): number {
  const protocol = batch.protocol[row]!;
  if (protocol === ICMP || protocol === ICMPV6)
    return (batch.icmpId[row]! << 16) | (requestType(protocol, batch.icmpType[row]!) << 8) | batch.icmpCode[row]!;
  const source = batch.sourcePort[row]!;
  const destination = batch.destinationPort[row]!;
  return swap === 0 ? (source << 16) | destination : (destination << 16) | source;
}

const MIX_A = 0x2c1b3c6d;
const MIX_B = 0x297a2d39;

const mix = (hash: number, word: number): number => {
  const h = Math.imul(hash ^ word, MIX_A);
  return h ^ (h >>> 15);
};

export const finishHash = (hash: number): number => {
  const h = Math.imul(hash, MIX_B);
  return h ^ (h >>> 15);
};

/** Hash of a row's key. `seed` keeps those who write captures from choosing tuples that collide. */
export function hashOfRow(seed: number, batch: PacketBatch, row: number, swap: number, ports: number): number {
  const low0 = swap === 0 ? batch.src0[row]! : batch.dst0[row]!;
  const high0 = swap === 0 ? batch.dst0[row]! : batch.src0[row]!;
  const h = hashOfKey(seed, batch.protocol[row]!, low0, high0, ports);
  if (batch.family[row] !== 6) return finishHash(h);
  return finishHash(swap === 0 ? mixTails(h, batch, row) : mixTailsSwapped(h, batch, row));
}

const mixTails = (h: number, b: PacketBatch, row: number): number =>
  mix3(mix3(h, b.src1[row]!, b.src2[row]!, b.src3[row]!), b.dst1[row]!, b.dst2[row]!, b.dst3[row]!);

const mixTailsSwapped = (h: number, b: PacketBatch, row: number): number =>
  mix3(mix3(h, b.dst1[row]!, b.dst2[row]!, b.dst3[row]!), b.src1[row]!, b.src2[row]!, b.src3[row]!);

export const mix3 = (h: number, w1: number, w2: number, w3: number): number => mix(mix(mix(h, w1), w2), w3);

/** The same hash from a key's words, in three steps: this, `mix3` of each end's tail for IPv6, `finishHash`. */
export const hashOfKey = (seed: number, protocol: number, low: number, high: number, ports: number): number =>
  mix(mix(mix(seed ^ protocol, low), high), ports);
