import { protocolName } from '../net/protocol.ts';
import {
  HAS_PORTS,
  type PacketBatch,
  RECORDED_BY_CLOUD,
  RECORDED_BY_OTHERS,
  RECORDED_FORWARDED,
  RECORDED_NONE,
  RECORDED_OF_EGRESS,
  RECORDED_OF_ENCRYPTED,
  RECORDED_OF_INGRESS,
  RECORDED_PASSED,
  SOURCE_PORT_UNTOLD,
} from '../packet/batch.ts';
import { describeFinding, type FindingWords } from '../table/decisions.ts';
import { endDecision } from '../table/end-decision.ts';
import type { MatchTable } from '../table/match-table.ts';
import { podAt } from '../table/pods.ts';
import {
  type Agreement,
  type Disagreement,
  type DisagreementClass,
  INCOMPARABLE,
  type Incomparable,
  noRecords,
  type RecordAmount,
  type VerdictSide,
} from '../verdict/agreement.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { DROPPED, FORWARDED, REASONS, UNDETERMINED } from '../verdict/reasons.ts';
import { AgreeingBy, addRecords, addressKey, addressText, deciderName } from './agreeing.ts';
import { LikelyReasons, timeOf } from './likely.ts';
import { namesOther, recordedWords } from './recorded-words.ts';

/** How many records are shown. */
export const MAX_DISAGREEMENTS = 20;

/** Where each disagreement goes as it is found. */
export type OnDisagreement = (disagreement: Disagreement) => void;

/**
 * Holds the verdicts that a log recorded against those of replay: the `verdict` of a tuple against the packet's, what
 * a log tells of one end (NFLOG, flow logs) against the decision of that end.
 */
export class RecordedTally {
  readonly #table: MatchTable;
  readonly #likely: LikelyReasons;
  readonly #tell: OnDisagreement | null;
  readonly #agreed = noRecords();
  readonly #differ = noRecords();
  readonly #notComparable = new Map<Incomparable, RecordAmount>();
  readonly #classes = new Map<string, DisagreementClass>();
  readonly #workloads = new AgreeingBy<string | number>();
  readonly #policies = new AgreeingBy<number>();
  readonly #differences: Disagreement[] = [];
  readonly #otherRules: Disagreement[] = [];
  #otherRule = 0;

  constructor(table: MatchTable, tell: OnDisagreement | null = null) {
    this.#table = table;
    this.#likely = new LikelyReasons(table);
    this.#tell = tell;
  }

  add(batch: PacketBatch, verdicts: VerdictBatch, file: string): void {
    const { recorded } = batch;
    for (let row = 0; row < batch.count; row++)
      if (recorded[row] !== RECORDED_NONE) this.#compare(batch, verdicts, row, file);
  }

  /** Null when no record had a verdict. */
  get agreement(): Agreement | null {
    if (this.#agreed.records + this.#differ.records + this.#notComparable.size === 0) return null;
    const notComparable = [...this.#notComparable.values()].reduce<RecordAmount>(withRecords, noRecords());
    return {
      agreed: this.#agreed.records,
      otherRule: this.#otherRule,
      differ: this.#differ.records,
      notComparable: INCOMPARABLE.flatMap((why) => {
        const amount = this.#notComparable.get(why);
        return amount === undefined ? [] : [{ why, records: amount.records }];
      }),
      amounts: { agreed: this.#agreed, differ: this.#differ, notComparable },
      classes: [...this.#classes.values()].sort((a, b) => b.records - a.records),
      byWorkload: this.#workloads.list(),
      byPolicy: this.#policies.list(),
      differences: this.#differences,
      otherRules: this.#otherRules,
    };
  }

  #compare(batch: PacketBatch, verdicts: VerdictBatch, row: number, file: string): void {
    const at = endOf(batch, row);
    const found = at === null ? null : describeFinding(this.#table, verdicts[at][row]!);
    const replayed = replayedOf(batch, verdicts, row, found);
    if (typeof replayed === 'string') {
      const amount = this.#notComparable.get(replayed) ?? noRecords();
      this.#notComparable.set(replayed, amount);
      addRow(amount, batch, verdicts, row);
      return;
    }
    const recorded = batch.recorded[row] === RECORDED_FORWARDED ? FORWARDED : DROPPED;
    const agrees = recorded === replayed;
    addRow(agrees ? this.#agreed : this.#differ, batch, verdicts, row);
    this.#addByEnd(batch, verdicts, row, at, agrees);
    if (agrees && (batch.prefixBytes[row] === 0 || found === null)) return;
    const by = recordedWords(batch, row);
    if (!agrees) {
      const one = this.#describe(batch, verdicts, row, file, at, found, by, recorded, replayed);
      addRow(this.#classOf(one), batch, verdicts, row);
      this.#tell?.(one);
      if (this.#differences.length < MAX_DISAGREEMENTS) this.#differences.push(one);
    } else if (by !== null && found !== null && namesOther(by, found)) {
      this.#otherRule++;
      if (this.#otherRules.length < MAX_DISAGREEMENTS)
        this.#otherRules.push(this.#describe(batch, verdicts, row, file, at, found, by, recorded, replayed));
    }
  }

  #addByEnd(batch: PacketBatch, verdicts: VerdictBatch, row: number, at: Disagreement['at'], agrees: boolean): void {
    const isSource = at === null ? verdicts.reversed[row] === 1 : at === 'egress';
    const whose = this.#workloads.of(
      addressKey(batch, row, isSource),
      () => {
        const address = addressText(batch, row, isSource);
        return podAt(this.#table, address) ?? address;
      },
      agrees,
    );
    addRow(whose, batch, verdicts, row);
    const finding = verdicts[at ?? this.#decidingEnd(verdicts, row)][row]!;
    addRow(
      this.#policies.of(finding, () => deciderName(this.#table, finding), agrees),
      batch,
      verdicts,
      row,
    );
  }

  /** Of a whole packet: the end that denies it, else its destination. */
  #decidingEnd(verdicts: VerdictBatch, row: number): 'egress' | 'ingress' {
    const denies = (end: 'egress' | 'ingress'): boolean =>
      describeFinding(this.#table, verdicts[end][row]!).action === 'deny';
    return denies('egress') && !denies('ingress') ? 'egress' : 'ingress';
  }

  #classOf({ recorded, replayed, likely }: Disagreement): RecordAmount {
    const key = `${recorded} ${likely}`;
    const known = this.#classes.get(key);
    if (known !== undefined) return known;
    const made: DisagreementClass = { recorded, replayed, likely, ...noRecords() };
    this.#classes.set(key, made);
    return made;
  }

  #describe(
    batch: PacketBatch,
    verdicts: VerdictBatch,
    row: number,
    file: string,
    at: Disagreement['at'],
    found: FindingWords | null,
    by: string | null,
    recorded: number,
    replayed: number,
  ): Disagreement {
    const time = timeOf(batch, row);
    const [src, dst] = [addressText(batch, row, true), addressText(batch, row, false)];
    const hasPorts = (batch.flags[row]! & HAS_PORTS) !== 0;
    return {
      file,
      n: batch.n[row]!,
      time: Number.isNaN(time) ? null : time,
      src,
      dst,
      from: podAt(this.#table, src),
      to: podAt(this.#table, dst),
      proto: protocolName(batch.protocol[row]!),
      sport: hasPorts && (batch.flags[row]! & SOURCE_PORT_UNTOLD) === 0 ? batch.sourcePort[row]! : null,
      dport: hasPorts ? batch.destinationPort[row]! : null,
      at,
      recorded: sideOf(recorded),
      by,
      replayed: sideOf(replayed),
      decision: found === null ? REASONS[verdicts.reason[row]!]! : wordsOf(found),
      reason: REASONS[verdicts.reason[row]!]!,
      egress: endDecision(this.#table, verdicts.egress[row]!),
      ingress: endDecision(this.#table, verdicts.ingress[row]!),
      likely: recorded === replayed ? null : this.#likely.of(batch, verdicts, row, at),
    };
  }
}

const sideOf = (verdict: number): VerdictSide => (verdict === FORWARDED ? 'forwarded' : 'dropped');

function addRow(to: RecordAmount, batch: PacketBatch, verdicts: VerdictBatch, row: number): void {
  to.records++;
  to.packets += batch.packets[row]!;
  to.bytes += batch.bytes[row]!;
  to.connections += verdicts.opened[row]!;
}

const withRecords = (sum: RecordAmount, more: RecordAmount): RecordAmount => {
  addRecords(sum, more);
  return sum;
};

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

/** `NetworkPolicy db/web, rule 0`, `end-of-tier default`, `no-policy`. */
const wordsOf = ({ reason, kind, policy, rule, tier }: FindingWords): string =>
  reason === 'rule' ? `${kind} ${policy}, rule ${rule}` : tier === null ? reason : `${reason} ${tier}`;
