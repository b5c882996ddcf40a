import type { PacketBatch } from '../packet/batch.ts';
import type { ClassTable } from '../table/match-table.ts';
import { destinationClassOf, l4Of, sourceClassOf } from './answers.ts';
import type { Connections } from './connections.ts';
import { hidesProtocol, KIND_ALONE, KIND_PLAIN, KIND_PORTLESS, kindOf } from './kinds.ts';
import type { Questions } from './questions.ts';
import { portsOf, swapOf } from './tuple.ts';

/** Rows that go through the stages together: 128 to 512 are equal, fewer or more are slower. */
export const SLICE_ROWS = 256;

/**
 * What is worked out ahead for the rows of one slice, a short loop for each step, so that the processor waits for many
 * cache lines at once instead of one after the other.
 *
 *     kinds   >  keys  >  lookup  >  classes  >  L4 classes  >  decisions
 *                                    of rows that have no connection, or are judged alone
 *
 * It foresees; it decides nothing. A row of the slice may open, end or push out a connection that a later one was
 * found to have: the walk (track.ts) looks again wherever that may be.
 */
export class Slice {
  /** KIND_* */
  readonly kind: Uint8Array = new Uint8Array(SLICE_ROWS);
  readonly swap: Uint8Array = new Uint8Array(SLICE_ROWS);
  readonly ports: Int32Array = new Int32Array(SLICE_ROWS);
  readonly hash: Int32Array = new Int32Array(SLICE_ROWS);
  /** Where the row's connection is, or -1. Valid for KIND_PLAIN. */
  readonly found: Int32Array = new Int32Array(SLICE_ROWS);
  /** 1 when the classes and decisions below are filled, in the row's own direction. */
  readonly ready: Uint8Array = new Uint8Array(SLICE_ROWS);
  readonly sourceClass: Int32Array = new Int32Array(SLICE_ROWS);
  readonly destinationClass: Int32Array = new Int32Array(SLICE_ROWS);
  readonly egress: Int32Array = new Int32Array(SLICE_ROWS);
  readonly ingress: Int32Array = new Int32Array(SLICE_ROWS);
  /** Places in the slice of the rows to judge; the columns below are theirs alone, one after the other. */
  #list = new Uint16Array(SLICE_ROWS);
  #source = new Int32Array(SLICE_ROWS);
  #destination = new Int32Array(SLICE_ROWS);
  #l4 = new Int32Array(SLICE_ROWS);
  #leaving = new Uint32Array(SLICE_ROWS);
  #entering = new Uint32Array(SLICE_ROWS);
  /** Keeps the early reads of the hash table from being optimised away. */
  touched = 0;

  foresee(
    batch: PacketBatch,
    from: number,
    to: number,
    connections: Connections | null,
    questions: Questions,
    classes: ClassTable,
  ): void {
    const rows = to - from;
    for (let i = 0; i < rows; i++) this.kind[i] = kindOf(batch, from + i, connections !== null);
    if (connections !== null) this.#keys(batch, from, rows, connections);
    const judged = this.#pick(batch, from, rows, connections);
    this.#classes(batch, from, judged, questions);
    this.#decisions(judged, questions, classes);
  }

  /** The key of one row. */
  key(batch: PacketBatch, row: number, i: number, connections: Connections): void {
    const swap = swapOf(batch, row);
    const ports = portsOf(batch, row, swap);
    this.swap[i] = swap;
    this.ports[i] = ports;
    this.hash[i] = connections.hash(batch, row, swap, ports);
  }

  #keys(batch: PacketBatch, from: number, rows: number, connections: Connections): void {
    for (let i = 0; i < rows; i++) if (this.kind[i] === KIND_PLAIN) this.key(batch, from + i, i, connections);
    let touched = 0;
    for (let i = 0; i < rows; i++) touched ^= connections.touch(this.hash[i]!);
    this.touched = touched;
  }

  /** Finds connections; lists the rows that will need a decision. */
  #pick(batch: PacketBatch, from: number, rows: number, connections: Connections | null): number {
    const { kind, found, ready, swap, ports, hash } = this;
    let judged = 0;
    for (let i = 0; i < rows; i++) {
      ready[i] = 0;
      if (kind[i] === KIND_PLAIN && connections !== null) {
        found[i] = connections.find(batch, from + i, swap[i]!, ports[i]!, hash[i]!);
        if (found[i]! >= 0) continue;
      } else if (kind[i] !== KIND_ALONE && kind[i] !== KIND_PORTLESS) continue;
      else if (hidesProtocol(batch, from + i)) continue;
      this.#list[judged++] = i;
    }
    return judged;
  }

  #classes(batch: PacketBatch, from: number, judged: number, questions: Questions): void {
    const list = this.#list;
    const source = this.#source;
    const destination = this.#destination;
    const l4 = this.#l4;
    for (let k = 0; k < judged; k++) source[k] = sourceClassOf(questions, batch, from + list[k]!);
    for (let k = 0; k < judged; k++) destination[k] = destinationClassOf(questions, batch, from + list[k]!);
    for (let k = 0; k < judged; k++) l4[k] = l4Of(questions, batch, from + list[k]!, false);
  }

  #decisions(judged: number, questions: Questions, { egressProfile, ingressProfile }: ClassTable): void {
    const list = this.#list;
    const source = this.#source;
    const destination = this.#destination;
    const leaving = this.#leaving;
    const entering = this.#entering;
    questions.decisions(egressProfile, source, destination, this.#l4, judged, leaving, 0);
    questions.decisions(ingressProfile, destination, source, this.#l4, judged, entering, 0);
    for (let k = 0; k < judged; k++) {
      const i = list[k]!;
      this.sourceClass[i] = source[k]!;
      this.destinationClass[i] = destination[k]!;
      this.egress[i] = leaving[k]!;
      this.ingress[i] = entering[k]!;
      this.ready[i] = 1;
    }
  }
}
