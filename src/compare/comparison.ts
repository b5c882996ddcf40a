import { hasIcmpType } from '../net/protocol.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import {
  CHANGES,
  type Difference,
  type Differences,
  NEWLY_DROPPED,
  NEWLY_FORWARDED,
  OTHER_RULE,
  UNCHANGED,
  UNDETERMINED_CHANGE,
} from '../verdict/differences.ts';
import { DECIDERS, foundBy, type PairBatch } from '../verdict/pair-batch.ts';
import { DROPPED, FORWARDED, flagBit, REASONS, reasonNumber, UNDETERMINED } from '../verdict/reasons.ts';
import type { Amount } from '../verdict/tally.ts';
import { Identities } from './identities.ts';
import { JoinedRows } from './joined-rows.ts';
import type { Rollout } from './rollout.ts';

const DUPLICATE = flagBit('duplicate');
/** Packets, bytes, connections. */
const SUMS = 3;
/**
 * What a key has of a row beside its ends and findings, 21 bits:
 *
 *     bit   0-2      3-4           5-6            7-13         14-20
 *         | change | old verdict | next verdict | old reason | next reason |
 */
const OLD_VERDICT = 3;
const NEXT_VERDICT = 5;
const OLD_REASON = 7;
const NEXT_REASON = 14;
const VERDICT_MASK = 3;
const REASON_MASK = 0x7f;

/** By reason: what the opener of the connection was told, as far as a follower knows. */
const STORY = Uint8Array.from(REASONS, (reason, i) =>
  reason === 'tracked' || reason === 'connection-denied' ? reasonNumber('policy') : i,
);

/**
 * Joins the verdicts of two replays, row by row, into what changed between them and for whom.
 *
 *     row --verdicts, reasons, identities of findings--> change --> sums by change
 *                                                           `-----> conversations: those that differ, and the others
 *
 * Nothing is allocated for a row.
 */
export class Comparison {
  readonly #identities: Identities;
  readonly #changes = new Float64Array(CHANGES.length * SUMS);
  readonly #differing = new Float64Array(SUMS);
  readonly #differingCrowdedOut = new Float64Array(SUMS);
  readonly #different = new JoinedRows(DECIDERS.length * 2);
  readonly #steady = new JoinedRows(0);
  readonly #rollout: Rollout | null;
  #rows = 0;

  /** `rollout`: the new side's policies come into force in the middle of the traffic. */
  constructor(old: MatchTable, next: MatchTable, rollout: Rollout | null = null) {
    this.#identities = new Identities(old, next);
    this.#rollout = rollout;
  }

  /** Hands over one batch that both sides have judged; `input` is its input's place in the run. */
  add(batch: PacketBatch, pairs: PairBatch, input = 0): void {
    const { old, next, turned, number } = pairs;
    for (let row = 0; row < batch.count; row++) {
      if ((next.flags[row]! & DUPLICATE) !== 0) continue;
      const isKept = this.#rollout?.keeps(batch, row, old, input) ?? false;
      const change = isKept ? UNCHANGED : this.#changeOf(old, next, row);
      const before = old.verdict[row]!;
      const after = isKept ? before : next.verdict[row]!;
      const packets = batch.packets[row]!;
      const bytes = batch.bytes[row]!;
      // A retransmitted opener opens anew where it was dropped: the side that forwards knows how many there were.
      const connections = (before === FORWARDED && after !== FORWARDED ? old : next).opened[row]!;
      addTo(this.#changes, change * SUMS, packets, bytes, connections);
      if (before !== after) addTo(this.#differing, 0, packets, bytes, connections);
      const isTurned = turned[row] === 1;
      if (change === UNCHANGED || (before === UNDETERMINED && after === UNDETERMINED)) {
        // What follows a known opener is of a conversation that was seen; an ICMP error about it is one of its own.
        if (next.opener[row] !== 0 && !hasIcmpType(batch.protocol[row]!)) continue;
        this.#steady.ends(batch, row, isTurned, number[row]!, change);
        this.#steady.add(packets, bytes, connections);
        continue;
      }
      this.#different.ends(batch, row, isTurned, number[row]!, ownBits(old, next, row, change));
      this.#fillFindings(old, next, row);
      const hasRoom = this.#different.add(packets, bytes, connections);
      if (!hasRoom && before !== after) addTo(this.#differingCrowdedOut, 0, packets, bytes, connections);
    }
    this.#rows += batch.count;
  }

  /** What was found so far, as a value of its own. */
  get differences(): Differences {
    const different = this.#different;
    const steady = this.#steady;
    return {
      rows: this.#rows,
      changes: CHANGES.map((_, change) => amountAt(this.#changes, change * SUMS)),
      differing: amountAt(this.#differing, 0),
      conversations: Array.from({ length: different.count }, (_, i) => readDifference(different, i)),
      steady: Array.from({ length: steady.count }, (_, i) => ({
        ...steady.endsOf(i),
        change: steady.own(i),
      })),
      crowdedOut: {
        conversations: different.crowdedOut,
        differing: amountAt(this.#differingCrowdedOut, 0),
        steady: steady.crowdedOut.packets > 0,
      },
    };
  }

  #changeOf(old: VerdictBatch, next: VerdictBatch, row: number): number {
    const before = old.verdict[row]!;
    const after = next.verdict[row]!;
    if (before === UNDETERMINED || after === UNDETERMINED) return UNDETERMINED_CHANGE;
    if (before !== after) return after === DROPPED ? NEWLY_DROPPED : NEWLY_FORWARDED;
    if (STORY[old.reason[row]!] !== STORY[next.reason[row]!]) return OTHER_RULE;
    for (const decider of DECIDERS)
      if (!this.#identities.same(foundBy(old, decider, row), foundBy(next, decider, row))) return OTHER_RULE;
    return UNCHANGED;
  }

  #fillFindings(old: VerdictBatch, next: VerdictBatch, row: number): void {
    const at = this.#different.key.length - DECIDERS.length * 2;
    for (let k = 0; k < DECIDERS.length; k++) {
      this.#different.key[at + k] = foundBy(old, DECIDERS[k]!, row);
      this.#different.key[at + DECIDERS.length + k] = foundBy(next, DECIDERS[k]!, row);
    }
  }
}

const ownBits = (old: VerdictBatch, next: VerdictBatch, row: number, change: number): number =>
  change |
  (old.verdict[row]! << OLD_VERDICT) |
  (next.verdict[row]! << NEXT_VERDICT) |
  (STORY[old.reason[row]!]! << OLD_REASON) |
  (STORY[next.reason[row]!]! << NEXT_REASON);

function readDifference(rows: JoinedRows, i: number): Difference {
  const own = rows.own(i);
  const findings = (from: number): number[] => DECIDERS.map((_, k) => rows.more(i, from + k));
  return {
    ...rows.endsOf(i),
    ...rows.amount(i),
    change: own & ((1 << OLD_VERDICT) - 1),
    old: {
      verdict: (own >>> OLD_VERDICT) & VERDICT_MASK,
      reason: (own >>> OLD_REASON) & REASON_MASK,
      findings: findings(0),
    },
    next: {
      verdict: (own >>> NEXT_VERDICT) & VERDICT_MASK,
      reason: (own >>> NEXT_REASON) & REASON_MASK,
      findings: findings(DECIDERS.length),
    },
  };
}

function addTo(sums: Float64Array, at: number, packets: number, bytes: number, connections: number): void {
  sums[at]! += packets;
  sums[at + 1]! += bytes;
  sums[at + 2]! += connections;
}

const amountAt = (sums: Float64Array, at: number): Amount => ({
  packets: sums[at]!,
  bytes: sums[at + 1]!,
  connections: sums[at + 2]!,
});
