import { IS_ANSWER, IS_UNDIRECTED, type PacketBatch } from '../packet/batch.ts';
import { flagBit, UNDETERMINED } from '../verdict/reasons.ts';
import type { Desk } from './desk.ts';
import { FLAG_MIDSTREAM } from './follow.ts';
import { ICMP_ANSWER, ICMP_ERROR, icmpRole } from './icmp.ts';
import { type Initiator, RECEIVER, SENDER } from './initiator.ts';
import { isTuple, lacksPorts, PORTS_UNKNOWN, SERVICE_ADDRESS, unknownPortsReason } from './judge.ts';
import { FROM_FRONT, type Nat, NOT_TRANSLATED } from './nat.ts';

const NOT_ITS_OPENER = IS_ANSWER | IS_UNDIRECTED;
const FLAG_ANSWER = flagBit('answer');

/** Rows that are judged, and have no connection. */
export class Aside {
  #desk: Desk;
  #nat: Nat;
  #initiator: Initiator;
  #infer: boolean;

  constructor(desk: Desk, nat: Nat, initiator: Initiator, infer: boolean) {
    this.#desk = desk;
    this.#initiator = initiator;
    this.#nat = nat;
    this.#infer = infer;
  }

  /** Judged by itself: any packet when nothing is tracked, a record of a log always. */
  alone(batch: PacketBatch, row: number, i: number): void {
    if ((batch.flags[row]! & NOT_ITS_OPENER) !== 0) this.#recordOfAnswer(batch, row, i);
    else this.#forward(batch, row, i, 0);
  }

  /** A record that is, or may be, of an answer is judged as what it answers: which of its ends opened? */
  #recordOfAnswer(batch: PacketBatch, row: number, i: number): void {
    const { out, judge } = this.#desk;
    const told = (batch.flags[row]! & IS_ANSWER) !== 0;
    const initiator = told ? RECEIVER : this.#initiator.of(batch, row);
    if (initiator !== RECEIVER) {
      this.#forward(batch, row, i, initiator === SENDER ? FLAG_MIDSTREAM : 0);
      return;
    }
    this.#desk.classes(batch, row, i);
    const way = this.#nat.way(batch, row);
    const beyond = judge.beyond(batch, row, true);
    if (way !== NOT_TRANSLATED) this.#nat.judge(batch, row, way);
    else if (beyond >= 0) judge.refuse(beyond);
    else {
      this.#desk.ask(batch, row, i, true);
      if (judge.verdict === UNDETERMINED && lacksPorts(batch, row)) judge.reason = unknownPortsReason(batch, row);
    }
    out.reversed[row] = 1;
    this.#desk.emit(row, told ? FLAG_ANSWER : FLAG_ANSWER | FLAG_MIDSTREAM);
  }

  /** In its own direction. */
  #forward(batch: PacketBatch, row: number, i: number, flags: number): void {
    const desk = this.#desk;
    const { judge } = desk;
    desk.classes(batch, row, i);
    // A tuple is an opener by its own word, so it answers nobody.
    const answers = !isTuple(batch, row);
    const way = this.#nat.way(batch, row);
    if (way !== NOT_TRANSLATED && (answers || way !== FROM_FRONT)) {
      this.#nat.judge(batch, row, way);
      desk.opened(row, way === FROM_FRONT, flags);
      return;
    }
    const beyond = judge.beyond(batch, row, answers);
    if (beyond >= 0) {
      const reversed = answers && judge.comesFromBeyond(batch, row);
      judge.refuse(beyond);
      desk.opened(row, reversed, flags);
      return;
    }
    desk.ask(batch, row, i, false);
    if (judge.verdict === UNDETERMINED && lacksPorts(batch, row)) judge.reason = unknownPortsReason(batch, row);
    judge.flags |= this.#nat.hidden(batch, row, false);
    desk.opened(row, false, flags);
  }

  /** Its connection cannot be found: forwarded when both ends allow it whatever its ports are. */
  portless(batch: PacketBatch, row: number, i: number): void {
    const desk = this.#desk;
    const { judge } = desk;
    desk.classes(batch, row, i);
    if (judge.touchesService()) judge.refuse(SERVICE_ADDRESS);
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

  /**
   * ICMP that neither asks, nor answers, nor quotes. An error whose quote was cut off may belong to a connection that
   * was denied, or to one that was allowed: nobody can tell.
   */
  oddIcmp(batch: PacketBatch, row: number, i: number): void {
    const isError = icmpRole(batch.protocol[row]!, batch.icmpType[row]!) === ICMP_ERROR;
    if (isError && batch.captured[row]! < batch.length[row]!) this.#cutError(batch, row, i);
    else if (this.#infer) this.alone(batch, row, i);
    else this.#desk.invalid(batch, row, i);
  }

  #cutError(batch: PacketBatch, row: number, i: number): void {
    const desk = this.#desk;
    desk.classes(batch, row, i);
    desk.judge.refuse(PORTS_UNKNOWN);
    desk.emit(row, 0);
  }
}
