import type { OuterColumns, PacketBatch } from '../packet/batch.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { DROPPED, flagBit, reasonNumber, WAITING } from '../verdict/reasons.ts';
import type { Connections } from './connections.ts';
import type { Desk } from './desk.ts';
import type { Held } from './held.ts';
import { FRAGMENT, NOT_POLICED, POLICY } from './judge.ts';
import { RECENT_WORDS, Recent } from './recent.ts';
import { mix3 } from './tuple.ts';
import { Waiting } from './waiting.ts';

const TRACKED = reasonNumber('tracked');
const CONNECTION_DENIED = reasonNumber('connection-denied');
const FLAG_OTHER_FILE = flagBit('opener-other-file');
const FLAG_DUPLICATE = flagBit('duplicate');

/** Datagrams that are remembered: 4 MB, set aside when the first fragment is met. */
const DATAGRAMS = 1 << 16;
/** Linux: net.ipv4.ipfrag_time and net.ipv6.ip6frag_time, in milliseconds. */
const LIFETIME = 30_000;

/**
 * A datagram: what its first fragment came to.
 *
 *     word  1..4   5..8    9                        10   11     12                                13       14        15       16, 17
 *         | src  | dst  | used, family, protocol | id | seen | verdict, reason, flags, reversed | egress | ingress | opener | hosts |
 */
const SRC = 1;
const DST = 5;
const KIND = 9;
const ID = 10;
const SEEN = 11;
const FATE = 12;
const EGRESS = 13;
const INGRESS = 14;
const OPENER = 15;
const HOST_EGRESS = 16;
const HOST_INGRESS = 17;
const USED = 1 << 16;
const FLAGS_SHIFT = 16;

/**
 * Later fragments share the fate of their datagram's first, as the kernel puts datagrams together before it filters.
 * One that comes before its first waits for a stated number of rows, and is then judged by what both ends say whatever
 * its ports are. Nothing is put together here: fragments that overlap cost no more than others.
 */
export class Fragments {
  /** Datagrams that were forgotten to make room, before their time was over. */
  forgotten = 0;
  readonly waiting: Waiting;
  /** Rows of earlier batches, of which some wait. */
  held: Held | null = null;
  #desk: Desk;
  #connections: Connections;
  #recent: Recent | null = null;
  #batch: PacketBatch | null = null;
  /** Rows of the run before the batch at hand. */
  #before = 0;

  constructor(desk: Desk, connections: Connections, wait: number) {
    this.#desk = desk;
    this.#connections = connections;
    this.waiting = new Waiting(wait);
  }

  /** Another batch is at hand, and `before` rows came before it. */
  begin(batch: PacketBatch, before: number): void {
    this.#batch = batch;
    this.#before = before;
  }

  /** Is a datagram's first fragment known? `ends` are the row's own columns, or those of the tunnel it came in. */
  knows(ends: OuterColumns, row: number): boolean {
    return this.#recent !== null && this.#find(this.#recent, ends, row) >= 0;
  }

  /** The first fragment of a datagram, once its row was judged. */
  first(ends: OuterColumns, batch: PacketBatch, row: number): void {
    const { out } = this.#desk;
    // Inside of a tunnel's first fragment there may be a later one that waits itself: nobody knows yet.
    if (out.verdict[row] === WAITING) return;
    this.#recent ??= new Recent(DATAGRAMS);
    const { words } = this.#recent;
    const { now } = this.#connections;
    const at = this.#recent.take(hashOf(this.#connections.seed, ends, row));
    if (words[at + KIND] !== 0 && (now - words[at + SEEN]!) >>> 0 <= LIFETIME) this.forgotten++;
    writeKey(words, at, ends, row);
    const own = out.reason[row]!;
    const reason =
      own !== POLICY && own !== NOT_POLICED ? own : out.verdict[row] === DROPPED ? CONNECTION_DENIED : TRACKED;
    words[at + SEEN] = now;
    words[at + FATE] =
      out.verdict[row]! | (reason << 8) | (out.flags[row]! << FLAGS_SHIFT) | (out.reversed[row]! << 24);
    words[at + EGRESS] = out.egress[row]!;
    words[at + INGRESS] = out.ingress[row]!;
    words[at + HOST_EGRESS] = out.hostEgress[row]!;
    words[at + HOST_INGRESS] = out.hostIngress[row]!;
    words[at + OPENER] = (out.opener[row]! === 0 ? batch.n[row]! : out.opener[row]!) % 2 ** 32;
    if (this.waiting.count > 0) this.#meets(words, at, this.#before + row);
  }

  /** A later fragment. */
  later(batch: PacketBatch, row: number): void {
    const at = this.#recent === null ? -1 : this.#find(this.#recent, batch, row);
    if (this.#recent !== null && at >= 0) follow(this.#recent.words, at, this.#desk.out, row, 0);
    else if (this.waiting.limit === 0) this.#orphan(batch, this.#desk.out, row, 0);
    else this.#wait(row);
  }

  /** Judges those that waited for as many rows as they may; `row` is the last of the batch that was taken. */
  expire(row: number): void {
    const { waiting } = this;
    while (waiting.count > 0 && this.#before + row - waiting.place[0]! >= waiting.limit) this.#giveUp();
  }

  /** Judges all that wait: no row follows. */
  settle(): void {
    while (this.waiting.count > 0) this.#giveUp();
  }

  /** Another input begins: what is remembered was opened in an earlier one. */
  beginFile(): void {
    const words = this.#recent?.words;
    for (let at = 0; words !== undefined && at < words.length; at += RECENT_WORDS)
      if (words[at + KIND] !== 0)
        words[at + FATE] = (words[at + FATE]! | (FLAG_OTHER_FILE << FLAGS_SHIFT)) & ~(FLAG_DUPLICATE << FLAGS_SHIFT);
  }

  #wait(row: number): void {
    const { waiting } = this;
    const { out } = this.#desk;
    while (waiting.count > 0 && this.#before + row - waiting.place[0]! > waiting.limit) this.#giveUp();
    out.verdict[row] = WAITING;
    out.flags[row] = 0;
    waiting.add(this.#before + row, row, this.#connections.now);
  }

  /** The first of those that wait was waited for in vain. */
  #giveUp(): void {
    const { waiting } = this;
    const row = waiting.row[0]!;
    const isHeld = waiting.isHeld[0] === 1;
    const out = isHeld ? this.held!.verdicts : this.#desk.out;
    this.#orphan(isHeld ? this.held!.batch : this.#batch!, out, row, out.flags[row]! & FLAG_DUPLICATE);
    waiting.remove(0);
  }

  /** A first fragment was judged, as row `place` of the run: those that waited for it follow. */
  #meets(words: Int32Array, at: number, place: number): void {
    const { waiting, held } = this;
    for (let k = 0; k < waiting.count; ) {
      const isHeld = waiting.isHeld[k] === 1;
      const row = waiting.row[k]!;
      const isNear =
        place - waiting.place[k]! <= waiting.limit && (words[at + SEEN]! - waiting.since[k]!) >>> 0 <= LIFETIME;
      if (isNear && isKey(words, at, isHeld ? held!.batch : this.#batch!, row)) {
        const out = isHeld ? held!.verdicts : this.#desk.out;
        follow(words, at, out, row, out.flags[row]! & FLAG_DUPLICATE);
        waiting.remove(k);
      } else k++;
    }
  }

  /** Without its first: what may be said whatever its ports are. */
  #orphan(batch: PacketBatch, out: VerdictBatch, row: number, flags: number): void {
    const { judge } = this.#desk;
    judge.classify(batch, row);
    if (judge.touchesService()) judge.refuse(FRAGMENT);
    else {
      judge.ask(batch, row, false);
      judge.withoutPorts(batch, row);
    }
    out.opener[row] = 0;
    out.opened[row] = 0;
    out.reversed[row] = 0;
    this.#desk.emitTo(out, row, flags);
  }

  /** Where the datagram of a row is, or -1. */
  #find(recent: Recent, ends: OuterColumns, row: number): number {
    const { words } = recent;
    let at = recent.newest(hashOf(this.#connections.seed, ends, row));
    while (at >= 0 && !isKey(words, at, ends, row)) at = recent.older(at);
    return at >= 0 && (this.#connections.now - words[at + SEEN]!) >>> 0 <= LIFETIME ? at : -1;
  }
}

/** Gives a row what the first fragment of its datagram came to, and `flags`. */
function follow(words: Int32Array, at: number, out: VerdictBatch, row: number, flags: number): void {
  const fate = words[at + FATE]!;
  out.verdict[row] = fate & 0xff;
  out.reason[row] = (fate >>> 8) & 0xff;
  out.flags[row] = ((fate >>> FLAGS_SHIFT) & 0xff) | flags;
  out.reversed[row] = (fate >>> 24) & 1;
  out.opened[row] = 0;
  out.egress[row] = words[at + EGRESS]!;
  out.ingress[row] = words[at + INGRESS]!;
  out.hostEgress[row] = words[at + HOST_EGRESS]!;
  out.hostIngress[row] = words[at + HOST_INGRESS]!;
  out.opener[row] = words[at + OPENER]! >>> 0;
}

const kindOf = (ends: OuterColumns, row: number): number => USED | (ends.family[row]! << 8) | ends.protocol[row]!;

function hashOf(seed: number, b: OuterColumns, row: number): number {
  const h = mix3(seed ^ kindOf(b, row), b.fragmentId[row]!, b.src0[row]!, b.dst0[row]!);
  if (b.family[row] !== 6) return h;
  return mix3(mix3(h, b.src1[row]!, b.src2[row]!, b.src3[row]!), b.dst1[row]!, b.dst2[row]!, b.dst3[row]!);
}

function writeKey(words: Int32Array, at: number, b: OuterColumns, row: number): void {
  words[at + SRC] = b.src0[row]!;
  words[at + SRC + 1] = b.src1[row]!;
  words[at + SRC + 2] = b.src2[row]!;
  words[at + SRC + 3] = b.src3[row]!;
  words[at + DST] = b.dst0[row]!;
  words[at + DST + 1] = b.dst1[row]!;
  words[at + DST + 2] = b.dst2[row]!;
  words[at + DST + 3] = b.dst3[row]!;
  words[at + KIND] = kindOf(b, row);
  words[at + ID] = b.fragmentId[row]!;
}

const isKey = (words: Int32Array, at: number, b: OuterColumns, row: number): boolean =>
  words[at + ID] === b.fragmentId[row] &&
  words[at + SRC] === b.src0[row] &&
  words[at + DST] === b.dst0[row] &&
  words[at + KIND] === kindOf(b, row) &&
  words[at + SRC + 1] === b.src1[row] &&
  words[at + SRC + 2] === b.src2[row] &&
  words[at + SRC + 3] === b.src3[row] &&
  words[at + DST + 1] === b.dst1[row] &&
  words[at + DST + 2] === b.dst2[row] &&
  words[at + DST + 3] === b.dst3[row];
