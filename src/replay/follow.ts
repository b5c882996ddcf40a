import { TCP } from '../net/protocol.ts';
import { HAS_TCP_FLAGS, type PacketBatch } from '../packet/batch.ts';
import { DROPPED, flagBit, reasonNumber } from '../verdict/reasons.ts';
import type { Connections } from './connections.ts';
import type { Desk } from './desk.ts';
import * as entry from './entry.ts';
import { type Initiator, OPENS, RECEIVER } from './initiator.ts';
import { FLAG_UNKNOWN_WORKLOAD, PORTS_UNKNOWN } from './judge.ts';
import { CUT, newcomer, REFUSED } from './newcomers.ts';
import type { Midstream } from './options.ts';
import { STEP_ANEW, STEP_INVALID, Steps } from './steps.ts';
import { hasValidFlags } from './tcp-states.ts';

const TRACKED = reasonNumber('tracked');
const CONNECTION_DENIED = reasonNumber('connection-denied');
const FLAG_OTHER_FILE = flagBit('opener-other-file');
export const FLAG_MIDSTREAM = flagBit('midstream');

/** Rows that have a tuple: each follows the connection that it belongs to, or opens one. */
export class Follow {
  #desk: Desk;
  #connections: Connections;
  #initiator: Initiator;
  #steps: Steps;
  #infer: boolean;
  #loose: boolean;

  constructor(desk: Desk, connections: Connections, initiator: Initiator, midstream: Midstream) {
    this.#desk = desk;
    this.#connections = connections;
    this.#initiator = initiator;
    this.#infer = midstream === 'infer';
    this.#loose = midstream === 'loose';
    this.#steps = new Steps(this.#infer);
  }

  row(batch: PacketBatch, row: number, i: number): void {
    if (hasInvalidFlags(batch, row)) {
      this.#desk.invalid(batch, row, i);
      return;
    }
    const at = this.#find(batch, row, i);
    if (at < 0 || !this.#known(batch, row, i, at)) this.#unknown(batch, row, i);
  }

  /** Where the row's live connection is, or -1. What was foreseen is looked at first. */
  #find(batch: PacketBatch, row: number, i: number): number {
    const connections = this.#connections;
    const { swap, ports, hash, found } = this.#desk.slice;
    let at = found[i]!;
    if (at < 0 || !connections.isOf(at, batch, row, swap[i]!, ports[i]!))
      at = connections.find(batch, row, swap[i]!, ports[i]!, hash[i]!);
    if (at < 0 || !connections.expired(at)) return at;
    connections.remove(at);
    return -1;
  }

  /** A packet of a known connection. False when it opens a connection of its own instead. */
  #known(batch: PacketBatch, row: number, i: number, at: number): boolean {
    const { words, now } = this.#connections;
    const meta = words[at]!;
    const original = (this.#desk.slice.swap[i] === 0) === ((meta & entry.HIGH_OPENED) === 0);
    const next = this.#steps.next(meta, batch, row, original, words[at + entry.SEEN]!, now);
    if (next === STEP_ANEW) {
      this.#connections.remove(at);
      return false;
    }
    // What is not judged at all is not dropped for its state either.
    if (next === STEP_INVALID && words[at + entry.EGRESS]! >= 0) {
      this.#desk.invalid(batch, row, i);
      return true;
    }
    if (next >= 0) words[at] = next;
    if (this.#steps.refreshes) words[at + entry.SEEN] = now;
    this.belongs(row, at, original);
    if (this.#steps.ends) this.#connections.remove(at);
    return true;
  }

  /** Writes the verdict of a row that belongs to a connection. */
  belongs(row: number, at: number, original: boolean): void {
    const { out, judge } = this.#desk;
    const { words } = this.#connections;
    const meta = words[at]!;
    const verdict = entry.verdictOf(meta);
    const egress = words[at + entry.EGRESS]!;
    out.verdict[row] = verdict;
    out.reversed[row] = original ? 0 : 1;
    let flags = 0;
    if ((meta & entry.MIDSTREAM) !== 0) flags |= FLAG_MIDSTREAM;
    if ((meta & entry.UNKNOWN_END) !== 0) flags |= FLAG_UNKNOWN_WORKLOAD;
    if ((meta & entry.THIS_FILE) !== 0) out.opener[row] = words[at + entry.OPENER]! >>> 0;
    else flags |= FLAG_OTHER_FILE;
    out.flags[row] = flags;
    if (egress < 0) {
      out.reason[row] = ~egress;
      out.egress[row] = judge.notJudged;
      out.ingress[row] = judge.notJudged;
    } else {
      out.reason[row] = verdict === DROPPED ? CONNECTION_DENIED : TRACKED;
      out.egress[row] = egress;
      out.ingress[row] = words[at + entry.INGRESS]!;
    }
  }

  #unknown(batch: PacketBatch, row: number, i: number): void {
    const desk = this.#desk;
    const { judge } = desk;
    desk.classes(batch, row, i);
    const beyond = judge.beyond(batch, row, true);
    if (beyond >= 0) {
      const reversed = judge.comesFromBeyond(batch, row);
      judge.refuse(beyond);
      this.#remember(batch, row, i, reversed, false, ~beyond);
      desk.opened(row, reversed, 0);
      return;
    }
    const who = this.#infer ? this.#initiator.of(batch, row) : newcomer(batch, row, this.#loose);
    if (who === REFUSED) desk.invalid(batch, row, i);
    else if (who === CUT) {
      judge.refuse(PORTS_UNKNOWN);
      desk.emit(row, 0);
    } else this.#open(batch, row, i, who);
  }

  #open(batch: PacketBatch, row: number, i: number, who: number): void {
    const desk = this.#desk;
    const { judge } = desk;
    const reversed = who === RECEIVER;
    const midstream = who !== OPENS;
    desk.ask(batch, row, i, reversed);
    if (this.#infer && this.#initiator.isCertain(batch, row, who)) this.#initiator.remember(batch, row, reversed);
    // Linux confirms a connection when its packet has passed every hook: a dropped one leaves nothing.
    if (this.#infer || judge.verdict !== DROPPED) this.#remember(batch, row, i, reversed, midstream, judge.egress);
    desk.opened(row, reversed, midstream ? FLAG_MIDSTREAM : 0);
  }

  /** Enters a connection with what the judge found. */
  #remember(batch: PacketBatch, row: number, i: number, reversed: boolean, midstream: boolean, egress: number): void {
    const { judge, slice } = this.#desk;
    const connections = this.#connections;
    const swap = slice.swap[i]!;
    const at = connections.insert(batch, row, swap, slice.ports[i]!, slice.hash[i]!);
    const { words } = connections;
    words[at]! |=
      this.#steps.first(batch, row, reversed, connections.now) |
      (judge.verdict << entry.VERDICT_SHIFT) |
      ((swap === 1) !== reversed ? entry.HIGH_OPENED : 0) |
      (midstream ? entry.MIDSTREAM : 0) |
      ((judge.flags & FLAG_UNKNOWN_WORKLOAD) !== 0 ? entry.UNKNOWN_END : 0) |
      entry.THIS_FILE;
    words[at + entry.EGRESS] = egress;
    words[at + entry.INGRESS] = judge.ingress;
    words[at + entry.OPENER] = batch.n[row]! % 2 ** 32;
  }
}

const hasInvalidFlags = (batch: PacketBatch, row: number): boolean =>
  batch.protocol[row] === TCP && (batch.flags[row]! & HAS_TCP_FLAGS) !== 0 && !hasValidFlags(batch.tcpFlags[row]!);
