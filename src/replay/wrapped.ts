import { createBatch, type PacketBatch } from '../packet/batch.ts';
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
  isPods(batch: PacketBatch, row: number): boolean {
    const { judge } = this.#desk;
    this.#copy(batch, row);
    judge.classify(this.#outer, 0);
    if (judge.sourceRole !== ROLE_WORKLOAD) return false;
    judge.ask(this.#outer, 0, false);
    this.#desk.opened(row, false, 0);
    return true;
  }

  #copy({ outer }: PacketBatch, row: number): void {
    const to = this.#outer;
    to.family[0] = outer.family[row]!;
    to.src0[0] = outer.src0[row]!;
    to.src1[0] = outer.src1[row]!;
    to.src2[0] = outer.src2[row]!;
    to.src3[0] = outer.src3[row]!;
    to.dst0[0] = outer.dst0[row]!;
    to.dst1[0] = outer.dst1[row]!;
    to.dst2[0] = outer.dst2[row]!;
    to.dst3[0] = outer.dst3[row]!;
    to.protocol[0] = outer.protocol[row]!;
    to.sourcePort[0] = outer.sourcePort[row]!;
    to.destinationPort[0] = outer.destinationPort[row]!;
    to.flags[0] = outer.flags[row]!;
  }
}
