import { IPIP, UDP } from '../net/protocol.ts';
import {
  FIRST_FRAGMENT,
  IS_ANSWER,
  IS_TUNNELLED,
  IS_UNDIRECTED,
  LATER_FRAGMENT,
  type PacketBatch,
} from '../packet/batch.ts';
import { ACTION_DENY, type MatchTable, ROLE_WORKLOAD } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { DROPPED, FORWARDED } from '../verdict/reasons.ts';
import { isOpen, isPoliced } from './answers.ts';
import { type Judge, NOT_POLICED, POLICY } from './judge.ts';
import { KIND_ALONE } from './kinds.ts';
import { SLICE_ROWS, type Slice } from './slice.ts';

/** Rows that need more than the two decisions: what they belong to, or came in, may count; or who opened. */
const UNUSUAL = FIRST_FRAGMENT | LATER_FRAGMENT | IS_TUNNELLED | IS_ANSWER | IS_UNDIRECTED;

const NO_PORT = -1;

/** A pod's own tunnel packets may be dropped beside policy: the walk asks. */
const mayBeTunnel = (batch: PacketBatch, row: number, vxlan: number): boolean =>
  batch.protocol[row] === IPIP || (batch.protocol[row] === UDP && batch.destinationPort[row] === vxlan);

/**
 * The verdicts of rows that are judged alone and have nothing special about them, in one short loop: both ends are
 * workloads or strangers, and both decisions are clear. INVARIANT: what `Aside.alone` says of them, which takes the rest.
 */
export class Plain {
  /** Places in the slice of the rows that are left for the walk, in order. */
  readonly left: Uint16Array = new Uint16Array(SLICE_ROWS);
  readonly #table: MatchTable;
  readonly #slice: Slice;
  readonly #out: VerdictBatch;
  readonly #ties: Judge['ties'];

  constructor(table: MatchTable, { ties }: Judge, slice: Slice, out: VerdictBatch) {
    this.#table = table;
    this.#ties = ties;
    this.#slice = slice;
    this.#out = out;
  }

  /** Writes what it can; returns how many rows are left. The slice was foreseen. */
  settle(batch: PacketBatch, from: number, to: number): number {
    const { kind, ready, sourceClass, destinationClass, egress, ingress } = this.#slice;
    const { decisions, classes, switches } = this.#table;
    const { general, count, action } = decisions;
    const vxlan = switches.vxlanFromPods ?? NO_PORT;
    const { role, egressProfile, ingressProfile } = classes;
    const out = this.#out;
    const { left } = this;
    const ties = this.#ties;
    let kept = 0;
    for (let i = 0; i < to - from; i++) {
      const row = from + i;
      const source = sourceClass[i]!;
      const destination = destinationClass[i]!;
      const leaving = egress[i]!;
      const entering = ingress[i]!;
      const says = action[leaving]!;
      const answers = action[entering]!;
      const isDenied = says === ACTION_DENY || answers === ACTION_DENY;
      if (
        kind[i] !== KIND_ALONE ||
        ready[i] === 0 ||
        role[source]! > ROLE_WORKLOAD ||
        role[destination]! > ROLE_WORKLOAD ||
        (batch.flags[row]! & UNUSUAL) !== 0 ||
        mayBeTunnel(batch, row, vxlan) ||
        (ties !== null && (ties.has(egressProfile[source]!) || ties.has(ingressProfile[destination]!))) ||
        (!isDenied && (isOpen(says, leaving) || isOpen(answers, entering)))
      ) {
        left[kept++] = i;
        continue;
      }
      out.verdict[row] = isDenied ? DROPPED : FORWARDED;
      out.reason[row] = isPoliced(leaving) || isPoliced(entering) ? POLICY : NOT_POLICED;
      // As `findingOf` says.
      out.egress[row] = leaving >= general ? leaving : count + egressProfile[source]! * general + leaving;
      out.ingress[row] = entering >= general ? entering : count + ingressProfile[destination]! * general + entering;
      out.flags[row] = 0;
      out.opened[row] = 1;
      out.reversed[row] = 0;
      out.opener[row] = 0;
    }
    return kept;
  }
}
