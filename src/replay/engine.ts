import { BATCH_ROWS, type PacketBatch } from '../packet/batch.ts';
import type { MatchTable } from '../table/match-table.ts';
import { Matcher } from '../table/matcher.ts';
import { createVerdicts, type VerdictBatch } from '../verdict/batch.ts';
import type { Tally } from '../verdict/tally.ts';
import { Clock } from './clock.ts';
import { Connections } from './connections.ts';
import { Count } from './count.ts';
import { Desk } from './desk.ts';
import { Judge } from './judge.ts';
import { Nat } from './nat.ts';
import { type ReplayOptions, type Settings, settle } from './options.ts';
import { Plain } from './plain.ts';
import type { Questions } from './questions.ts';
import { SLICE_ROWS, Slice } from './slice.ts';
import { Track } from './track.ts';

/**
 * One replay, batch by batch: the caller pulls batches and hands each over in order. Memory is constant: the
 * connections (64 bytes each at most), the tally's bounded tables, one verdict batch. Nothing is allocated a packet.
 *
 *     batch --slices of 256--> foresee (slice.ts) --> walk (track.ts) --> count (count.ts) --> verdicts
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
  #verdicts: VerdictBatch = createVerdicts(BATCH_ROWS);
  #begun = false;

  /** `questions` answers instead of a matcher of the table's own: for tests, and for matchers that are shared. */
  constructor(table: MatchTable, options: ReplayOptions = {}, questions: Questions = new Matcher(table)) {
    this.table = table;
    this.settings = settle(options);
    this.#questions = questions;
    const capacity = this.settings.track ? this.settings.maxConnections : 1;
    this.#connections = new Connections(capacity, undefined, table.hosts != null);
    this.#count = new Count(table);
    const judge = new Judge(table, questions, this.settings);
    const desk = new Desk(judge, this.#slice, this.#verdicts, table.switches.dropInvalid);
    const nat = new Nat(table, judge, questions, this.#connections);
    this.#track = new Track(desk, nat, this.#connections, this.settings);
    this.#plain = new Plain(table, this.#slice, this.#verdicts);
  }

  /** Another input begins: connections go on, and their openers lie in another file from here on. */
  beginInput(): void {
    if (this.#begun) {
      this.#connections.beginFile();
      this.#track.beginFile();
    }
    this.#begun = true;
  }

  /**
   * Judges the rows of a batch. The verdicts are overwritten by the next call.
   * @throws RangeError for a batch of more than BATCH_ROWS rows
   */
  process(batch: PacketBatch): VerdictBatch {
    if (batch.count > BATCH_ROWS) throw new RangeError(`batch of ${batch.count} rows: expected at most ${BATCH_ROWS}`);
    // Nobody else writes zeros: rows without a node's address do not touch these columns.
    if (this.table.hosts != null) {
      this.#verdicts.hostEgress.fill(0, 0, batch.count);
      this.#verdicts.hostIngress.fill(0, 0, batch.count);
    }
    for (let from = 0; from < batch.count; from += SLICE_ROWS)
      this.#processSlice(batch, from, Math.min(from + SLICE_ROWS, batch.count));
    return this.#verdicts;
  }

  /** What was found so far: a value of its own, made anew each time. */
  get tally(): Tally {
    return this.#count.tally(this.#clock, this.#connections.evictions);
  }

  /** Connections remembered now, and the bytes set aside for all. */
  get connections(): { readonly count: number; readonly bytes: number } {
    return { count: this.#connections.count, bytes: this.#connections.bytes };
  }

  #processSlice(batch: PacketBatch, from: number, to: number): void {
    const tracked = this.settings.track ? this.#connections : null;
    this.#slice.foresee(batch, from, to, tracked, this.#questions, this.table.classes);
    if (tracked === null) this.#alone(batch, from, to);
    else this.#walk(batch, from, to, tracked);
    this.#count.add(batch, this.#verdicts, from, to);
  }

  #walk(batch: PacketBatch, from: number, to: number, connections: Connections): void {
    for (let row = from; row < to; row++) {
      if (this.#clock.advance(batch, row)) connections.advance(this.#clock.milliseconds, this.#clock.jump);
      this.#track.row(batch, row, row - from);
    }
  }

  /** Nothing is remembered, so the order of the rows matters to the clock alone. */
  #alone(batch: PacketBatch, from: number, to: number): void {
    for (let row = from; row < to; row++) this.#clock.advance(batch, row);
    const { left } = this.#plain;
    const rows = this.#plain.settle(batch, from, to);
    for (let k = 0; k < rows; k++) this.#track.row(batch, from + left[k]!, left[k]!);
  }
}
