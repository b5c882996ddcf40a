import { ESP } from '../net/protocol.ts';
import { IS_ENCRYPTED, type PacketBatch } from '../packet/batch.ts';
import { ESP_PORT } from '../packet/tunnel/esp.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { FLAGS, REASONS, VERDICTS } from '../verdict/reasons.ts';
import { type Amount, noAmount, type Tally } from '../verdict/tally.ts';
import type { Clock } from './clock.ts';
import { Conversations } from './conversations.ts';
import { FLAG_DUPLICATE } from './duplicates.ts';
import { SLICE_ROWS } from './slice.ts';

/** Amounts lie together: packets, bytes, connections. */
const AMOUNTS = 3;

/** Counts rows and their verdicts in typed arrays; makes words of them when it is asked for a tally. */
export class Count {
  #rows = 0;
  #outcomes = new Float64Array(VERDICTS.length * REASONS.length * AMOUNTS);
  #flags = new Float64Array(1 << FLAGS.length);
  /** By finding: all that the table can make. */
  #findings: Float64Array;
  #conversations = new Conversations();
  #hasHosts: boolean;
  #duplicates = noAmount();
  #encrypted = { wireguard: 0, esp: 0 };

  constructor(table: MatchTable) {
    const { count, general } = table.decisions;
    this.#hasHosts = table.hosts != null;
    this.#findings = new Float64Array((count + table.profiles.count * general) * AMOUNTS);
  }

  /** Rows in their order. `mayRepeat`: there may be duplicates among them, which are left out of all other sums. */
  add(batch: PacketBatch, verdicts: VerdictBatch, from: number, to: number, mayRepeat: boolean): void {
    this.#rows += to - from;
    for (let next = from; next < to; ) {
      const end = mayRepeat ? nextDuplicate(verdicts, next, to) : to;
      for (let at = next; at < end; at += SLICE_ROWS) this.#add(batch, verdicts, at, Math.min(at + SLICE_ROWS, end));
      if (end < to) this.#repeat(batch, end);
      next = end + 1;
    }
  }

  #repeat({ packets, bytes }: PacketBatch, row: number): void {
    this.#duplicates.packets += packets[row]!;
    this.#duplicates.bytes += bytes[row]!;
    this.#flags[FLAG_DUPLICATE]! += packets[row]!;
  }

  /** At most SLICE_ROWS rows. */
  #add(batch: PacketBatch, verdicts: VerdictBatch, from: number, to: number): void {
    const { packets, bytes } = batch;
    const { verdict, reason, opened, flags, egress, ingress } = verdicts;
    const outcomes = this.#outcomes;
    for (let row = from; row < to; row++) {
      const at = (verdict[row]! * REASONS.length + reason[row]!) * AMOUNTS;
      outcomes[at]! += packets[row]!;
      outcomes[at + 1]! += bytes[row]!;
      outcomes[at + 2]! += opened[row]!;
    }
    for (let row = from; row < to; row++) if (flags[row] !== 0) this.#flags[flags[row]!]! += packets[row]!;
    this.#countFindings(batch, egress, opened, from, to);
    this.#countFindings(batch, ingress, opened, from, to);
    if (this.#hasHosts) {
      this.#countHosts(batch, verdicts.hostEgress, opened, from, to);
      this.#countHosts(batch, verdicts.hostIngress, opened, from, to);
    }
    this.#conversations.add(batch, verdicts, from, to);
    this.#countEncrypted(batch, from, to);
  }

  #countEncrypted({ flags, protocol, destinationPort, packets }: PacketBatch, from: number, to: number): void {
    let any = 0;
    for (let row = from; row < to; row++) any |= flags[row]!;
    if ((any & IS_ENCRYPTED) === 0) return;
    for (let row = from; row < to; row++) {
      if ((flags[row]! & IS_ENCRYPTED) === 0) continue;
      const isEsp = protocol[row] === ESP || destinationPort[row] === ESP_PORT;
      this.#encrypted[isEsp ? 'esp' : 'wireguard'] += packets[row]!;
    }
  }

  #countFindings(batch: PacketBatch, findings: Uint32Array, opened: Uint8Array, from: number, to: number): void {
    const { packets, bytes } = batch;
    const amounts = this.#findings;
    for (let row = from; row < to; row++) {
      const at = findings[row]! * AMOUNTS;
      amounts[at]! += packets[row]!;
      amounts[at + 1]! += bytes[row]!;
      amounts[at + 2]! += opened[row]!;
    }
  }

  /** Findings and 1 more, 0 where nobody was asked. */
  #countHosts(batch: PacketBatch, findings: Uint32Array, opened: Uint8Array, from: number, to: number): void {
    const { packets, bytes } = batch;
    const amounts = this.#findings;
    for (let row = from; row < to; row++) {
      if (findings[row] === 0) continue;
      const at = (findings[row]! - 1) * AMOUNTS;
      amounts[at]! += packets[row]!;
      amounts[at + 1]! += bytes[row]!;
      amounts[at + 2]! += opened[row]!;
    }
  }

  /** What was counted so far, as a value of its own. */
  tally(clock: Clock, evictions: number, datagramsForgotten: number): Tally {
    const amounts = VERDICTS.map((_, verdict) => REASONS.map((_, reason) => this.#outcome(verdict, reason)));
    return {
      rows: this.#rows,
      verdicts: [sum(amounts[0]!), sum(amounts[1]!), sum(amounts[2]!)],
      reasons: REASONS.map((_, reason) => sum(amounts.map((row) => row[reason]!))),
      flags: FLAGS.map((_, flag) =>
        this.#flags.reduce((total, n, bits) => ((bits >> flag) & 1 ? total + n : total), 0),
      ),
      findings: this.#hits(),
      conversations: this.#conversations.list(),
      crowdedOut: this.#conversations.crowdedOut,
      evictions,
      datagramsForgotten,
      duplicates: { ...this.#duplicates },
      encrypted: { ...this.#encrypted },
      backwards: clock.backwards,
      firstSeconds: clock.first,
      lastSeconds: clock.last,
    };
  }

  #outcome(verdict: number, reason: number): Amount {
    return amountAt(this.#outcomes, verdict * REASONS.length + reason);
  }

  #hits(): Map<number, Amount> {
    const hits = new Map<number, Amount>();
    for (let finding = 0; finding * AMOUNTS < this.#findings.length; finding++)
      if (this.#findings[finding * AMOUNTS] !== 0) hits.set(finding, amountAt(this.#findings, finding));
    return hits;
  }
}

/** The first duplicate of rows [from, to), or `to`. */
function nextDuplicate({ flags }: VerdictBatch, from: number, to: number): number {
  let row = from;
  while (row < to && (flags[row]! & FLAG_DUPLICATE) === 0) row++;
  return row;
}

const amountAt = (amounts: Float64Array, i: number): Amount => ({
  packets: amounts[i * AMOUNTS]!,
  bytes: amounts[i * AMOUNTS + 1]!,
  connections: amounts[i * AMOUNTS + 2]!,
});

const sum = (amounts: readonly Amount[]): Amount => ({
  packets: amounts.reduce((total, a) => total + a.packets, 0),
  bytes: amounts.reduce((total, a) => total + a.bytes, 0),
  connections: amounts.reduce((total, a) => total + a.connections, 0),
});
