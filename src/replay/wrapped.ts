import { createBatch, type PacketBatch } from '../packet/batch.ts';
import { copyEnds } from '../packet/ends.ts';
import { ROLE_WORKLOAD } from '../table/match-table.ts';
import type { Desk } from './desk.ts';

/**
 * Rows that came out of a tunnel. Between nodes a tunnel carries what pods say, and the row is that packet. A tunnel
 * that a pod itself made is a packet of the pod's: policy sees the outer one, and nothing inside.
 */
export class Wrapped {
  #desk: Desk;
  #outer: PacketBatch = createBatch(1);

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Judges the outer packet where a pod sent it, alone; false: the row is judged as what was inside. */
  judge(batch: PacketBatch, row: number): boolean {
    if (!this.isPods(batch, row)) return false;
    this.#desk.judge.ask(this.#outer, 0, false);
    this.#desk.opened(row, false, 0);
    return true;
  }

  /** Did a pod make the tunnel? */
  isPods(batch: PacketBatch, row: number): boolean {
    const { judge } = this.#desk;
    copyEnds(batch.outer, row, this.#outer, 0);
    judge.classify(this.#outer, 0);
    return judge.sourceRole === ROLE_WORKLOAD;
  }
}
