import type { PacketBatch } from '../packet/batch.ts';
import { ROLE_WORKLOAD, type Switches } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { DROPPED, reasonNumber } from '../verdict/reasons.ts';
import { type Judge, OWN_NODE } from './judge.ts';
import type { Slice } from './slice.ts';

const CT_INVALID = reasonNumber('ct-invalid');

/** Where rows are asked about and their verdicts written: what every way through the last stage shares. */
export class Desk {
  readonly judge: Judge;
  readonly slice: Slice;
  readonly out: VerdictBatch;
  readonly switches: Switches;

  constructor(judge: Judge, slice: Slice, out: VerdictBatch, switches: Switches) {
    this.judge = judge;
    this.slice = slice;
    this.out = out;
    this.switches = switches;
  }

  /** The classes of a row's ends: as foreseen, or looked up now. */
  classes(batch: PacketBatch, row: number, i: number): void {
    const { judge, slice } = this;
    if (slice.ready[i] === 0) {
      judge.classify(batch, row);
      return;
    }
    judge.sourceClass = slice.sourceClass[i]!;
    judge.destinationClass = slice.destinationClass[i]!;
  }

  /** Asks the judge; `classes` went before. */
  ask(batch: PacketBatch, row: number, i: number, reversed: boolean): void {
    const { judge, slice } = this;
    if (slice.ready[i] === 0 || reversed) judge.ask(batch, row, reversed);
    else judge.conclude(batch, row, false, slice.egress[i]!, slice.ingress[i]!);
  }

  /** Writes what the judge found. */
  emit(row: number, flags: number): void {
    this.emitTo(this.out, row, flags);
  }

  emitTo(out: VerdictBatch, row: number, flags: number): void {
    const { judge } = this;
    out.verdict[row] = judge.verdict;
    out.reason[row] = judge.reason;
    out.egress[row] = judge.egress;
    out.ingress[row] = judge.ingress;
    out.flags[row] = judge.flags | flags;
    if (judge.hosts === null) return;
    out.hostEgress[row] = judge.hosts.egress;
    out.hostIngress[row] = judge.hosts.ingress;
  }

  /** The same for a row that opens a connection, or stands for one. */
  opened(row: number, reversed: boolean, flags: number): void {
    this.out.opened[row] = 1;
    this.out.reversed[row] = reversed ? 1 : 0;
    this.emit(row, flags);
  }

  /** A verdict that nobody was asked for. */
  decided(row: number, verdict: number, reason: number): void {
    const { judge, out } = this;
    out.verdict[row] = verdict;
    out.reason[row] = reason;
    out.egress[row] = judge.notJudged;
    out.ingress[row] = judge.notJudged;
    out.flags[row] = 0;
  }

  /**
   * Connection tracking calls it INVALID. Calico drops such packets in the chains of workloads and of host endpoints,
   * and lets a node reach its own pods without them; elsewhere policy decides, as for any packet.
   */
  invalid(batch: PacketBatch, row: number, i: number): void {
    const { judge } = this;
    this.classes(batch, row, i);
    this.ask(batch, row, i, false);
    const atWorkload = judge.sourceRole === ROLE_WORKLOAD || judge.destinationRole === ROLE_WORKLOAD;
    const atHost = judge.hosts?.asked === true;
    if (judge.reason === OWN_NODE || !this.switches.dropInvalid || !(atWorkload || atHost)) this.emit(row, 0);
    else this.decided(row, DROPPED, CT_INVALID);
  }
}
