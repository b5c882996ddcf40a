import { openTraffic } from '../capture/open.ts';
import type { Said } from '../explain/explain.ts';
import { addressOfWords, type Family } from '../net/address.ts';
import type { FiveTuple } from '../net/five-tuple.ts';
import { HAS_ICMP, HAS_PORTS, type PacketBatch, SOURCE_PORT_UNTOLD } from '../packet/batch.ts';
import { createQuoted, readQuoted } from '../packet/quote.ts';
import type { Traffic } from '../packet/traffic.ts';
import { ICMP_ERROR, icmpRole, requestType } from '../replay/icmp.ts';
import type { ReplayOptions } from '../replay/options.ts';
import { replay } from '../replay/replay.ts';
import { describeFinding } from '../table/decisions.ts';
import { hostWords } from '../table/hosts.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { FLAGS, flagBit, REASONS, VERDICTS } from '../verdict/reasons.ts';
import { UsageError } from './io.ts';

/** What replay said of one record. */
export type Judged = {
  readonly said: Said;
  /** The record itself. */
  readonly own: FiveTuple;
  /** The opener that was judged for it, as far as the record tells. */
  readonly judged: FiveTuple;
  readonly reversed: boolean;
  /** 0 when there is none. */
  readonly opener: number;
};

export type Found = Judged & {
  readonly file: string;
  readonly n: number;
};

/**
 * Replays a capture up to its record `n`, and finds the packet that opened its connection.
 * @throws UsageError when there is no such packet
 */
export async function findPacket(
  table: MatchTable,
  open: () => Promise<Traffic>,
  n: number,
  options: ReplayOptions,
): Promise<Found> {
  const { traffic, judged } = await judgedAt(table, open, n, options);
  if (judged === null) throw new UsageError(missing(traffic, n));
  const found = { ...judged, file: traffic.file, n };
  if (judged.opener === 0) return found;
  // The opener's own tuple: what follows it may be an ICMP error, whose addresses are others.
  const opener = await judgedAt(table, open, judged.opener, options);
  return opener.judged === null ? found : { ...found, judged: opener.judged.judged };
}

/** What replay says of one connection that opens. */
export async function judgeLine(table: MatchTable, line: string, options: ReplayOptions): Promise<Judged> {
  const stdin = async function* (): AsyncIterable<Uint8Array> {
    yield new TextEncoder().encode(line);
  };
  const { judged } = await judgedAt(table, () => openTraffic('-', { stdin: stdin() }), 1, options);
  if (judged === null) throw new Error(`the tuple line ${line} was not read`);
  return judged;
}

async function judgedAt(
  table: MatchTable,
  open: () => Promise<Traffic>,
  n: number,
  options: ReplayOptions,
): Promise<{ readonly traffic: Traffic; readonly judged: Judged | null }> {
  const traffic = await open();
  const enough = new AbortController();
  const signal = AbortSignal.any([enough.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  let judged: Judged | null = null;
  await replay(table, [traffic], { ...options, signal }, (batch, verdicts) => {
    const row = batch.n.subarray(0, batch.count).indexOf(n);
    if (row >= 0) judged = judgedRow(table, batch, verdicts, row);
    if (batch.count > 0 && batch.n[batch.count - 1]! >= n) enough.abort();
  });
  options.signal?.throwIfAborted();
  return { traffic, judged };
}

function judgedRow(table: MatchTable, batch: PacketBatch, verdicts: VerdictBatch, row: number): Judged {
  const reversed = verdicts.reversed[row] === 1;
  const own = tupleOf(batch, row);
  const opener = verdicts.opener[row]!;
  return {
    said: {
      verdict: VERDICTS[verdicts.verdict[row]!]!,
      reason: REASONS[verdicts.reason[row]!]!,
      flags: FLAGS.filter((word) => (verdicts.flags[row]! & flagBit(word)) !== 0),
      egress: describeFinding(table, verdicts.egress[row]!),
      ingress: describeFinding(table, verdicts.ingress[row]!),
      hosts: {
        egress: hostWords(table, verdicts.hostEgress[row]!),
        ingress: hostWords(table, verdicts.hostIngress[row]!),
      },
    },
    own,
    judged: verdicts.opened[row] === 1 ? turned(own, reversed) : judgedFor(batch, row, own, reversed),
    reversed,
    opener,
  };
}

/** An ICMP error without a connection was judged for what it quotes; an answer for what it answers. */
function judgedFor(batch: PacketBatch, row: number, own: FiveTuple, reversed: boolean): FiveTuple {
  const isError = icmpRole(own.protocol, own.icmpType ?? 0) === ICMP_ERROR && own.icmpType !== null;
  if (isError && batch.quotedAt[row]! >= 0) {
    const quoted = createQuoted();
    if (readQuoted(quoted, batch.view, batch.quotedAt[row]!, batch.endAt[row]!)) {
      // The error runs against what it quotes: `reversed` says so of the error.
      const tuple = tupleOf(quoted, 0);
      return turned(tuple, !reversed);
    }
  }
  return turned(own, reversed);
}

const turned = (tuple: FiveTuple, reversed: boolean): FiveTuple => (reversed ? swapped(tuple) : tuple);

const swapped = (tuple: FiveTuple): FiveTuple => ({
  ...tuple,
  src: tuple.dst,
  dst: tuple.src,
  sourcePort: tuple.destinationPort,
  destinationPort: tuple.sourcePort,
  icmpType: tuple.icmpType === null ? null : requestType(tuple.protocol, tuple.icmpType),
});

function tupleOf(batch: PacketBatch, row: number): FiveTuple {
  const family = batch.family[row] as Family;
  const flags = batch.flags[row]!;
  const hasPorts = (flags & HAS_PORTS) !== 0;
  const hasIcmp = (flags & HAS_ICMP) !== 0;
  return {
    src: addressOfWords(family, batch.src0[row]!, batch.src1[row]!, batch.src2[row]!, batch.src3[row]!),
    dst: addressOfWords(family, batch.dst0[row]!, batch.dst1[row]!, batch.dst2[row]!, batch.dst3[row]!),
    protocol: batch.protocol[row]!,
    sourcePort: hasPorts && (flags & SOURCE_PORT_UNTOLD) === 0 ? batch.sourcePort[row]! : null,
    destinationPort: hasPorts ? batch.destinationPort[row]! : null,
    icmpType: hasIcmp ? batch.icmpType[row]! : null,
    icmpCode: hasIcmp ? batch.icmpCode[row]! : null,
  };
}

function missing({ file, counts, fault }: Traffic, n: number): string {
  if (counts.records >= n) return `option \`--packet\`: record ${n} of ${file} is no IP packet, or cannot be decoded`;
  const end = fault === null ? '' : `, and was not read to its end: ${fault.message}`;
  return `option \`--packet\`: ${file} has ${counts.records} records, and no record ${n}${end}`;
}
