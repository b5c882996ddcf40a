/** Rows that wait for another: at most so many, as each is told by what comes within as many rows. */
export const MOST_WAITING = 4096;

/**
 * Later fragments whose first was not seen yet, in the order of the rows. Some are rows of the batch at hand, the oldest
 * may be rows that were held back from batches before it (held.ts).
 */
export class Waiting {
  count = 0;
  /** How many rows each waits at most. */
  readonly limit: number;
  /** Place among all rows of the run; row in the batch, or among the held; milliseconds as Connections.now. */
  readonly place: Float64Array;
  readonly row: Int32Array;
  readonly since: Int32Array;
  readonly isHeld: Uint8Array;

  constructor(limit: number) {
    this.limit = limit;
    // One more, as a row is added before the oldest is let go.
    this.place = new Float64Array(limit + 1);
    this.row = new Int32Array(limit + 1);
    this.since = new Int32Array(limit + 1);
    this.isHeld = new Uint8Array(limit + 1);
  }

  add(place: number, row: number, now: number): void {
    const k = this.count++;
    this.place[k] = place;
    this.row[k] = row;
    this.since[k] = now;
    this.isHeld[k] = 0;
  }

  remove(k: number): void {
    for (const column of [this.place, this.row, this.since, this.isHeld]) column.copyWithin(k, k + 1, this.count);
    this.count--;
  }

  /** How many of the rows that are held, and of the batch at hand, come before the first that waits. */
  settledHeld(held: number): number {
    return this.count > 0 && this.isHeld[0] === 1 ? this.row[0]! : held;
  }

  settled(rows: number): number {
    if (this.count === 0) return rows;
    return this.isHeld[0] === 1 ? 0 : Math.min(rows, this.row[0]!);
  }

  /** The batch's rows from `settled` on are held now, behind `kept` of those before, of which `gone` are gone. */
  hold(gone: number, kept: number, settled: number): void {
    for (let k = 0; k < this.count; k++) {
      this.row[k]! += this.isHeld[k] === 1 ? -gone : kept - settled;
      this.isHeld[k] = 1;
    }
  }
}
