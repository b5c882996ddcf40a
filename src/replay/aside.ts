import type { PacketBatch } from '../packet/batch.ts';
import { UNDETERMINED } from '../verdict/reasons.ts';
import type { Desk } from './desk.ts';
import { FLAG_MIDSTREAM } from './follow.ts';
import { ICMP_ANSWER, ICMP_ERROR, icmpRole } from './icmp.ts';
import { isTuple, lacksPorts, PORTS_UNKNOWN, unknownPortsReason } from './judge.ts';

/** Rows that are judged, and have no connection. */
export class Aside {
  #desk: Desk;
  #infer: boolean;

  constructor(desk: Desk, infer: boolean) {
    this.#desk = desk;
    this.#infer = infer;
  }

  /** Judged by itself, in its own direction: a tuple, or any packet when nothing is tracked. */
  alone(batch: PacketBatch, row: number, i: number): void {
    const desk = this.#desk;
    const { judge } = desk;
    desk.classes(batch, row, i);
    // A tuple is an opener by its own word, so it answers nobody.
    const answers = !isTuple(batch, row);
    const beyond = judge.beyond(batch, row, answers);
    if (beyond >= 0) {
      const reversed = answers && judge.comesFromBeyond(batch, row);
      judge.refuse(beyond);
      desk.opened(row, reversed, 0);
      return;
    }
    desk.ask(batch, row, i, false);
    if (judge.verdict === UNDETERMINED && lacksPorts(batch, row)) judge.reason = unknownPortsReason(batch, row);
    desk.opened(row, false, 0);
  }

  /** Its connection cannot be found: forwarded when both ends allow it whatever its ports are. */
  portless(batch: PacketBatch, row: number, i: number): void {
    const desk = this.#desk;
    const { judge } = desk;
    desk.classes(batch, row, i);
    const beyond = judge.beyond(batch, row, true);
    if (beyond >= 0) judge.refuse(beyond);
    else {
      desk.ask(batch, row, i, false);
      judge.withoutPorts(batch, row);
    }
    desk.emit(row, 0);
  }

  /** An ICMP query or answer whose identifier was cut off. */
  withoutId(batch: PacketBatch, row: number, i: number): void {
    if (icmpRole(batch.protocol[row]!, batch.icmpType[row]!) !== ICMP_ANSWER) {
      this.alone(batch, row, i);
      return;
    }
    const desk = this.#desk;
    const { judge } = desk;
    desk.classes(batch, row, i);
    const beyond = judge.beyond(batch, row, true);
    if (beyond >= 0) judge.refuse(beyond);
    else if (this.#infer) desk.ask(batch, row, i, true);
    else judge.refuse(PORTS_UNKNOWN);
    desk.out.reversed[row] = 1;
    desk.emit(row, this.#infer && beyond < 0 ? FLAG_MIDSTREAM : 0);
  }

  /** ICMP that neither asks, nor answers, nor quotes. */
  oddIcmp(batch: PacketBatch, row: number, i: number): void {
    if (this.#infer) {
      this.alone(batch, row, i);
      return;
    }
    const isError = icmpRole(batch.protocol[row]!, batch.icmpType[row]!) === ICMP_ERROR;
    if (!isError || batch.captured[row]! >= batch.length[row]!) {
      this.#desk.invalid(batch, row, i);
      return;
    }
    // What it quoted was cut off: it may well have belonged to a connection.
    this.#desk.judge.refuse(PORTS_UNKNOWN);
    this.#desk.emit(row, 0);
  }
}
