import { TCP } from '../net/protocol.ts';
import { HAS_TCP_FLAGS, type PacketBatch } from '../packet/batch.ts';
import { DROPPED, FORWARDED, flagBit, reasonNumber, UNDETERMINED } from '../verdict/reasons.ts';
import type { Connections } from './connections.ts';
import type { Desk } from './desk.ts';
import * as entry from './entry.ts';
import { type Initiator, OPENS, RECEIVER } from './initiator.ts';
import {
  ENCAP_FROM_WORKLOAD,
  ENDPOINT_TO_HOST,
  FLAG_ORDER_AMBIGUOUS,
  FLAG_UNKNOWN_WORKLOAD,
  PORTS_UNKNOWN,
  SERVICE_ADDRESS,
} from './judge.ts';
import { FLAG_HAIRPIN, FLAG_SNAT } from './legs.ts';
import { FROM_FRONT, LB_SOURCE_RANGE, type Nat, NO_BACKEND, NOT_TRANSLATED } from './nat.ts';
import { CUT, newcomer, REFUSED } from './newcomers.ts';
import type { Midstream } from './options.ts';
import { STEP_ANEW, STEP_INVALID, Steps } from './steps.ts';
import { hasValidFlags, SEGMENT_SYN, segmentOf } from './tcp-states.ts';

const TRACKED = reasonNumber('tracked');
const CONNECTION_DENIED = reasonNumber('connection-denied');
const FLAG_OTHER_FILE = flagBit('opener-other-file');
export const FLAG_MIDSTREAM = flagBit('midstream');

/** Rows that have a tuple: each follows the connection that it belongs to, or opens one. */
export class Follow {
  #desk: Desk;
  #connections: Connections;
  #initiator: Initiator;
  #nat: Nat;
  #steps: Steps;
  #infer: boolean;
  #loose: boolean;

  constructor(desk: Desk, connections: Connections, initiator: Initiator, nat: Nat, midstream: Midstream) {
    this.#desk = desk;
    this.#connections = connections;
    this.#initiator = initiator;
    this.#nat = nat;
    this.#infer = midstream === 'infer';
    this.#loose = midstream === 'loose' && desk.switches.dropMidstreamTcp !== true;
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
    const { words } = this.#connections;
    const meta = words[at]!;
    const original = (this.#desk.slice.swap[i] === 0) === ((meta & entry.HIGH_OPENED) === 0);
    return this.#moves(batch, row, i, at, original);
  }

  /** Moves a connection on. False when the packet opens one of its own instead. */
  #moves(batch: PacketBatch, row: number, i: number, at: number, original: boolean): boolean {
    const { words, now } = this.#connections;
    const meta = words[at]!;
    const next = this.#steps.next(meta, batch, row, original, words[at + entry.SEEN]!, now);
    if (next === STEP_ANEW) {
      this.#connections.remove(at);
      return false;
    }
    if (!original && this.#isRefusedSyn(meta, batch, row, i, at)) return true;
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

  /** eBPF judges every SYN: one that runs against a live connection for itself. The connection goes on without it. */
  #isRefusedSyn(meta: number, batch: PacketBatch, row: number, i: number, at: number): boolean {
    const desk = this.#desk;
    if (desk.switches.judgeSynOfAnswerer !== true || !isSyn(batch, row)) return false;
    const isTranslated = (this.#connections.words[at + entry.INGRESS]! & entry.TRANSLATED) !== 0;
    if (isTranslated || entry.verdictOf(meta) !== FORWARDED) return false;
    desk.classes(batch, row, i);
    desk.ask(batch, row, i, false);
    if (desk.judge.verdict !== DROPPED) return false;
    desk.emit(row, 0);
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
    if (egress < 0) {
      out.reason[row] = ~egress;
      out.egress[row] = judge.notJudged;
      out.ingress[row] = judge.notJudged;
      out.flags[row] = flags;
    } else {
      const ingress = words[at + entry.INGRESS]!;
      const open = verdict === UNDETERMINED && (ingress & entry.TRANSLATED) !== 0;
      out.reason[row] = verdict === DROPPED ? CONNECTION_DENIED : open ? SERVICE_ADDRESS : TRACKED;
      out.egress[row] = egress;
      out.ingress[row] = ingress & entry.INGRESS_MASK;
      if ((ingress & entry.HIDDEN) !== 0) flags |= FLAG_SNAT;
      if ((ingress & entry.AMBIGUOUS) !== 0) flags |= FLAG_ORDER_AMBIGUOUS;
      if ((ingress & entry.HAIRPIN) !== 0) flags |= FLAG_HAIRPIN;
      out.flags[row] = flags;
      const { hosts } = this.#connections;
      if (hosts === null) return;
      out.hostEgress[row] = hosts[hostsAt(at)]!;
      out.hostIngress[row] = hosts[hostsAt(at) + 1]!;
    }
  }

  #unknown(batch: PacketBatch, row: number, i: number): void {
    const desk = this.#desk;
    const { judge } = desk;
    if (this.#followsTranslated(batch, row, i)) return;
    desk.classes(batch, row, i);
    const way = this.#nat.way(batch, row);
    if (way !== NOT_TRANSLATED) {
      this.#openTranslated(batch, row, i, way);
      return;
    }
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

  /** A packet that was captured behind the translation of a connection that is known in front of it. */
  #followsTranslated(batch: PacketBatch, row: number, i: number): boolean {
    const nat = this.#nat;
    const at = nat.entryOf(batch, row);
    if (at < 0) return false;
    const { original } = nat;
    const { words } = this.#connections;
    if (entry.verdictOf(words[at]!) === UNDETERMINED && words[at + entry.EGRESS]! >= 0) {
      nat.judgeBound();
      this.#write(at);
      words[at + entry.INGRESS]! |= entry.TRANSLATED;
    }
    return this.#moves(batch, row, i, at, original);
  }

  /** An opener to a Service or hostPort, or what answers one. */
  #openTranslated(batch: PacketBatch, row: number, i: number, way: number): void {
    const desk = this.#desk;
    const { judge } = desk;
    const who = this.#infer ? this.#initiator.of(batch, row) : newcomer(batch, row, this.#loose);
    if (who === REFUSED) {
      desk.invalid(batch, row, i);
      return;
    }
    const reversed = way === FROM_FRONT;
    const midstream = who !== OPENS;
    if (who === CUT) judge.refuse(PORTS_UNKNOWN);
    // Linux would take it for an opener of its own, and from whom is not known.
    else if (reversed && !this.#infer) judge.refuse(SERVICE_ADDRESS);
    else this.#nat.judge(batch, row, way);
    if (who === CUT) {
      desk.emit(row, 0);
      return;
    }
    if (this.#infer || judge.verdict !== DROPPED) {
      const at = this.#remember(batch, row, i, reversed, midstream, judge.egress);
      this.#connections.words[at + entry.INGRESS]! |= entry.TRANSLATED;
    }
    desk.opened(row, reversed, midstream ? FLAG_MIDSTREAM : 0);
  }

  /** Writes into an entry what the judge found. */
  #write(at: number): void {
    const { judge } = this.#desk;
    const { words } = this.#connections;
    words[at] = (words[at]! & ~entry.VERDICT_MASK) | (judge.verdict << entry.VERDICT_SHIFT);
    words[at + entry.EGRESS] = UNASKED.has(judge.reason) ? ~judge.reason : judge.egress;
    words[at + entry.INGRESS] = judge.ingress | flagsBeside(judge.flags);
    this.#writeHosts(at);
  }

  #writeHosts(at: number): void {
    const found = this.#desk.judge.hosts;
    const { hosts } = this.#connections;
    if (found === null || hosts === null) return;
    hosts[hostsAt(at)] = found.egress;
    hosts[hostsAt(at) + 1] = found.ingress;
  }

  #open(batch: PacketBatch, row: number, i: number, who: number): void {
    const desk = this.#desk;
    const { judge } = desk;
    const reversed = who === RECEIVER;
    const midstream = who !== OPENS;
    if (judge.isUntracked(batch, row)) {
      desk.ask(batch, row, i, false);
      desk.emit(row, 0);
      return;
    }
    desk.ask(batch, row, i, reversed);
    judge.flags |= this.#nat.hidden(batch, row, reversed);
    if (this.#infer && this.#initiator.isCertain(batch, row, who)) this.#initiator.remember(batch, row, reversed);
    // Linux confirms a connection when its packet has passed every hook: a dropped one leaves nothing.
    if (this.#infer || judge.verdict !== DROPPED) this.#remember(batch, row, i, reversed, midstream, judge.egress);
    desk.opened(row, reversed, midstream ? FLAG_MIDSTREAM : 0);
  }

  /** Enters a connection with what the judge found; where it is. */
  #remember(batch: PacketBatch, row: number, i: number, reversed: boolean, midstream: boolean, egress: number): number {
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
    words[at + entry.EGRESS] = UNASKED.has(judge.reason) ? ~judge.reason : egress;
    words[at + entry.INGRESS] = judge.ingress | flagsBeside(judge.flags);
    words[at + entry.OPENER] = batch.n[row]! % 2 ** 32;
    this.#writeHosts(at);
    return at;
  }
}

/** Where `hosts` holds what belongs to an entry. */
const hostsAt = (at: number): number => (at / entry.ENTRY_WORDS) * 2;

/** Reasons that stay with a connection: nobody was asked, or the answer did not matter. */
const UNASKED: ReadonlySet<number> = new Set([NO_BACKEND, LB_SOURCE_RANGE, ENCAP_FROM_WORKLOAD, ENDPOINT_TO_HOST]);

/** What an entry keeps of a judge's flags beside its ingress finding. */
const flagsBeside = (flags: number): number =>
  ((flags & FLAG_SNAT) !== 0 ? entry.HIDDEN : 0) |
  ((flags & FLAG_HAIRPIN) !== 0 ? entry.HAIRPIN : 0) |
  ((flags & FLAG_ORDER_AMBIGUOUS) !== 0 ? entry.AMBIGUOUS : 0);

const isSyn = (batch: PacketBatch, row: number): boolean =>
  batch.protocol[row] === TCP &&
  (batch.flags[row]! & HAS_TCP_FLAGS) !== 0 &&
  segmentOf(batch.tcpFlags[row]!) === SEGMENT_SYN;

const hasInvalidFlags = (batch: PacketBatch, row: number): boolean =>
  batch.protocol[row] === TCP && (batch.flags[row]! & HAS_TCP_FLAGS) !== 0 && !hasValidFlags(batch.tcpFlags[row]!);
