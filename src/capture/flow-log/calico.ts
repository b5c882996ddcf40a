/**
 * Calico's flow logs with addresses, as JSON lines: Enterprise's and Cloud's, as fluentd writes them or as
 * Elasticsearch gives them (`{"_source":{...}}`). Fields: Calico Enterprise's documentation, "Flow log data types".
 *
 * A record is a flow as one of its ends saw it (`reporter`), both directions summed up over an interval; its source
 * opened it. `action` is what policy decided at that end: egress at the source, ingress at the destination. Flows that
 * were aggregated have no source port, or no addresses at all: those are rejected, as is the logs' other form, which
 * names endpoints and never has addresses (Goldmane, Whisker).
 */
import { hasPorts, ICMP, ICMPV6, protocolNumber } from '../../net/protocol.ts';
import { RECORDED_DROPPED, RECORDED_FORWARDED, RECORDED_OF_EGRESS, RECORDED_OF_INGRESS } from '../../packet/batch.ts';
import type { FlowRecord } from '../record.ts';
import { MIXED_FAMILIES, objectFormat } from '../text-records.ts';
import { JsonFields } from './json-fields.ts';
import { Time } from './time.ts';
import { isWordAt, unsignedAt, wordBytes } from './values.ts';

const PATHS = [
  'start_time',
  'action',
  'reporter',
  'source_ip',
  'dest_ip',
  'source_port',
  'dest_port',
  'proto',
  'packets_in',
  'packets_out',
  'bytes_in',
  'bytes_out',
  'policies.all_policies',
  'policies.enforced_policies',
] as const;
const slotOf = (name: (typeof PATHS)[number]): number => PATHS.indexOf(name);

const START = slotOf('start_time');
const ACTION = slotOf('action');
const REPORTER = slotOf('reporter');
const SOURCE = slotOf('source_ip');
const DESTINATION = slotOf('dest_ip');
const SOURCE_PORT = slotOf('source_port');
const DESTINATION_PORT = slotOf('dest_port');
const PROTO = slotOf('proto');
const PACKETS = [slotOf('packets_in'), slotOf('packets_out')] as const;
const BYTES = [slotOf('bytes_in'), slotOf('bytes_out')] as const;
const ALL_POLICIES = slotOf('policies.all_policies');
const ENFORCED_POLICIES = slotOf('policies.enforced_policies');

const ALLOW = wordBytes('allow');
const DENY = wordBytes('deny');
const AT_SOURCE = wordBytes('src');
const AT_DESTINATION = wordBytes('dst');
/** `icmp6` is Calico's name; the others are the protocols' own. */
const PROTOS = [
  { name: 'tcp', number: protocolNumber('tcp')! },
  { name: 'udp', number: protocolNumber('udp')! },
  { name: 'icmp', number: ICMP },
  { name: 'icmp6', number: ICMPV6 },
  { name: 'sctp', number: protocolNumber('sctp')! },
].map(({ name, number }) => ({ word: wordBytes(name), number }));

type Fields = { readonly [key: string]: unknown };

/** Both ends by address, aggregated or not, and who reported: of the flow itself or of what Elasticsearch wraps. */
export const isCalicoFlow = (value: Fields): boolean => {
  const flow = typeof value._source === 'object' && value._source !== null ? (value._source as Fields) : value;
  return ['source_ip', 'dest_ip', 'reporter', 'action'].every((name) => name in flow);
};

export const calico = objectFormat('calico', isCalicoFlow, () => {
  const line = new CalicoLine();
  return (bytes, from, to, record) => line.read(bytes, from, to, record);
});

class CalicoLine {
  readonly #fields = new JsonFields(PATHS, '_source');
  readonly #time = new Time();
  #bytes: Uint8Array = new Uint8Array(0);

  read(bytes: Uint8Array, from: number, to: number, record: FlowRecord): string | null {
    const fields = this.#fields;
    if (!fields.scan(bytes, from, to)) return 'not a JSON object on one line';
    this.#bytes = bytes;
    if (!fields.has(SOURCE) || !fields.has(DESTINATION))
      return '`source_ip` or `dest_ip` is null: flows that were aggregated by name are not read';
    record.family = this.#fields.address(SOURCE, record.src);
    const family = this.#fields.address(DESTINATION, record.dst);
    if (record.family === 0 || family === 0) return '`source_ip` or `dest_ip` is no IPv4 or IPv6 address';
    if (family !== record.family) return MIXED_FAMILIES;
    record.protocol = this.#protocol();
    if (record.protocol < 0) return '`proto` is none of tcp, udp, icmp, icmp6, sctp, nor a number from 0 to 255';
    if (hasPorts(record.protocol)) {
      record.sourcePort = this.#number(SOURCE_PORT);
      record.destinationPort = this.#number(DESTINATION_PORT);
      if (record.sourcePort > 65_535 || record.destinationPort > 65_535) return 'a port is no number from 0 to 65535';
    }
    record.packets = Math.max(1, this.#sum(PACKETS));
    record.bytes = this.#sum(BYTES);
    this.#verdict(record);
    return this.#readTime(record);
  }

  #readTime(record: FlowRecord): string | null {
    const { from, to } = this.#fields;
    if (!this.#fields.has(START)) return null;
    if (
      !this.#time.readSeconds(this.#bytes, from[START]!, to[START]!) &&
      !this.#time.readDate(this.#bytes, from[START]!, to[START]!)
    )
      return '`start_time` is neither seconds since 1970 nor an RFC 3339 time';
    this.#time.into(record);
    return null;
  }

  #verdict(record: FlowRecord): void {
    if (this.#fields.isWord(ACTION, ALLOW)) record.recorded = RECORDED_FORWARDED;
    else if (this.#fields.isWord(ACTION, DENY)) record.recorded = RECORDED_DROPPED;
    if (this.#fields.isWord(REPORTER, AT_SOURCE)) record.recordedBy = RECORDED_OF_EGRESS;
    else if (this.#fields.isWord(REPORTER, AT_DESTINATION)) record.recordedBy = RECORDED_OF_INGRESS;
    const policies = this.#fields.has(ENFORCED_POLICIES) ? ENFORCED_POLICIES : ALL_POLICIES;
    if (!this.#fields.has(policies)) return;
    record.wordsAt = this.#fields.from[policies]!;
    record.wordsBytes = this.#fields.to[policies]! - record.wordsAt;
  }

  #protocol(): number {
    const { from, to } = this.#fields;
    for (let i = 0; i < PROTOS.length; i++)
      if (isWordAt(this.#bytes, from[PROTO]!, to[PROTO]!, PROTOS[i]!.word)) return PROTOS[i]!.number;
    const number = this.#number(PROTO);
    return number > 255 ? -1 : number;
  }

  #sum([one, other]: readonly [number, number]): number {
    return Math.max(0, this.#number(one)) + Math.max(0, this.#number(other));
  }

  #number(slot: number): number {
    return unsignedAt(this.#bytes, this.#fields.from[slot]!, this.#fields.to[slot]!);
  }
}
