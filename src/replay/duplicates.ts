import { DEVICE_UNTOLD, IS_TUNNELLED, NO_TIME, type PacketBatch } from '../packet/batch.ts';
import { Digest } from '../packet/digest.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { flagBit } from '../verdict/reasons.ts';
import { Recent } from './recent.ts';
import { mix3 } from './tuple.ts';
import type { Wrapped } from './wrapped.ts';

export const FLAG_DUPLICATE = flagBit('duplicate');

/** Packets that are remembered: 4 MB, set aside when there is something to look for. */
const PACKETS = 1 << 16;
/** Half of the least time after which Linux sends a segment again (TCP_RTO_MIN), in nanoseconds. */
const WINDOW = 100_000_000;
/** Rows before the first one that was captured elsewhere that are looked back on. */
const LOOK_BACK = 64;

/**
 * A packet, where it was captured first, and what became of it.
 *
 *     word  1-2     3     4        5                 6      7         8       9                                10       11        12       13, 14
 *         | digest | row | device | direction, hops | outer | seconds | nanos | verdict, reason, flags, reversed | egress | ingress | opener | hosts |
 */
const DIGEST = 1;
const ROW = 3;
const DEVICE = 4;
const PLACE = 5;
const OUTER = 6;
const SECONDS = 7;
const NANOS = 8;
const FATE = 9;
const EGRESS = 10;
const INGRESS = 11;
const OPENER = 12;
const HOST_EGRESS = 13;
const HOST_INGRESS = 14;
const HOPS_SHIFT = 8;
const FLAGS_SHIFT = 16;

/**
 * Packets that were captured more than once on their way: at a pod's interface and at its node's, in a tunnel and
 * beside it. A row is a duplicate when an earlier one has the same digest (packet/digest.ts), not more than 100 ms
 * apart, and was captured elsewhere: on another device, in the other direction, in another tunnel or none, or with
 * more hops left. Two equal packets of one place are two packets, of which the later is the first of its kind from
 * there on. Where the file does not tell devices apart, an IPv4 identification that is not 0 says it as well.
 *
 * Nothing is looked for while all rows of an input come from one device and no tunnel: no row could be a duplicate. The
 * first that does not starts it, LOOK_BACK rows back.
 */
export class Duplicates {
  /** Rows of the run from which on any may be a duplicate; Infinity while nothing is looked for. */
  since: number = Number.POSITIVE_INFINITY;
  readonly #out: VerdictBatch;
  readonly #wrapped: Wrapped;
  readonly #digest = new Digest();
  #readable = false;
  #recent: Recent | null = null;
  /** Of the input's first row. */
  #known = false;
  #device = 0;
  #direction = 0;

  constructor(out: VerdictBatch, wrapped: Wrapped) {
    this.#out = out;
    this.#wrapped = wrapped;
  }

  /** Another input begins: its devices are others. */
  beginFile(): void {
    this.since = Number.POSITIVE_INFINITY;
    this.#known = false;
    this.#recent = null;
  }

  /**
   * Rows [from, to) are next; those of the batch before them are judged. `before` rows of the run were in earlier
   * batches. True when rows are to be asked about and remembered.
   */
  begin(batch: PacketBatch, from: number, to: number, before: number): boolean {
    if (this.since !== Number.POSITIVE_INFINITY) return true;
    const first = this.#firstElsewhere(batch, from, to);
    if (first < 0) return false;
    this.since = before + first;
    this.#rememberAll(batch, Math.max(0, first - LOOK_BACK), from, before);
    return true;
  }

  /** The batch is judged: while nothing is looked for, its last rows may still be looked back on. */
  end(batch: PacketBatch, before: number): void {
    if (this.since === Number.POSITIVE_INFINITY)
      this.#rememberAll(batch, Math.max(0, batch.count - LOOK_BACK), batch.count, before);
  }

  /** Where the earlier row is that this one is a duplicate of, or -1. `place` is its place among all rows of the run. */
  firstOf(batch: PacketBatch, row: number, place: number): number {
    this.#read(batch, row);
    const recent = this.#recent;
    const digest = this.#digest;
    if (!this.#readable || place < this.since || recent === null) return -1;
    const { words } = recent;
    let at = recent.newest(digest.a);
    while (at >= 0 && (words[at + DIGEST] !== digest.a || words[at + DIGEST + 1] !== digest.b)) at = recent.older(at);
    if (at < 0 || ((words[at + ROW]! - (this.since - LOOK_BACK)) | 0) < 0) return -1;
    return this.#isNear(words, at, batch, row) && this.#isElsewhere(words, at, batch, row) ? at : -1;
  }

  /** A row that is none, once it was judged: the one that `firstOf` was asked about last. */
  remember(batch: PacketBatch, row: number, place: number): void {
    if (!this.#readable) return;
    const digest = this.#digest;
    this.#recent ??= new Recent(PACKETS);
    const at = this.#recent.take(digest.a);
    const { words } = this.#recent;
    const out = this.#out;
    words[at + DIGEST] = digest.a;
    words[at + DIGEST + 1] = digest.b;
    words[at + ROW] = place;
    words[at + DEVICE] = batch.device[row]!;
    words[at + PLACE] = batch.direction[row]! | (digest.hops << HOPS_SHIFT);
    words[at + OUTER] = outerOf(batch, row);
    words[at + SECONDS] = batch.seconds[row]!;
    words[at + NANOS] = batch.nanos[row]!;
    words[at + FATE] =
      out.verdict[row]! | (out.reversed[row]! << 2) | (out.reason[row]! << 8) | (out.flags[row]! << FLAGS_SHIFT);
    words[at + EGRESS] = out.egress[row]!;
    words[at + INGRESS] = out.ingress[row]!;
    words[at + HOST_EGRESS] = out.hostEgress[row]!;
    words[at + HOST_INGRESS] = out.hostIngress[row]!;
    words[at + OPENER] = (out.opened[row] === 1 ? batch.n[row]! : out.opener[row]!) % 2 ** 32;
  }

  /** Gives a row what its first sighting came to. */
  write(at: number, row: number): void {
    const { words } = this.#recent!;
    const out = this.#out;
    const fate = words[at + FATE]!;
    out.verdict[row] = fate & 3;
    out.reason[row] = (fate >>> 8) & 0xff;
    out.flags[row] = (fate >>> FLAGS_SHIFT) | FLAG_DUPLICATE;
    out.reversed[row] = (fate >>> 2) & 1;
    out.opened[row] = 0;
    out.egress[row] = words[at + EGRESS]!;
    out.ingress[row] = words[at + INGRESS]!;
    out.hostEgress[row] = words[at + HOST_EGRESS]!;
    out.hostIngress[row] = words[at + HOST_INGRESS]!;
    out.opener[row] = words[at + OPENER]! >>> 0;
  }

  #firstElsewhere(batch: PacketBatch, from: number, to: number): number {
    const { flags, device, direction } = batch;
    if (!this.#known && from < to) {
      this.#known = true;
      this.#device = device[from]!;
      this.#direction = direction[from]!;
    }
    let other = 0;
    for (let row = from; row < to; row++)
      other |= (flags[row]! & IS_TUNNELLED) | (device[row]! ^ this.#device) | (direction[row]! ^ this.#direction);
    if (other === 0) return -1;
    let row = from;
    while ((flags[row]! & IS_TUNNELLED) === 0 && device[row] === this.#device && direction[row] === this.#direction)
      row++;
    return row;
  }

  #rememberAll(batch: PacketBatch, from: number, to: number, before: number): void {
    for (let row = from; row < to; row++) {
      this.#read(batch, row);
      this.remember(batch, row, before + row);
    }
  }

  #read(batch: PacketBatch, row: number): void {
    const digest = this.#digest;
    this.#readable = batch.timeDigits[row] !== NO_TIME && digest.read(batch, row);
    // A tunnel that a pod made is the pod's packet: in another it is another packet.
    if ((batch.flags[row]! & IS_TUNNELLED) !== 0 && this.#wrapped.isPods(batch, row)) digest.a ^= outerOf(batch, row);
  }

  #isNear(words: Int32Array, at: number, batch: PacketBatch, row: number): boolean {
    const seconds = batch.seconds[row]! - (words[at + SECONDS]! >>> 0);
    return Math.abs(seconds * 1e9 + batch.nanos[row]! - words[at + NANOS]!) <= WINDOW;
  }

  #isElsewhere(words: Int32Array, at: number, batch: PacketBatch, row: number): boolean {
    const place = words[at + PLACE]!;
    const direction = batch.direction[row]!;
    return (
      words[at + DEVICE] !== batch.device[row] ||
      (place & 0xff) !== direction ||
      words[at + OUTER] !== outerOf(batch, row) ||
      this.#digest.hops < place >>> HOPS_SHIFT ||
      ((direction & DEVICE_UNTOLD) !== 0 && batch.family[row] === 4 && batch.fragmentId[row] !== 0)
    );
  }
}

/** What tells one tunnel from another; 0 for none. Its source port differs from connection to connection. */
function outerOf(batch: PacketBatch, row: number): number {
  if ((batch.flags[row]! & IS_TUNNELLED) === 0) return 0;
  const { outer } = batch;
  const kind = (outer.protocol[row]! << 16) | outer.destinationPort[row]!;
  const ends = mix3(kind, outer.src0[row]!, outer.dst0[row]!, outer.family[row]!);
  return (
    mix3(
      mix3(ends, outer.src1[row]!, outer.src2[row]!, outer.src3[row]!),
      outer.dst1[row]!,
      outer.dst2[row]!,
      outer.dst3[row]!,
    ) | 1
  );
}
