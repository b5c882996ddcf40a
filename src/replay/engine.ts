import { BATCH_ROWS, LATER_FRAGMENT, type PacketBatch } from '../packet/batch.ts';
import type { MatchTable } from '../table/match-table.ts';
import { Matcher } from '../table/matcher.ts';
import { createVerdicts, type VerdictBatch } from '../verdict/batch.ts';
import type { Tally } from '../verdict/tally.ts';
import { Clock } from './clock.ts';
import { Connections } from './connections.ts';
import { Count } from './count.ts';
import { Desk } from './desk.ts';
import { Duplicates, FLAG_DUPLICATE } from './duplicates.ts';
import { Fragments } from './fragments.ts';
import { type Held, holdRest } from './held.ts';
import { Judge } from './judge.ts';
import { Nat } from './nat.ts';
import { type ReplayOptions, type Settings, settle } from './options.ts';
import { Plain } from './plain.ts';
import type { Questions } from './questions.ts';
import { SLICE_ROWS, Slice } from './slice.ts';
import { Spoofed } from './spoofed.ts';
import { BPF_TIMEOUTS, LINUX_TIMEOUTS } from './timeouts.ts';
import { Track } from './track.ts';
import { Translations } from './translations.ts';
import { Wrapped } from './wrapped.ts';

/**
 * One replay, batch by batch: the caller pulls batches and hands each over in order. Memory is constant: the
 * connections (64 bytes each at most), the tally's bounded tables, one verdict batch. Nothing is allocated a packet.
 *
 *     batch --slices of 256--> foresee (slice.ts) --> walk (track.ts) --> count (count.ts) --> verdicts
 *                                      duplicates (duplicates.ts) beside it, where there may be any
 *
 * `process` is synchronous; whoever loops over it yields to the event loop now and then (replay.ts does).
 */
export class Replay {
  readonly table: MatchTable;
  readonly settings: Settings;
  #questions: Questions;
  #connections: Connections;
  #clock = new Clock();
  #slice = new Slice();
  #count: Count;
  #track: Track;
  #plain: Plain;
  #translations: Translations;
  #verdicts: VerdictBatch = createVerdicts(BATCH_ROWS);
  #duplicates: Duplicates | null;
  #fragments: Fragments;
  #spoofed: Spoofed;
  /** Rows of the run before the batch at hand. */
  #before = 0;
  #batch: PacketBatch | null = null;
  #rows = 0;
  /** Rows of the batch at hand that are settled and counted: all before the first that waits. */
  #settled = 0;
  #begun = false;

  /** `questions` answers instead of a matcher of the table's own: for tests, and for matchers that are shared. */
  constructor(table: MatchTable, options: ReplayOptions = {}, questions: Questions = new Matcher(table)) {
    this.table = table;
    this.settings = settle(options);
    this.#questions = questions;
    const { track, maxConnections, timeouts } = this.settings;
    const usual = table.switches.bpfTimeouts === true ? BPF_TIMEOUTS : LINUX_TIMEOUTS;
    const capacity = track ? maxConnections : 1;
    this.#connections = new Connections(capacity, { ...usual, ...timeouts }, undefined, table.hosts != null);
    this.#count = new Count(table);
    const judge = new Judge(table, questions, this.settings);
    const desk = new Desk(judge, this.#slice, this.#verdicts, table.switches);
    const nat = new Nat(table, judge, questions, this.#connections);
    this.#fragments = new Fragments(desk, this.#connections, this.settings.fragmentWait);
    this.#track = new Track(desk, nat, this.#connections, this.#fragments, this.settings);
    this.#duplicates = this.settings.duplicates === 'count' ? null : new Duplicates(this.#verdicts, new Wrapped(desk));
    this.#spoofed = new Spoofed(table);
    this.#plain = new Plain(table, judge, this.#slice, this.#verdicts);
    this.#translations = new Translations(nat);
  }

  /** Another input begins: connections go on, and their openers lie in another file from here on. */
  beginInput(): void {
    if (this.#begun) {
      this.#connections.beginFile();
      this.#fragments.beginFile();
      this.#duplicates?.beginFile();
    }
    this.#begun = true;
  }

  /**
   * Judges the rows of a batch, each to its end: a fragment that comes before its first waits for the rows of its own
   * batch alone. The verdicts are overwritten by the next call.
   * @throws RangeError for a batch of more than BATCH_ROWS rows
   */
  process(batch: PacketBatch): VerdictBatch {
    this.take(batch);
    this.settle();
    return this.#verdicts;
  }

  /**
   * The same, where more rows may follow: at its end rows may be waiting for those. `settled` tells how many are not;
   * `hold` keeps the others beyond their batch, in `held`, which comes before the next.
   */
  take(batch: PacketBatch): VerdictBatch {
    if (batch.count > BATCH_ROWS) throw new RangeError(`batch of ${batch.count} rows: expected at most ${BATCH_ROWS}`);
    this.#before += this.#rows;
    this.#rows = batch.count;
    this.#batch = batch;
    this.#settled = 0;
    this.#spoofed.mark(batch);
    this.#fragments.begin(batch, this.#before);
    // Nobody else writes zeros: rows without a node's address do not touch these columns.
    if (this.table.hosts != null) {
      this.#verdicts.hostEgress.fill(0, 0, batch.count);
      this.#verdicts.hostIngress.fill(0, 0, batch.count);
    }
    for (let from = 0; from < batch.count; from += SLICE_ROWS)
      this.#processSlice(batch, from, Math.min(from + SLICE_ROWS, batch.count));
    this.#duplicates?.end(batch, this.#before);
    return this.#verdicts;
  }

  get settled(): number {
    return this.#settled;
  }

  get held(): Held | null {
    return this.#fragments.held;
  }

  /** Keeps what is left of the batch at hand; what was settled has been reported. */
  hold(): void {
    const { held, waiting } = this.#fragments;
    if (held === null && this.#settled === this.#rows) return;
    const gone = held?.settled ?? 0;
    waiting.hold(gone, (held?.batch.count ?? 0) - gone, this.#settled);
    this.#fragments.held = holdRest(held, this.#batch!, this.#verdicts, this.#settled, this.#rows);
    this.#settled = this.#rows;
  }

  /** No row follows, or none of this input: whatever waits is judged without. */
  settle(): void {
    this.#fragments.settle();
    if (this.#batch !== null) this.#countSettled(this.#batch, this.#rows);
  }

  /** What was found so far: a value of its own, made anew each time. */
  get tally(): Tally {
    const tally = this.#count.tally(this.#clock, this.#connections.evictions, this.#fragments.forgotten);
    return { ...tally, conversations: tally.conversations.map((one) => this.#translations.add(one)) };
  }

  /** Connections remembered now, and the bytes set aside for all. */
  get connections(): { readonly count: number; readonly bytes: number } {
    return { count: this.#connections.count, bytes: this.#connections.bytes };
  }

  #processSlice(batch: PacketBatch, from: number, to: number): void {
    const tracked = this.settings.track ? this.#connections : null;
    this.#slice.foresee(batch, from, to, tracked, this.#questions, this.table.classes);
    const mayRepeat = this.#duplicates?.begin(batch, from, to, this.#before) ?? false;
    if (tracked === null) this.#alone(batch, from, to, mayRepeat);
    else if (mayRepeat) this.#walkRepeats(batch, from, to, tracked);
    else this.#walk(batch, from, to, tracked);
    this.#fragments.expire(to - 1);
    this.#countSettled(batch, to);
  }

  /** Counts rows in their order, up to the first that waits. */
  #countSettled(batch: PacketBatch, to: number): void {
    const { held, waiting } = this.#fragments;
    const mayRepeat = this.#duplicates !== null && this.#duplicates.since !== Number.POSITIVE_INFINITY;
    if (held !== null) {
      const end = waiting.settledHeld(held.batch.count);
      this.#count.add(held.batch, held.verdicts, held.settled, end, true);
      held.settled = end;
    }
    const end = Math.max(this.#settled, waiting.settled(to));
    this.#count.add(batch, this.#verdicts, this.#settled, end, mayRepeat);
    this.#settled = end;
  }

  #walkRepeats(batch: PacketBatch, from: number, to: number, connections: Connections): void {
    for (let row = from; row < to; row++) {
      if (this.#clock.advance(batch, row)) connections.advance(this.#clock.milliseconds, this.#clock.jump);
      const first = this.#duplicates!.firstOf(batch, row, this.#before + row);
      if (first < 0) {
        this.#track.row(batch, row, row - from);
        this.#duplicates!.remember(batch, row, this.#before + row);
      } else this.#repeat(batch, row, row - from, first);
    }
  }

  /** A packet that was captured before. A later fragment is judged again: nothing remembers it, so nothing moves. */
  #repeat(batch: PacketBatch, row: number, i: number, first: number): void {
    if ((batch.flags[row]! & LATER_FRAGMENT) !== 0) {
      this.#track.row(batch, row, i);
      this.#verdicts.flags[row]! |= FLAG_DUPLICATE;
      this.#verdicts.opened[row] = 0;
      return;
    }
    this.#duplicates!.write(first, row);
    this.#track.carries(batch, row);
  }

  #walk(batch: PacketBatch, from: number, to: number, connections: Connections): void {
    for (let row = from; row < to; row++) {
      if (this.#clock.advance(batch, row)) connections.advance(this.#clock.milliseconds, this.#clock.jump);
      this.#track.row(batch, row, row - from);
    }
  }

  /** Nothing is remembered, so the order of the rows matters to the clock alone. */
  #alone(batch: PacketBatch, from: number, to: number, mayRepeat: boolean): void {
    for (let row = from; row < to; row++) this.#clock.advance(batch, row);
    const { left } = this.#plain;
    const rows = this.#plain.settle(batch, from, to);
    for (let k = 0; k < rows; k++) this.#track.row(batch, from + left[k]!, left[k]!);
    if (!mayRepeat) return;
    for (let row = from; row < to; row++) {
      const first = this.#duplicates!.firstOf(batch, row, this.#before + row);
      if (first < 0) this.#duplicates!.remember(batch, row, this.#before + row);
      else this.#duplicates!.write(first, row);
    }
  }
}
