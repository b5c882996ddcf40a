import {
  type PacketBatch,
  RECORDED_BY_CLOUD,
  RECORDED_BY_OTHERS,
  RECORDED_FORWARDED,
  RECORDED_NONE,
  RECORDED_OF_EGRESS,
  RECORDED_OF_ENCRYPTED,
  RECORDED_OF_INGRESS,
  RECORDED_PASSED,
} from '../packet/batch.ts';
import { describeFinding, type FindingWords } from '../table/decisions.ts';
import type { MatchTable } from '../table/match-table.ts';
import { type Agreement, type Disagreement, INCOMPARABLE, type Incomparable } from '../verdict/agreement.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { DROPPED, FORWARDED, REASONS, UNDETERMINED } from '../verdict/reasons.ts';
import { namesFinding } from './calico-names.ts';

/** How many records are shown. */
export const MAX_DISAGREEMENTS = 10;

/**
 * Holds the verdicts that a log recorded against those of replay: the `verdict` of a tuple against the packet's, what
 * a Calico node logged (NFLOG) against the decision of the end that it was logged for.
 */
export class RecordedTally {
  readonly #table: MatchTable;
  #agreed = 0;
  #otherRule = 0;
  #differ = 0;
  readonly #notComparable = new Map<Incomparable, number>();
  readonly #differences: Disagreement[] = [];
  readonly #otherRules: Disagreement[] = [];

  constructor(table: MatchTable) {
    this.#table = table;
  }

  add(batch: PacketBatch, verdicts: VerdictBatch, file: string): void {
    const { recorded } = batch;
    for (let row = 0; row < batch.count; row++)
      if (recorded[row] !== RECORDED_NONE) this.#compare(batch, verdicts, row, file);
  }

  /** Null when no record had a verdict. */
  get agreement(): Agreement | null {
    if (this.#agreed + this.#differ + this.#notComparable.size === 0) return null;
    return {
      agreed: this.#agreed,
      otherRule: this.#otherRule,
      differ: this.#differ,
      notComparable: INCOMPARABLE.flatMap((why) => {
        const records = this.#notComparable.get(why);
        return records === undefined ? [] : [{ why, records }];
      }),
      differences: this.#differences,
      otherRules: this.#otherRules,
    };
  }

  #compare(batch: PacketBatch, verdicts: VerdictBatch, row: number, file: string): void {
    const at = endOf(batch, row);
    const found = at === null ? null : describeFinding(this.#table, verdicts[at][row]!);
    const replayed = replayedOf(batch, verdicts, row, found);
    if (typeof replayed === 'string') {
      this.#notComparable.set(replayed, (this.#notComparable.get(replayed) ?? 0) + 1);
      return;
    }
    const by = prefixOf(batch, row);
    const recorded = batch.recorded[row] === RECORDED_FORWARDED ? FORWARDED : DROPPED;
    const isOther = by !== null && found !== null && !namesFinding(by, found);
    if (recorded === replayed) {
      this.#agreed++;
      if (!isOther) return;
      this.#otherRule++;
    } else this.#differ++;
    const shown = recorded === replayed ? this.#otherRules : this.#differences;
    if (shown.length === MAX_DISAGREEMENTS) return;
    shown.push({
      file,
      n: batch.n[row]!,
      at,
      recorded: recorded === FORWARDED ? 'forwarded' : 'dropped',
      by,
      replayed: replayed === FORWARDED ? 'forwarded' : 'dropped',
      decision: found === null ? REASONS[verdicts.reason[row]!]! : wordsOf(found),
    });
  }
}

/** The end whose decision alone a record tells of. */
function endOf({ recordedBy }: PacketBatch, row: number): 'egress' | 'ingress' | null {
  if ((recordedBy[row]! & RECORDED_OF_EGRESS) !== 0) return 'egress';
  return (recordedBy[row]! & RECORDED_OF_INGRESS) !== 0 ? 'ingress' : null;
}

/** What replay says where the log said something, or why there is nothing to compare. */
function replayedOf(
  batch: PacketBatch,
  verdicts: VerdictBatch,
  row: number,
  found: FindingWords | null,
): typeof FORWARDED | typeof DROPPED | Incomparable {
  const by = batch.recordedBy[row]!;
  if (batch.recorded[row] === RECORDED_PASSED) return 'passed on';
  if ((by & RECORDED_BY_CLOUD) !== 0) return "a cloud's firewall";
  if ((by & RECORDED_BY_OTHERS) !== 0) return 'dropped by no policy';
  if ((by & RECORDED_OF_ENCRYPTED) !== 0) return 'encrypted';
  if (found === null) {
    const verdict = verdicts.verdict[row]!;
    return verdict === UNDETERMINED ? 'undetermined' : verdict === FORWARDED ? FORWARDED : DROPPED;
  }
  // Policy is asked about openers alone: what is logged as one is none to replay.
  if (verdicts.reversed[row] === 1) return 'answer';
  if (found.action === null) return found.reason === 'undetermined' ? 'undetermined' : 'not judged';
  return found.action === 'deny' ? DROPPED : FORWARDED;
}

function prefixOf(batch: PacketBatch, row: number): string | null {
  const from = batch.prefixAt[row]!;
  const bytes = batch.prefixBytes[row]!;
  return bytes === 0 ? null : new TextDecoder().decode(batch.buffer.subarray(from, from + bytes));
}

/** `NetworkPolicy db/web, rule 0`, `end-of-tier default`, `no-policy`. */
const wordsOf = ({ reason, kind, policy, rule, tier }: FindingWords): string =>
  reason === 'rule' ? `${kind} ${policy}, rule ${rule}` : tier === null ? reason : `${reason} ${tier}`;
