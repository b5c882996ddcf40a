import { hasIcmpType, TCP } from '../net/protocol.ts';
import { HAS_TCP_FLAGS, IS_TUPLE, type PacketBatch } from '../packet/batch.ts';
import type { MatchTable } from '../table/match-table.ts';
import { podAt } from '../table/pods.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { type Evidence, type EvidenceExample, SHOWN, type ShownWord } from '../verdict/evidence.ts';
import { DROPPED, FORWARDED, VERDICTS } from '../verdict/reasons.ts';
import { addressText } from './agreeing.ts';

const SYN = 2;
const RST = 4;
const ACK = 16;
/** Connections that wait for an answer at once. */
const MAX_OPEN = 1 << 16;
/** Examples of each kind. */
const MAX_EXAMPLES = 5;

type Opened = Omit<EvidenceExample, 'shown'> & { readonly verdict: EvidenceExample['verdict'] };

/**
 * Follows the SYNs of captures: was there a SYN-ACK, a RST or an ICMP error, or nothing until the end of the input? Whom
 * an answer belongs to is what replay's connection tracking says, so that it needs `track`.
 */
export class EvidenceTally {
  readonly #table: MatchTable;
  readonly #open = new Map<number, Opened>();
  readonly #counts = new Map<string, number>();
  readonly #examples = new Map<string, EvidenceExample[]>();
  #file: string | null = null;
  #connections = 0;
  #notFollowed = 0;

  constructor(table: MatchTable) {
    this.#table = table;
  }

  add(batch: PacketBatch, verdicts: VerdictBatch, file: string): void {
    if (file !== this.#file) this.#endFile();
    this.#file = file;
    for (let row = 0; row < batch.count; row++) {
      if ((batch.flags[row]! & IS_TUPLE) !== 0) continue;
      if (isSyn(batch, row)) {
        if (verdicts.opened[row] === 1) this.#opened(batch, verdicts, row, file);
      } else if (this.#open.size > 0 && verdicts.opener[row] !== 0) this.#followed(batch, verdicts, row);
    }
  }

  /** Ends the last input. Null when no TCP connection was seen to open. */
  end(): Evidence | null {
    this.#endFile();
    if (this.#connections === 0) return null;
    return {
      connections: this.#connections,
      table: VERDICTS.flatMap((verdict) =>
        SHOWN.map((shown) => ({ verdict, shown, connections: this.#counts.get(`${verdict} ${shown}`) ?? 0 })),
      ).filter(({ connections }) => connections > 0),
      examples: [...this.#examples.values()].flat(),
      notFollowed: this.#notFollowed,
    };
  }

  #opened(batch: PacketBatch, verdicts: VerdictBatch, row: number, file: string): void {
    this.#connections++;
    if (this.#open.size >= MAX_OPEN) {
      this.#notFollowed++;
      return;
    }
    const [src, dst] = [addressText(batch, row, true), addressText(batch, row, false)];
    this.#open.set(batch.n[row]!, {
      file,
      n: batch.n[row]!,
      src,
      dst,
      from: podAt(this.#table, src),
      to: podAt(this.#table, dst),
      dport: batch.destinationPort[row]!,
      verdict: VERDICTS[verdicts.verdict[row]!]!,
    });
  }

  /** A later packet of a connection: the first of the other end's, or about it, tells. */
  #followed(batch: PacketBatch, verdicts: VerdictBatch, row: number): void {
    const opener = verdicts.opener[row]!;
    const one = this.#open.get(opener);
    if (one === undefined || verdicts.reversed[row] === 0) return;
    const shown = shownBy(batch, row);
    if (shown === null) return;
    this.#open.delete(opener);
    this.#count(one, shown);
  }

  #endFile(): void {
    for (const one of this.#open.values()) this.#count(one, 'unanswered');
    this.#open.clear();
  }

  #count(one: Opened, shown: ShownWord): void {
    const key = `${one.verdict} ${shown}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    if (!speaksAgainst(one.verdict, shown)) return;
    const examples = this.#examples.get(key) ?? [];
    this.#examples.set(key, examples);
    if (examples.length < MAX_EXAMPLES) examples.push({ ...one, shown });
  }
}

/** What was dropped is not answered; what was forwarded usually is. */
const speaksAgainst = (verdict: EvidenceExample['verdict'], shown: ShownWord): boolean =>
  (verdict === VERDICTS[DROPPED] && shown === 'answered') || (verdict === VERDICTS[FORWARDED] && shown !== 'answered');

const isSyn = (batch: PacketBatch, row: number): boolean =>
  (batch.flags[row]! & HAS_TCP_FLAGS) !== 0 && (batch.tcpFlags[row]! & (SYN | ACK | RST)) === SYN;

function shownBy(batch: PacketBatch, row: number): ShownWord | null {
  if (hasIcmpType(batch.protocol[row]!)) return 'refused';
  if (batch.protocol[row] !== TCP || (batch.flags[row]! & HAS_TCP_FLAGS) === 0) return null;
  const flags = batch.tcpFlags[row]!;
  if ((flags & RST) !== 0) return 'refused';
  return (flags & (SYN | ACK)) === (SYN | ACK) ? 'answered' : null;
}
