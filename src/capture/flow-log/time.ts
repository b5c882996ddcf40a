import type { FlowRecord } from '../record.ts';
import { unsignedAt } from './values.ts';

const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;

/** A time as it was read: seconds since 1970, nanoseconds, and how many digits the text had behind its point. */
export class Time {
  seconds = 0;
  nanos = 0;
  digits = 0;

  /** Puts it into a record. */
  into(record: FlowRecord): void {
    record.seconds = this.seconds;
    record.nanos = this.nanos;
    record.timeDigits = this.digits;
  }

  /** Decimal seconds since 1970: `1785578400.120`. */
  readSeconds(bytes: Uint8Array, from: number, to: number): boolean {
    let point = from;
    while (point < to && bytes[point] !== POINT) point++;
    const seconds = unsignedAt(bytes, from, point);
    if (seconds < 0 || seconds > 0xffff_ffff) return false;
    this.seconds = seconds;
    return this.#readFraction(bytes, point, to) === to;
  }

  /** RFC 3339: `2026-08-01T10:00:00.120Z`, `...+02:00`. */
  readDate(bytes: Uint8Array, from: number, to: number): boolean {
    if (from < 0 || to - from < 20) return false;
    const year = unsignedAt(bytes, from, from + 4);
    const month = unsignedAt(bytes, from + 5, from + 7);
    const day = unsignedAt(bytes, from + 8, from + 10);
    const hour = unsignedAt(bytes, from + 11, from + 13);
    const minute = unsignedAt(bytes, from + 14, from + 16);
    const second = unsignedAt(bytes, from + 17, from + 19);
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23) return false;
    if (minute < 0 || minute > 59 || second < 0 || second > 60) return false;
    const zone = this.#readFraction(bytes, from + 19, to);
    const shift = zone < 0 ? NaN : zoneAt(bytes, zone, to);
    if (Number.isNaN(shift)) return false;
    this.seconds = daysSince1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - shift;
    return this.seconds >= 0 && this.seconds <= 0xffff_ffff;
  }

  /** Where what follows the fraction begins, or -1. Digits beyond nine are cut. */
  #readFraction(bytes: Uint8Array, from: number, to: number): number {
    this.nanos = 0;
    this.digits = 0;
    if (from >= to || bytes[from] !== POINT) return from;
    let at = from + 1;
    let scale = 100_000_000;
    for (; at < to && bytes[at]! >= ZERO && bytes[at]! <= NINE; at++) {
      if (this.digits === 9) continue;
      this.nanos += (bytes[at]! - ZERO) * scale;
      scale /= 10;
      this.digits++;
    }
    return this.digits === 0 ? -1 : at;
  }
}

/** Seconds east of Greenwich of `Z`, `+hh:mm` or `+hhmm`; NaN for anything else. */
function zoneAt(bytes: Uint8Array, from: number, to: number): number {
  const sign = bytes[from];
  if (to - from === 1 && (sign! | 32) === 122) return 0;
  if (sign !== PLUS && sign !== MINUS) return NaN;
  const minutesAt = bytes[from + 3] === COLON ? from + 4 : from + 3;
  const hours = unsignedAt(bytes, from + 1, from + 3);
  const minutes = unsignedAt(bytes, minutesAt, minutesAt + 2);
  if (hours < 0 || minutes < 0 || minutesAt + 2 !== to) return NaN;
  return (sign === MINUS ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/** Of the Gregorian calendar; years from March, so that a leap day is a year's last. */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
