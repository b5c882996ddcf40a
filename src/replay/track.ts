import { FIRST_FRAGMENT, IS_TUNNELLED, LATER_FRAGMENT, type PacketBatch } from '../packet/batch.ts';
import { ROLE_WORKLOAD } from '../table/match-table.ts';
import { DROPPED, FORWARDED, reasonNumber, UNDETERMINED } from '../verdict/reasons.ts';
import { Aside } from './aside.ts';
import type { Connections } from './connections.ts';
import type { Desk } from './desk.ts';
import { Follow } from './follow.ts';
import type { Fragments } from './fragments.ts';
import { Initiator } from './initiator.ts';
import * as kinds from './kinds.ts';
import type { Nat } from './nat.ts';
import type { Settings } from './options.ts';
import { Quotes } from './quotes.ts';
import { Wrapped } from './wrapped.ts';

const DISCOVERY = reasonNumber('neighbour-discovery');
const TUNNEL = reasonNumber('tunnel');
const SPOOFED = reasonNumber('spoofed-source');
const LOOPBACK = reasonNumber('loopback');
const UNUSUAL = IS_TUNNELLED | FIRST_FRAGMENT | LATER_FRAGMENT;

/**
 * The last stage: takes the rows in their order and says what becomes of each. What earlier stages foresaw is used
 * where it still holds.
 *
 *     kind ---- discovery, tunnel, loopback ------------------------------> decided here
 *       |------ alone, ports unknown, odd ICMP (aside.ts) ---> judge -----> verdict
 *       |------ ICMP error (quotes.ts) ---> the connection it quotes -----> its verdict
 *       `------ plain (follow.ts) ---> known connection ---> moves on ----> its verdict
 *                                `---> unknown: who opened it? ---> judge, remember --> verdict
 */
export class Track {
  #desk: Desk;
  #connections: Connections;
  #follow: Follow;
  #aside: Aside;
  #quotes: Quotes;
  #wrapped: Wrapped;
  #fragments: Fragments;
  #track: boolean;

  constructor(desk: Desk, nat: Nat, connections: Connections, fragments: Fragments, settings: Settings) {
    const infer = settings.midstream === 'infer';
    const initiator = new Initiator(desk.judge.places);
    this.#desk = desk;
    this.#connections = connections;
    this.#follow = new Follow(desk, connections, initiator, nat, settings.midstream);
    this.#aside = new Aside(desk, nat, initiator, infer);
    this.#quotes = new Quotes(desk, connections, this.#follow, this.#aside, initiator, nat, infer);
    this.#wrapped = new Wrapped(desk);
    this.#fragments = fragments;
    this.#track = settings.track;
  }

  /** One row; `i` is its place in the slice. */
  row(batch: PacketBatch, row: number, i: number): void {
    const { out, slice } = this.#desk;
    out.opener[row] = 0;
    out.opened[row] = 0;
    out.reversed[row] = 0;
    if ((batch.flags[row]! & UNUSUAL) !== 0) {
      this.#unusual(batch, row, i);
      return;
    }
    if (slice.kind[i] === kinds.KIND_PLAIN) this.#follow.row(batch, row, i);
    else this.#take(slice.kind[i]!, batch, row, i);
  }

  /** Out of a tunnel, or one fragment of several. */
  #unusual(batch: PacketBatch, row: number, i: number): void {
    if (this.#desk.slice.kind[i] === kinds.KIND_SPOOFED) {
      this.#take(kinds.KIND_SPOOFED, batch, row, i);
      return;
    }
    const flags = batch.flags[row]!;
    const isPods = (flags & IS_TUNNELLED) !== 0 && this.#wrapped.judge(batch, row);
    if (!isPods) this.#take(this.#desk.slice.kind[i]!, batch, row, i);
    if (!this.#track) return;
    if ((flags & UNUSUAL & ~IS_TUNNELLED) === FIRST_FRAGMENT && !isPods) this.#fragments.first(batch, batch, row);
    if (isOuterFirst(batch, row)) this.#fragments.first(batch.outer, batch, row);
  }

  /** A duplicate, whose verdict is written: what follows in fragments of its tunnel's packet is one as well. */
  carries(batch: PacketBatch, row: number): void {
    if (this.#track && isOuterFirst(batch, row) && !this.#fragments.knows(batch.outer, row))
      this.#fragments.first(batch.outer, batch, row);
  }

  #take(kind: number, batch: PacketBatch, row: number, i: number): void {
    switch (kind) {
      case kinds.KIND_PLAIN:
        this.#follow.row(batch, row, i);
        break;
      case kinds.KIND_ALONE:
        this.#aside.alone(batch, row, i);
        break;
      case kinds.KIND_PORTLESS:
        if ((batch.flags[row]! & LATER_FRAGMENT) !== 0) this.#fragments.later(batch, row);
        else this.#aside.portless(batch, row, i);
        break;
      case kinds.KIND_DISCOVERY:
        this.#desk.decided(row, FORWARDED, DISCOVERY);
        break;
      case kinds.KIND_TUNNEL:
        this.#desk.decided(row, UNDETERMINED, TUNNEL);
        break;
      case kinds.KIND_SPOOFED:
        this.#desk.decided(row, DROPPED, SPOOFED);
        break;
      case kinds.KIND_ERROR:
        this.#quotes.row(batch, row, i);
        break;
      case kinds.KIND_NO_ID:
        this.#aside.withoutId(batch, row, i);
        break;
      case kinds.KIND_ODD_ICMP:
        this.#aside.oddIcmp(batch, row, i);
        break;
      default:
        this.#toItself(batch, row, i);
    }
  }

  /** A pod that talks to its own address never leaves its network namespace; others are rows like any. */
  #toItself(batch: PacketBatch, row: number, i: number): void {
    const { judge, slice } = this.#desk;
    judge.classify(batch, row);
    if (judge.sourceRole === ROLE_WORKLOAD) {
      this.#desk.decided(row, FORWARDED, LOOPBACK);
      return;
    }
    const kind = kinds.kindBesideLoopback(batch, row, this.#track);
    if (kind === kinds.KIND_PLAIN) {
      slice.key(batch, row, i, this.#connections);
      slice.found[i] = -1;
    }
    this.#take(kind, batch, row, i);
  }
}

/** Is the packet of the tunnel that a row came in the first fragment of several? */
const isOuterFirst = (batch: PacketBatch, row: number): boolean =>
  (batch.flags[row]! & IS_TUNNELLED) !== 0 && (batch.outer.flags[row]! & FIRST_FRAGMENT) !== 0;
