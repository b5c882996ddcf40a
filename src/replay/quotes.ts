import type { PacketBatch } from '../packet/batch.ts';
import { createQuoted, readQuoted } from '../packet/quote.ts';
import type { Aside } from './aside.ts';
import type { Connections } from './connections.ts';
import type { Desk } from './desk.ts';
import { HIGH_OPENED } from './entry.ts';
import { FLAG_MIDSTREAM, type Follow } from './follow.ts';
import { type Initiator, RECEIVER } from './initiator.ts';
import { KIND_PLAIN, KIND_PORTLESS, kindOf } from './kinds.ts';
import { FROM_FRONT, type Nat, NOT_TRANSLATED } from './nat.ts';
import { portsOf, swapOf } from './tuple.ts';

/** ICMP errors: each belongs to the connection that it quotes (RELATED). They keep no connection alive. */
export class Quotes {
  #desk: Desk;
  #connections: Connections;
  #follow: Follow;
  #aside: Aside;
  #initiator: Initiator;
  #nat: Nat;
  #infer: boolean;
  #quoted: PacketBatch = createQuoted();

  constructor(
    desk: Desk,
    connections: Connections,
    follow: Follow,
    aside: Aside,
    initiator: Initiator,
    nat: Nat,
    infer: boolean,
  ) {
    this.#desk = desk;
    this.#connections = connections;
    this.#follow = follow;
    this.#aside = aside;
    this.#initiator = initiator;
    this.#nat = nat;
    this.#infer = infer;
  }

  row(batch: PacketBatch, row: number, i: number): void {
    const quoted = this.#quoted;
    const isRead = readQuoted(quoted, batch.view, batch.quotedAt[row]!, batch.endAt[row]!);
    if (!isRead) this.#aside.oddIcmp(batch, row, i);
    else if (goesToQuoted(batch, row, quoted)) this.#aboutQuoted(batch, row, i);
    else if (this.#infer) this.#aside.alone(batch, row, i);
    else this.#desk.invalid(batch, row, i);
  }

  #aboutQuoted(batch: PacketBatch, row: number, i: number): void {
    const quoted = this.#quoted;
    const kind = kindOf(quoted, 0, true);
    const swap = swapOf(quoted, 0);
    const at = kind === KIND_PLAIN ? this.#find(swap) : -1;
    if (at >= 0) {
      const quotesOpener = (swap === 0) === ((this.#connections.words[at]! & HIGH_OPENED) === 0);
      this.#follow.belongs(row, at, !quotesOpener);
      return;
    }
    const behind = kind === KIND_PLAIN ? this.#nat.entryOf(quoted, 0) : -1;
    if (behind >= 0) this.#follow.belongs(row, behind, !this.#nat.original);
    else if (this.#infer) this.#asQuoted(kind, row);
    else this.#desk.invalid(batch, row, i);
  }

  #find(swap: number): number {
    const quoted = this.#quoted;
    const connections = this.#connections;
    const ports = portsOf(quoted, 0, swap);
    const at = connections.find(quoted, 0, swap, ports, connections.hash(quoted, 0, swap, ports));
    return at >= 0 && connections.expired(at) ? -1 : at;
  }

  /** `infer`: an error about a packet that was not captured shares that packet's verdict. */
  #asQuoted(kind: number, row: number): void {
    const desk = this.#desk;
    const { judge } = desk;
    const quoted = this.#quoted;
    judge.classify(quoted, 0);
    const beyond = judge.beyond(quoted, 0, true);
    const way = this.#nat.way(quoted, 0);
    if (way !== NOT_TRANSLATED) {
      this.#nat.judge(quoted, 0, way);
      desk.out.reversed[row] = way === FROM_FRONT ? 0 : 1;
      desk.emit(row, FLAG_MIDSTREAM);
      return;
    }
    const reversed = kind === KIND_PLAIN && this.#initiator.of(quoted, 0) === RECEIVER;
    if (beyond >= 0) judge.refuse(beyond);
    else {
      judge.ask(quoted, 0, reversed);
      if (kind === KIND_PORTLESS) judge.withoutPorts(quoted, 0);
    }
    desk.out.reversed[row] = reversed ? 0 : 1;
    desk.emit(row, FLAG_MIDSTREAM);
  }
}

/** Linux: the error's destination must be the source of what it quotes. */
const goesToQuoted = (batch: PacketBatch, row: number, quoted: PacketBatch): boolean =>
  batch.family[row] === quoted.family[0] &&
  batch.dst0[row] === quoted.src0[0] &&
  batch.dst1[row] === quoted.src1[0] &&
  batch.dst2[row] === quoted.src2[0] &&
  batch.dst3[row] === quoted.src3[0];
