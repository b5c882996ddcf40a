/**
 * AWS VPC flow logs as text: fields parted by a space, `-` for what is absent. Files of S3 begin with a line of field
 * names, in whatever order and selection was configured; without one (CloudWatch) the default format of version 2 is
 * read. Fields: Amazon VPC User Guide, "Flow log records".
 *
 * `action` is the verdict of security groups and network ACLs: of a firewall before the cluster. Each direction of a
 * connection is a record of its own, and no record says which opened it, but by the TCP flags that were seen.
 */
import { hasPorts } from '../../net/protocol.ts';
import { RECORDED_BY_CLOUD, RECORDED_DROPPED, RECORDED_FORWARDED } from '../../packet/batch.ts';
import type { Format } from '../format.ts';
import { BY_DESTINATION, BY_NOBODY_KNOWS, BY_SOURCE, type FlowRecord } from '../record.ts';
import { lineRecogniser } from '../text-head.ts';
import { lineFormat, MIXED_FAMILIES, type ReadLine, SKIPPED } from '../text-records.ts';
import { Columns } from './columns.ts';
import { Time } from './time.ts';
import { addressAt, isWordAt, unsignedAt, wordBytes } from './values.ts';

const SPACE = 32;
/** The default format. */
const VERSION_2 =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  );
const ASKED = [
  'srcaddr',
  'dstaddr',
  'pkt-srcaddr',
  'pkt-dstaddr',
  'srcport',
  'dstport',
  'protocol',
  'packets',
  'bytes',
  'start',
  'action',
  'log-status',
  'tcp-flags',
];
const slotOf = (name: string): number => ASKED.indexOf(name);

const SRC = slotOf('srcaddr');
const DST = slotOf('dstaddr');
const PKT_SRC = slotOf('pkt-srcaddr');
const PKT_DST = slotOf('pkt-dstaddr');
const SRC_PORT = slotOf('srcport');
const DST_PORT = slotOf('dstport');
const PROTOCOL = slotOf('protocol');
const PACKETS = slotOf('packets');
const BYTES = slotOf('bytes');
const START = slotOf('start');
const ACTION = slotOf('action');
const STATUS = slotOf('log-status');
const TCP_FLAGS = slotOf('tcp-flags');

const ACCEPT = wordBytes('ACCEPT');
const REJECT = wordBytes('REJECT');
const NODATA = wordBytes('NODATA');
const SKIPDATA = wordBytes('SKIPDATA');
const SYN = 2;
const SYN_ACK = 18;

/** Names as the guide spells them; exports to tables write `_` for `-`. */
const namesOf = (line: string): string[] =>
  line
    .trim()
    .split(/ +/)
    .map((name) => name.replaceAll('_', '-'));

/** A header names both ends, and nothing but fields. */
const isHeader = (line: string): boolean => {
  const names = namesOf(line);
  const has = (...either: readonly string[]): boolean => either.some((name) => names.includes(name));
  return (
    has('srcaddr', 'pkt-srcaddr') && has('dstaddr', 'pkt-dstaddr') && names.every((name) => /^[a-z0-9-]+$/.test(name))
  );
};
const DEFAULT_LINE =
  /^2 \S+ \S+ \S+ \S+ (?:\d+|-) (?:\d+|-) (?:\d+|-) (?:\d+|-) (?:\d+|-) \d+ \d+ (?:ACCEPT|REJECT|-) (?:OK|NODATA|SKIPDATA)$/;

export const awsVpc: Format = lineFormat(
  'aws-vpc',
  lineRecogniser((line) => isHeader(line) || DEFAULT_LINE.test(line)),
  () => {
    let line: AwsLine | null = null;
    const read: ReadLine = (bytes, from, to, record) => {
      if (line !== null) return line.read(bytes, from, to, record);
      const first = new TextDecoder().decode(bytes.subarray(from, to));
      if (!isHeader(first)) {
        line = new AwsLine(VERSION_2);
        return line.read(bytes, from, to, record);
      }
      line = new AwsLine(namesOf(first));
      return SKIPPED;
    };
    return read;
  },
);

/**
 * The fields that a log without a header has, as they were configured: `${srcaddr} ${dstaddr} ${action}`, or the names
 * alone. Null when they are no such list, or lack an end.
 */
export function awsFields(text: string): readonly string[] | null {
  const names = namesOf(text).map((name) => name.replace(/^\$\{([^{}]*)\}$/, '$1'));
  return isHeader(names.join(' ')) ? names : null;
}

/** The same log with these fields and no header: whoever names them says what the file is. */
export const awsVpcOf = (names: readonly string[]): Format =>
  lineFormat(
    awsVpc.name,
    lineRecogniser((line) => line.split(' ').length === names.length),
    () => {
      const line = new AwsLine(names);
      return (bytes, from, to, record) => line.read(bytes, from, to, record);
    },
  );

class AwsLine {
  readonly #columns: Columns;
  readonly #time = new Time();
  readonly #width: string;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(names: readonly string[]) {
    this.#columns = new Columns(names, ASKED, SPACE);
    this.#width = `expected ${names.length} fields`;
  }

  read(bytes: Uint8Array, from: number, to: number, record: FlowRecord): string | null {
    this.#bytes = bytes;
    if (!this.#columns.scan(bytes, from, to)) return this.#width;
    if (this.#isWord(STATUS, NODATA) || this.#isWord(STATUS, SKIPDATA)) return SKIPPED;
    record.family = this.#address(PKT_SRC, SRC, record.src);
    const family = this.#address(PKT_DST, DST, record.dst);
    if (record.family === 0 || family === 0) return 'an address is neither IPv4 nor IPv6';
    if (family !== record.family) return MIXED_FAMILIES;
    record.protocol = this.#number(PROTOCOL);
    if (record.protocol < 0 || record.protocol > 255) return '`protocol` is no number from 0 to 255';
    if (hasPorts(record.protocol)) {
      record.sourcePort = this.#number(SRC_PORT);
      record.destinationPort = this.#number(DST_PORT);
      if (record.sourcePort > 65_535 || record.destinationPort > 65_535) return 'a port is no number from 0 to 65535';
    }
    this.#rest(record);
    return null;
  }

  #rest(record: FlowRecord): void {
    const packets = this.#number(PACKETS);
    record.packets = packets < 0 ? 1 : packets;
    record.bytes = Math.max(0, this.#number(BYTES));
    const { from, to } = this.#columns;
    if (from[START]! >= 0 && this.#time.readSeconds(this.#bytes, from[START]!, to[START]!)) this.#time.into(record);
    if (this.#isWord(ACTION, ACCEPT)) record.recorded = RECORDED_FORWARDED;
    else if (this.#isWord(ACTION, REJECT)) record.recorded = RECORDED_DROPPED;
    record.recordedBy = RECORDED_BY_CLOUD;
    const flags = this.#number(TCP_FLAGS);
    if (flags <= 0 || (flags & SYN) === 0) record.openedBy = BY_NOBODY_KNOWS;
    else record.openedBy = (flags & SYN_ACK) === SYN_ACK ? BY_DESTINATION : BY_SOURCE;
  }

  /** The address within the packet where the log has it: of an interface with many, the other is its first. */
  #address(packet: number, other: number, out: Int32Array): number {
    const { from, to } = this.#columns;
    const family = addressAt(this.#bytes, from[packet]!, to[packet]!, out);
    return family !== 0 ? family : addressAt(this.#bytes, from[other]!, to[other]!, out);
  }

  #isWord(slot: number, word: Uint8Array): boolean {
    return isWordAt(this.#bytes, this.#columns.from[slot]!, this.#columns.to[slot]!, word);
  }

  #number(slot: number): number {
    return unsignedAt(this.#bytes, this.#columns.from[slot]!, this.#columns.to[slot]!);
  }
}
