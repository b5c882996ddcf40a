import { count } from '../report/numbers.ts';
import type { Io } from './io.ts';

/** Between two lines of the meter: often enough to look alive, seldom enough to cost nothing. */
const EVERY_MILLISECONDS = 200;
/** Erases the line and goes to its beginning (ECMA-48: EL 2, CR). */
const ERASE = '\u001b[2K\r';

/** A line on a terminal's standard error that tells how many packets were judged and how fast. Silent elsewhere. */
export class Progress {
  readonly #io: Io;
  readonly #shown: boolean;
  readonly #started = performance.now();
  #last = performance.now();
  #packets = 0;
  #dirty = false;

  /** `linesOut`: results stream out while it runs; on one terminal the meter would stand between them. */
  constructor(io: Io, linesOut: boolean) {
    this.#io = io;
    this.#shown = io.errIsTerminal && !(linesOut && io.outIsTerminal);
  }

  add(packets: number): void {
    this.#packets += packets;
    if (!this.#shown) return;
    const now = performance.now();
    if (now - this.#last < EVERY_MILLISECONDS) return;
    this.#last = now;
    this.#dirty = true;
    const perSecond = Math.round((this.#packets / (now - this.#started)) * 1000);
    this.#io.err(`${ERASE}${count(this.#packets)} packets, ${count(perSecond)} a second`);
  }

  end(): void {
    if (this.#dirty) this.#io.err(ERASE);
    this.#dirty = false;
  }
}
