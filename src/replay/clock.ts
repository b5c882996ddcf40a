import { NO_TIME, type PacketBatch } from '../packet/batch.ts';

const NANOS_A_MILLISECOND = 1_000_000;
const NANOS_A_SECOND = 1e9;

/** The time of the replay: the largest timestamp so far. A row from before it is counted and does not turn it back. */
export class Clock {
  /** Milliseconds since 1970. */
  milliseconds = 0;
  /** How far the last advance went; Infinity when no time was known before. */
  jump = 0;
  backwards = 0;
  #known = false;
  #seconds = 0;
  #nanos = 0;
  #first = Number.POSITIVE_INFINITY;

  /** Takes a row's time. True when the milliseconds moved on. Rows without a time leave it as it is. */
  advance(batch: PacketBatch, row: number): boolean {
    if (batch.timeDigits[row] === NO_TIME) return false;
    const seconds = batch.seconds[row]!;
    const nanos = batch.nanos[row]!;
    if (this.#known && (seconds < this.#seconds || (seconds === this.#seconds && nanos < this.#nanos))) {
      this.backwards++;
      this.#first = Math.min(this.#first, seconds + nanos / NANOS_A_SECOND);
      return false;
    }
    if (!this.#known) this.#first = Math.min(this.#first, seconds + nanos / NANOS_A_SECOND);
    this.#seconds = seconds;
    this.#nanos = nanos;
    const milliseconds = seconds * 1000 + ((nanos / NANOS_A_MILLISECOND) | 0);
    if (this.#known && milliseconds === this.milliseconds) return false;
    this.jump = this.#known ? milliseconds - this.milliseconds : Number.POSITIVE_INFINITY;
    this.milliseconds = milliseconds;
    this.#known = true;
    return true;
  }

  /** Smallest and largest timestamp, seconds since 1970; null without any. */
  get first(): number | null {
    return this.#known ? this.#first : null;
  }

  get last(): number | null {
    return this.#known ? this.#seconds + this.#nanos / NANOS_A_SECOND : null;
  }
}
