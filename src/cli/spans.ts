import { NO_TIME, type PacketBatch } from '../packet/batch.ts';

/** From when to when the packets of each input are, in seconds since 1970. */
export class Spans {
  readonly #first: number[] = [];
  readonly #last: number[] = [];

  add(batch: PacketBatch, input: number): void {
    let first = this.#first[input] ?? Number.POSITIVE_INFINITY;
    let last = this.#last[input] ?? Number.NEGATIVE_INFINITY;
    for (let row = 0; row < batch.count; row++) {
      if (batch.timeDigits[row] === NO_TIME) continue;
      const time = batch.seconds[row]! + batch.nanos[row]! / 1e9;
      if (time < first) first = time;
      if (time > last) last = time;
    }
    this.#first[input] = first;
    this.#last[input] = last;
  }

  /**
   * Pairs of inputs that share some time: each input with the latest that began before it, so that there are fewer
   * pairs than inputs. Parts of one rotated capture only touch.
   */
  overlaps(): [number, number][] {
    const order = [...this.#first.keys()].sort((a, b) => (this.#first[a] ?? 0) - (this.#first[b] ?? 0));
    const pairs: [number, number][] = [];
    let latest = -1;
    for (const input of order) {
      if (latest >= 0 && this.#first[input]! < this.#last[latest]!) pairs.push([latest, input]);
      if (latest < 0 || this.#last[input]! > this.#last[latest]!) latest = input;
    }
    return pairs;
  }
}
