import { NO_TIME, type PacketBatch } from '../packet/batch.ts';
import type { Interface } from './pcapng-interface.ts';

const NANOS = 1_000_000_000;
const HALF = 0x1_0000;

/**
 * Writes a row's time from the two halves of a 64-bit count of the interface's units. Counts of up to nanoseconds are
 * divided in two steps of 16 bits, exact in doubles; finer and binary ones, which nobody captures with, as BigInt.
 */
export function writeTime(batch: PacketBatch, row: number, high: number, low: number, source: Interface): void {
  const { fastUnits, offsetSeconds } = source;
  if (fastUnits === 0) {
    writeSlowly(batch, row, (BigInt(high) << 32n) | BigInt(low), source);
    return;
  }
  const first = (high % fastUnits) * HALF + (low >>> 16);
  const second = (first % fastUnits) * HALF + (low & 0xffff);
  const whole =
    Math.floor(high / fastUnits) * HALF * HALF + Math.floor(first / fastUnits) * HALF + Math.floor(second / fastUnits);
  batch.seconds[row] = whole + offsetSeconds;
  batch.nanos[row] = (second % fastUnits) * (NANOS / fastUnits);
  batch.timeDigits[row] = source.digits;
}

function writeSlowly(batch: PacketBatch, row: number, units: bigint, source: Interface): void {
  const { unitsPerSecond } = source;
  batch.seconds[row] = Number(units / unitsPerSecond) + source.offsetSeconds;
  batch.nanos[row] = Number(((units % unitsPerSecond) * BigInt(NANOS)) / unitsPerSecond);
  batch.timeDigits[row] = source.digits;
}

/** A Simple Packet Block has no time. */
export function writeNoTime(batch: PacketBatch, row: number): void {
  batch.seconds[row] = 0;
  batch.nanos[row] = 0;
  batch.timeDigits[row] = NO_TIME;
}
