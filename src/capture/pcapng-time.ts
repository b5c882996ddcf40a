import { NO_TIME, type PacketBatch } from '../packet/batch.ts';
import type { Interface } from './pcapng-interface.ts';

const NANOS = 1_000_000_000;
const HALF = 0x1_0000;
const LAST_SECOND = 0xffff_ffff;

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
  write(batch, row, whole + offsetSeconds, (second % fastUnits) * (NANOS / fastUnits), source.digits);
}

function writeSlowly(batch: PacketBatch, row: number, units: bigint, source: Interface): void {
  const { unitsPerSecond } = source;
  const nanos = ((units % unitsPerSecond) * BigInt(NANOS)) / unitsPerSecond;
  write(batch, row, Number(units / unitsPerSecond) + source.offsetSeconds, Number(nanos), source.digits);
}

/** A time before 1970 or after 2106 is no time that a batch can hold: better none than a wrong one. */
function write(batch: PacketBatch, row: number, seconds: number, nanos: number, digits: number): void {
  if (seconds < 0 || seconds > LAST_SECOND) {
    writeNoTime(batch, row);
    return;
  }
  batch.seconds[row] = seconds;
  batch.nanos[row] = nanos;
  batch.timeDigits[row] = digits;
}

/** A Simple Packet Block has no time. */
export function writeNoTime(batch: PacketBatch, row: number): void {
  batch.seconds[row] = 0;
  batch.nanos[row] = 0;
  batch.timeDigits[row] = NO_TIME;
}
