import { NO_TIME, type PacketBatch } from '../packet/batch.ts';
import { decisionOf, describeFinding, FIRST_TIER_END, policiesOfTier, profileOf } from '../table/decisions.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { Likely } from '../verdict/agreement.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { DROPPED, flagBit } from '../verdict/reasons.ts';

const UNKNOWN_WORKLOAD = flagBit('unknown-workload');
const ORDER_AMBIGUOUS = flagBit('order-ambiguous');
const MIDSTREAM = flagBit('midstream');

/** Says what a disagreement is likely owing to, from what the manifests and the record hold. */
export class LikelyReasons {
  readonly #table: MatchTable;
  /** By policy: when it was made, in seconds since 1970; NaN where nothing says so. */
  readonly #made: readonly number[];

  constructor(table: MatchTable) {
    this.#table = table;
    this.#made = table.decisions.policies.map(({ created }) =>
      created === undefined ? NaN : Date.parse(created) / 1000,
    );
  }

  of(batch: PacketBatch, verdicts: VerdictBatch, row: number, at: 'egress' | 'ingress' | null): Likely | null {
    const flags = verdicts.flags[row]!;
    const ends = at === null ? (['egress', 'ingress'] as const) : ([at] as const);
    const findings = ends.map((end) => verdicts[end][row]!);
    if (this.#isNewer(findings, timeOf(batch, row), at === null && verdicts.verdict[row] === DROPPED))
      return 'policy newer than the record';
    const isStranger = at !== null && describeFinding(this.#table, findings[0]!).reason === 'not-an-endpoint';
    if (isStranger || (flags & UNKNOWN_WORKLOAD) !== 0) return 'unknown endpoint';
    if ((flags & ORDER_AMBIGUOUS) !== 0) return 'order of policies left open';
    return (flags & MIDSTREAM) !== 0 ? 'opener guessed' : null;
  }

  /** Of two ends that dropped it together, each would have; one that allowed it suffices. */
  #isNewer(findings: readonly number[], time: number, bothDecide: boolean): boolean {
    const asked = bothDecide
      ? findings.filter((finding) => describeFinding(this.#table, finding).action === 'deny')
      : findings;
    const isNewer = (finding: number): boolean => {
      const policies = this.#decidingOf(finding);
      return policies.length > 0 && policies.every((policy) => this.#made[policy]! > time);
    };
    return bothDecide ? asked.length > 0 && asked.every(isNewer) : asked.some(isNewer);
  }

  /** The policy of a rule; at the end of a tier all that isolate the end there, any of which would have been enough. */
  #decidingOf(finding: number): readonly number[] {
    const { general, count, rules } = this.#table.decisions;
    const decision = decisionOf(general, count, finding);
    if (decision >= general) return [rules[decision - general]!.policy];
    if (decision < FIRST_TIER_END) return [];
    return policiesOfTier(this.#table, profileOf(general, count, finding), decision - FIRST_TIER_END);
  }
}

/** Seconds since 1970; NaN where the record has no time: nothing is newer then. */
export const timeOf = (batch: PacketBatch, row: number): number =>
  batch.timeDigits[row] === NO_TIME ? NaN : batch.seconds[row]! + batch.nanos[row]! / 1e9;
