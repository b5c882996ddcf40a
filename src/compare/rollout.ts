import { NO_TIME, type PacketBatch } from '../packet/batch.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { FORWARDED, flagBit } from '../verdict/reasons.ts';

const OTHER_FILE = flagBit('opener-other-file');
const NANOS = 1e9;

/**
 * The moment at which new policies take the place of old ones. Connections that are open then go on as they were: the
 * dataplane asks policies about openers alone (ledger 84: Felix accepts what conntrack calls established before any
 * policy, and does not flush it). Records are in the order of their times.
 */
export class Rollout {
  /** Seconds since 1970. */
  readonly #at: number;
  /** The input in which the moment came, and the number of its first record from then on. */
  #input = -1;
  #first = Number.POSITIVE_INFINITY;

  constructor(at: number) {
    this.#at = at;
  }

  /** Does the row keep what the old policies said of it? Asked of every row, in order. */
  keeps(batch: PacketBatch, row: number, old: VerdictBatch, input: number): boolean {
    if (this.#input < 0) {
      const untimed = batch.timeDigits[row] === NO_TIME;
      if (untimed || batch.seconds[row]! + batch.nanos[row]! / NANOS < this.#at) return !untimed;
      this.#input = input;
      this.#first = batch.n[row]!;
    }
    if (input !== this.#input || old.verdict[row] !== FORWARDED) return false;
    if ((old.flags[row]! & OTHER_FILE) !== 0) return true;
    const opener = old.opener[row]!;
    return opener !== 0 && opener < this.#first;
  }
}
