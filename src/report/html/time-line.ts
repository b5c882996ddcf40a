import { NO_TIME, type PacketBatch } from '../../packet/batch.ts';
import type { VerdictBatch } from '../../verdict/batch.ts';
import { flagBit, VERDICTS } from '../../verdict/reasons.ts';

/** Buckets are never more than this, however long the traffic is. */
export const MOST_BUCKETS = 200;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Widths in milliseconds. INVARIANT: each is a multiple of the one before, so that buckets can be joined. */
// biome-ignore format: a ladder
const WIDTHS = [
  1, 2, 10, 20, 100, 200, SECOND, 2 * SECOND, 10 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE,
  HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 7 * DAY, 28 * DAY, 364 * DAY,
] as const;

/** Packets of one stretch of time by verdict, a place in VERDICTS. `start` is in milliseconds since 1970. */
export type Bucket = { readonly start: number; readonly packets: readonly number[] };
export type TimeLineWords = {
  /** Milliseconds. */
  readonly width: number;
  /** In order of time, without those that hold nothing. */
  readonly buckets: readonly Bucket[];
  /** Packets of records without a time. */
  readonly untimed: number;
};

const DUPLICATE = flagBit('duplicate');

/**
 * Packets over time, by verdict: buckets of one width, which grows when the traffic gets longer than they are. What was
 * captured before counts nowhere, as in the totals.
 */
export class TimeLine {
  #buckets = new Map<number, Float64Array>();
  #rung = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #untimed = 0;

  add(batch: PacketBatch, { verdict, flags }: VerdictBatch): void {
    for (let row = 0; row < batch.count; row++) {
      if ((flags[row]! & DUPLICATE) !== 0) continue;
      const packets = batch.packets[row]!;
      if (batch.timeDigits[row] === NO_TIME) this.#untimed += packets;
      else this.#at(batch.seconds[row]! * SECOND + Math.floor(batch.nanos[row]! / 1e6))[verdict[row]!]! += packets;
    }
  }

  words(): TimeLineWords {
    const width = WIDTHS[this.#rung]!;
    const buckets = [...this.#buckets]
      .sort(([a], [b]) => a - b)
      .map(([place, packets]) => ({ start: place * width, packets: [...packets] }));
    return { width, buckets, untimed: this.#untimed };
  }

  /** The bucket of a time in milliseconds. */
  #at(time: number): Float64Array {
    if (time < this.#first) this.#first = time;
    if (time > this.#last) this.#last = time;
    while (this.#span() > MOST_BUCKETS && this.#rung < WIDTHS.length - 1) this.#widen();
    return bucketAt(this.#buckets, Math.floor(time / WIDTHS[this.#rung]!));
  }

  #span(): number {
    const width = WIDTHS[this.#rung]!;
    return Math.floor(this.#last / width) - Math.floor(this.#first / width) + 1;
  }

  #widen(): void {
    const joined = WIDTHS[this.#rung + 1]! / WIDTHS[this.#rung]!;
    this.#rung++;
    const wider = new Map<number, Float64Array>();
    for (const [place, packets] of this.#buckets) {
      const sum = bucketAt(wider, Math.floor(place / joined));
      packets.forEach((value, verdict) => {
        sum[verdict]! += value;
      });
    }
    this.#buckets = wider;
  }
}

function bucketAt(buckets: Map<number, Float64Array>, place: number): Float64Array {
  const known = buckets.get(place);
  if (known !== undefined) return known;
  const made = new Float64Array(VERDICTS.length);
  buckets.set(place, made);
  return made;
}
