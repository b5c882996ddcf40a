import { PROTOCOLS, protocolName } from '../net/protocol.ts';
import {
  HAS_ICMP,
  HAS_PORTS,
  IS_TUNNELLED,
  NO_TIME,
  type OuterColumns,
  type PacketBatch,
  SOURCE_PORT_UNTOLD,
} from '../packet/batch.ts';
import { hostFinding } from '../table/hosts.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { FLAGS, flagBit, REASONS, VERDICTS } from '../verdict/reasons.ts';
import { AddressTexts } from './address-texts.ts';
import { DecisionCache } from './decision-cache.ts';
import { toJson } from './escape.ts';

/** Pieces that every line is put together from, made once. */
const PROTO_JSON = Array.from({ length: PROTOCOLS }, (_, protocol) => toJson(protocolName(protocol)));
const FLAGS_JSON = Array.from({ length: 1 << FLAGS.length }, (_, bits) =>
  toJson(FLAGS.filter((word) => (bits & flagBit(word)) !== 0)),
);
const VERDICT_JSON = VERDICTS.flatMap((verdict) =>
  REASONS.map((reason) => `,"verdict":"${verdict}","reason":"${reason}","egress":`),
);
const OTHER_FILE = flagBit('opener-other-file');
const NO_PORTS = ',"sport":null,"dport":null';
const NO_ICMP = ',"icmpType":null,"icmpCode":null';

/**
 * Writes the lines of `-o ndjson`: one object a row, every key on every line in the order of the contract, unknown is
 * null. In a run of `several` inputs each line names its own after `n`.
 */
export class NdjsonWriter {
  readonly #table: MatchTable;
  readonly #decisions: DecisionCache;
  readonly #addresses = new AddressTexts();
  readonly #several: boolean;

  constructor(table: MatchTable, several: boolean) {
    this.#table = table;
    this.#decisions = new DecisionCache(table);
    this.#several = several;
  }

  /** The lines of one batch of an input, each ended by a newline; `shown` leaves out the rows where it is 0. */
  lines(batch: PacketBatch, verdicts: VerdictBatch, input: string, shown: Uint8Array | null = null): string {
    const decisions = this.#decisions;
    const addresses = this.#addresses;
    const file = this.#several ? `,"file":${toJson(input)}` : '';
    let out = '';
    for (let row = 0; row < batch.count; row++) {
      if (shown !== null && shown[row] === 0) continue;
      const flags = verdicts.flags[row]!;
      const opener = (flags & OTHER_FILE) === 0 ? verdicts.opener[row]! : 0;
      out += `{"n":${batch.n[row]}${file},"ts":${timeJson(batch, row)}${endsJson(batch, row, addresses)}${icmpJson(batch, row)}`;
      out += VERDICT_JSON[verdicts.verdict[row]! * REASONS.length + verdicts.reason[row]!]!;
      out += `${decisions.json(verdicts.egress[row]!)},"ingress":${decisions.json(verdicts.ingress[row]!)}`;
      out += `,"opener":${opener === 0 ? 'null' : opener},"flags":${FLAGS_JSON[flags]!}`;
      out += `,"outer":${(batch.flags[row]! & IS_TUNNELLED) === 0 ? 'null' : `{${endsJson(batch.outer, row, addresses).slice(1)}}`}`;
      const host = hostFinding(this.#table, verdicts.hostEgress[row]!, verdicts.hostIngress[row]!);
      out += `,"host":${host < 0 ? 'null' : decisions.json(host)}}\n`;
    }
    return out;
  }
}

/** Addresses, protocol and ports: the keys that a packet and the `outer` of a tunnel share. Begins with a comma. */
function endsJson(at: OuterColumns, row: number, addresses: AddressTexts): string {
  const family = at.family[row]!;
  const src = addresses.text(family, at.src0[row]!, at.src1[row]!, at.src2[row]!, at.src3[row]!);
  const dst = addresses.text(family, at.dst0[row]!, at.dst1[row]!, at.dst2[row]!, at.dst3[row]!);
  const flags = at.flags[row]!;
  const sport = (flags & SOURCE_PORT_UNTOLD) === 0 ? at.sourcePort[row] : 'null';
  const ports = (flags & HAS_PORTS) === 0 ? NO_PORTS : `,"sport":${sport},"dport":${at.destinationPort[row]}`;
  return `,"src":"${src}","dst":"${dst}","proto":${PROTO_JSON[at.protocol[row]!]}${ports}`;
}

const icmpJson = (batch: PacketBatch, row: number): string =>
  (batch.flags[row]! & HAS_ICMP) === 0
    ? NO_ICMP
    : `,"icmpType":${batch.icmpType[row]},"icmpCode":${batch.icmpCode[row]}`;

/** The time with the digits that the file has; a text log's own words for it. */
function timeJson(batch: PacketBatch, row: number): string {
  const text = batch.timeText[row] ?? null;
  if (text !== null) return toJson(text);
  const digits = batch.timeDigits[row]!;
  if (digits === NO_TIME) return 'null';
  if (digits === 0) return `"${batch.seconds[row]}"`;
  return `"${batch.seconds[row]}.${String(batch.nanos[row]).padStart(9, '0').slice(0, digits)}"`;
}
