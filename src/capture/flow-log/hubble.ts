/**
 * Hubble's flow events, as JSON lines: `hubble observe -o jsonpb` and the exporter's files
 * (`{"flow":{...},"node_name":...,"time":...}`), and the older `-o json` (the flow alone). Fields: Cilium's API
 * definition `api/v1/flow/flow.proto`, in the names that protobuf's JSON mapping gives them: 64-bit numbers are
 * strings, what is zero or false is left out.
 *
 * An event stands for one packet. A verdict of network policy is told by events of the type policy-verdict (5), and by
 * drops (1) whose reason is a policy; traces (4) say where a packet came by, not what a policy said of it. Each
 * tells of one end: `traffic_direction`. Layer 7 and socket events are no packets.
 */
import { ICMP, ICMPV6, SCTP, TCP, UDP } from '../../net/protocol.ts';
import {
  RECORDED_BY_AUDIT,
  RECORDED_BY_OTHERS,
  RECORDED_DROPPED,
  RECORDED_FORWARDED,
  RECORDED_OF_EGRESS,
  RECORDED_OF_ENCRYPTED,
  RECORDED_OF_INGRESS,
} from '../../packet/batch.ts';
import { BY_DESTINATION, BY_NOBODY_KNOWS, BY_SOURCE, type FlowRecord } from '../record.ts';
import { MIXED_FAMILIES, objectFormat, SKIPPED } from '../text-records.ts';
import { JsonFields } from './json-fields.ts';
import { Time } from './time.ts';
import { unsignedAt, wordBytes } from './values.ts';

/** `oneof l4`: the field's name, what it is, and where its two numbers lie. */
const L4 = [
  { name: 'TCP', protocol: TCP, numbers: ['source_port', 'destination_port'] },
  { name: 'UDP', protocol: UDP, numbers: ['source_port', 'destination_port'] },
  { name: 'SCTP', protocol: SCTP, numbers: ['source_port', 'destination_port'] },
  { name: 'ICMPv4', protocol: ICMP, numbers: ['type', 'code'] },
  { name: 'ICMPv6', protocol: ICMPV6, numbers: ['type', 'code'] },
] as const;

const PATHS = [
  'time',
  'verdict',
  'drop_reason',
  'drop_reason_desc',
  'IP.source',
  'IP.destination',
  'IP.encrypted',
  'Type',
  'event_type.type',
  'traffic_direction',
  'is_reply',
  'egress_allowed_by',
  'ingress_allowed_by',
  'egress_denied_by',
  'ingress_denied_by',
  'l4.TCP.flags.SYN',
  'l4.TCP.flags.ACK',
  ...L4.flatMap(({ name, numbers }) => [`l4.${name}`, ...numbers.map((number) => `l4.${name}.${number}`)]),
];
const slotOf = (name: string): number => PATHS.indexOf(name);

const TIME = slotOf('time');
const VERDICT = slotOf('verdict');
const DROP_REASON = slotOf('drop_reason');
const DROP_REASON_DESC = slotOf('drop_reason_desc');
const SOURCE = slotOf('IP.source');
const DESTINATION = slotOf('IP.destination');
const ENCRYPTED = slotOf('IP.encrypted');
const TYPE = slotOf('Type');
const EVENT_TYPE = slotOf('event_type.type');
const DIRECTION = slotOf('traffic_direction');
const IS_REPLY = slotOf('is_reply');
const SYN = slotOf('l4.TCP.flags.SYN');
const ACK = slotOf('l4.TCP.flags.ACK');
const BY = {
  egress: { allowed: slotOf('egress_allowed_by'), denied: slotOf('egress_denied_by') },
  ingress: { allowed: slotOf('ingress_allowed_by'), denied: slotOf('ingress_denied_by') },
};
const L4_SLOTS = L4.map(({ name, protocol, numbers }) => ({
  protocol,
  at: slotOf(`l4.${name}`),
  first: slotOf(`l4.${name}.${numbers[0]}`),
  second: slotOf(`l4.${name}.${numbers[1]}`),
}));

const TRUE = wordBytes('true');
const FALSE = wordBytes('false');
const EGRESS = wordBytes('EGRESS');
const INGRESS = wordBytes('INGRESS');
const NOT_PACKETS = ['L7', 'SOCK'].map(wordBytes);
const FORWARDED = ['FORWARDED', 'REDIRECTED'].map(wordBytes);
const DROPPED = wordBytes('DROPPED');
const AUDIT = wordBytes('AUDIT');
/** Reasons of `enum DropReason` that are a policy's. */
const POLICY_REASONS = ['POLICY_DENIED', 'POLICY_DENY', 'AUTH_REQUIRED'].map(wordBytes);
const POLICY_NUMBERS = [133, 181, 189];
/** `event_type.type`, of Cilium's monitor. */
const EVENT_DROP = 1;
const EVENT_POLICY_VERDICT = 5;

type Fields = { readonly [key: string]: unknown };
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const OTHER_EVENTS = ['lost_events', 'node_status', 'agent_event', 'debug_event'];

/** A flow has an IP layer and a verdict or a type; other events of the same stream are told by their wrapping. */
function isHubble(value: Fields): boolean {
  if (OTHER_EVENTS.some((name) => isFields(value[name]))) return true;
  const flow = isFields(value.flow) ? value.flow : value;
  return isFields(flow.IP) && (typeof flow.verdict === 'string' || typeof flow.Type === 'string');
}

export const hubble = objectFormat('hubble', isHubble, () => {
  const line = new HubbleLine();
  return (bytes, from, to, record) => line.read(bytes, from, to, record);
});

class HubbleLine {
  readonly #fields = new JsonFields(PATHS, 'flow');
  readonly #time = new Time();
  #bytes: Uint8Array = new Uint8Array(0);

  read(bytes: Uint8Array, from: number, to: number, record: FlowRecord): string | null {
    const fields = this.#fields;
    if (!fields.scan(bytes, from, to)) return 'not a JSON object on one line';
    this.#bytes = bytes;
    if (!fields.has(SOURCE) && !fields.has(DESTINATION)) return SKIPPED;
    if (this.#fields.wordOf(TYPE, NOT_PACKETS) >= 0) return SKIPPED;
    record.family = this.#fields.address(SOURCE, record.src);
    if (record.family === 0) return '`IP.source` is no IPv4 or IPv6 address';
    const family = this.#fields.address(DESTINATION, record.dst);
    if (family !== record.family) return family === 0 ? '`IP.destination` is no IPv4 or IPv6 address' : MIXED_FAMILIES;
    const why = this.#transport(record);
    if (why !== null) return why;
    if (fields.has(TIME)) {
      if (!this.#time.readDate(bytes, fields.from[TIME]!, fields.to[TIME]!)) return '`time` is no RFC 3339 time';
      this.#time.into(record);
    }
    record.openedBy = this.#openedBy();
    this.#verdict(record);
    return null;
  }

  /** A number; 0 where it is left out, as protobuf's JSON does with zeros; -1 for what is none. */
  #number(slot: number): number {
    const { from, to } = this.#fields;
    return from[slot]! < 0 ? 0 : unsignedAt(this.#bytes, from[slot]!, to[slot]!);
  }

  #transport(record: FlowRecord): string | null {
    for (let i = 0; i < L4_SLOTS.length; i++) {
      const { protocol, at, first, second } = L4_SLOTS[i]!;
      if (!this.#fields.has(at)) continue;
      record.protocol = protocol;
      const one = this.#number(first);
      const two = this.#number(second);
      if (protocol === ICMP || protocol === ICMPV6) {
        if (one < 0 || one > 255 || two < 0 || two > 255) return 'the ICMP type or code is no number from 0 to 255';
        record.icmpType = one;
        record.icmpCode = two;
      } else {
        if (one < 0 || one > 65_535 || two < 0 || two > 65_535) return 'a port is no number from 0 to 65535';
        record.sourcePort = one;
        record.destinationPort = two;
      }
      return null;
    }
    return 'no `l4`: neither TCP, UDP, SCTP nor ICMP';
  }

  /** What is dropped by policy opened a connection: answers are never asked about. */
  #openedBy(): number {
    if (this.#fields.isWord(IS_REPLY, TRUE)) return BY_DESTINATION;
    if (this.#fields.isWord(IS_REPLY, FALSE) || this.#isPolicys()) return BY_SOURCE;
    if (!this.#fields.isWord(SYN, TRUE)) return BY_NOBODY_KNOWS;
    return this.#fields.isWord(ACK, TRUE) ? BY_DESTINATION : BY_SOURCE;
  }

  #isPolicys(): boolean {
    const event = this.#number(EVENT_TYPE);
    return event === EVENT_POLICY_VERDICT || (event === EVENT_DROP && this.#hasPolicyReason());
  }

  #hasPolicyReason(): boolean {
    if (this.#fields.has(DROP_REASON_DESC)) return this.#fields.wordOf(DROP_REASON_DESC, POLICY_REASONS) >= 0;
    return POLICY_NUMBERS.includes(this.#number(DROP_REASON));
  }

  #verdict(record: FlowRecord): void {
    if (this.#fields.isWord(ENCRYPTED, TRUE)) record.recordedBy |= RECORDED_OF_ENCRYPTED;
    const dropped = this.#fields.isWord(VERDICT, DROPPED);
    if (dropped && !this.#isPolicys()) {
      record.recorded = RECORDED_DROPPED;
      record.recordedBy |= RECORDED_BY_OTHERS;
      return;
    }
    if (!this.#isPolicys()) return;
    const audited = this.#fields.isWord(VERDICT, AUDIT);
    if (dropped || audited) record.recorded = RECORDED_DROPPED;
    else if (this.#fields.wordOf(VERDICT, FORWARDED) >= 0) record.recorded = RECORDED_FORWARDED;
    if (audited) record.recordedBy |= RECORDED_BY_AUDIT;
    const denied = dropped || audited;
    if (this.#fields.isWord(DIRECTION, EGRESS)) this.#decidedAt(record, RECORDED_OF_EGRESS, BY.egress, denied);
    else if (this.#fields.isWord(DIRECTION, INGRESS)) this.#decidedAt(record, RECORDED_OF_INGRESS, BY.ingress, denied);
  }

  /** The end, and the policies that it names there. */
  #decidedAt(record: FlowRecord, end: number, by: (typeof BY)['egress'], denied: boolean): void {
    record.recordedBy |= end;
    const slot = denied ? by.denied : by.allowed;
    if (!this.#fields.has(slot)) return;
    record.wordsAt = this.#fields.from[slot]!;
    record.wordsBytes = this.#fields.to[slot]! - record.wordsAt;
  }
}
