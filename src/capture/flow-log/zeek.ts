/**
 * Zeek's conn.log: a table with tabs and a head of `#` lines (`#fields` names the columns), or JSON lines. Fields:
 * Zeek's `base/protocols/conn/main.zeek`, "Conn::Info".
 *
 * A record is a connection with both of its directions: its originator is known, its packets and bytes are the sums
 * of both. It holds no verdict: a SYN without an answer may have been dropped, or nobody was there.
 */
import { hasPorts, ICMP, ICMPV6, protocolNumber } from '../../net/protocol.ts';
import type { Format } from '../format.ts';
import type { FlowRecord } from '../record.ts';
import { lineRecogniser } from '../text-head.ts';
import { lineFormat, MIXED_FAMILIES, objectFormat, type ReadLine, SKIPPED } from '../text-records.ts';
import { Columns } from './columns.ts';
import { JsonFields } from './json-fields.ts';
import { Time } from './time.ts';
import { addressAt, isWordAt, unsignedAt, wordBytes } from './values.ts';

const TAB = 9;
const HASH = 35;
const ASKED = [
  'ts',
  'id.orig_h',
  'id.orig_p',
  'id.resp_h',
  'id.resp_p',
  'proto',
  'ip_proto',
  'orig_pkts',
  'resp_pkts',
  'orig_ip_bytes',
  'resp_ip_bytes',
] as const;
const slotOf = (name: (typeof ASKED)[number]): number => ASKED.indexOf(name);

const TS = slotOf('ts');
const ORIG_H = slotOf('id.orig_h');
const ORIG_P = slotOf('id.orig_p');
const RESP_H = slotOf('id.resp_h');
const RESP_P = slotOf('id.resp_p');
const PROTO = slotOf('proto');
const IP_PROTO = slotOf('ip_proto');
const ORIG_PKTS = slotOf('orig_pkts');
const RESP_PKTS = slotOf('resp_pkts');
const ORIG_BYTES = slotOf('orig_ip_bytes');
const RESP_BYTES = slotOf('resp_ip_bytes');

/** `proto` of an ICMP connection is `icmp` for both families. */
const PROTOS = ['tcp', 'udp', 'icmp', 'sctp'].map((name) => ({ word: wordBytes(name), number: protocolNumber(name)! }));

/** Where the values of a line lie, whichever way it was written. */
type Found = { readonly from: Int32Array; readonly to: Int32Array };

export const zeek: Format = lineFormat(
  'zeek',
  lineRecogniser((line) => line.startsWith('#separator ') || line.startsWith('#fields\tts\t')),
  () => {
    const line = new ZeekLine();
    let columns: Columns | null = null;
    const read: ReadLine = (bytes, from, to, record) => {
      if (bytes[from] === HASH) {
        const [name, ...names] = new TextDecoder().decode(bytes.subarray(from, to)).split('\t');
        if (name === '#fields') columns = new Columns(names, ASKED, TAB);
        return SKIPPED;
      }
      if (columns === null) return 'stands before the line `#fields`';
      if (!columns.scan(bytes, from, to)) return 'has not as many columns as `#fields`';
      return line.read(columns, bytes, record);
    };
    return read;
  },
);

export const zeekJson: Format = objectFormat(
  'zeek-json',
  (value) => 'id.orig_h' in value && 'id.resp_h' in value,
  () => {
    const line = new ZeekLine();
    const fields = new JsonFields(ASKED.map((name) => name.replace('.', '\\.')));
    return (bytes, from, to, record) =>
      fields.scan(bytes, from, to) ? line.read(fields, bytes, record) : 'not a JSON object on one line';
  },
);

class ZeekLine {
  readonly #time = new Time();

  read(found: Found, bytes: Uint8Array, record: FlowRecord): string | null {
    const { from, to } = found;
    record.family = addressAt(bytes, from[ORIG_H]!, to[ORIG_H]!, record.src);
    const family = addressAt(bytes, from[RESP_H]!, to[RESP_H]!, record.dst);
    if (record.family === 0 || family === 0) return '`id.orig_h` or `id.resp_h` is no IPv4 or IPv6 address';
    if (family !== record.family) return MIXED_FAMILIES;
    record.protocol = protocolOf(found, bytes, family);
    if (record.protocol < 0) return '`proto` is none of tcp, udp, icmp, sctp, and there is no `ip_proto`';
    const first = number(found, bytes, ORIG_P);
    const second = number(found, bytes, RESP_P);
    if (hasPorts(record.protocol)) {
      if (first < 0 || first > 65_535 || second < 0 || second > 65_535) return 'a port is no number from 0 to 65535';
      record.sourcePort = first;
      record.destinationPort = second;
    } else if (record.protocol === ICMP || record.protocol === ICMPV6) {
      // Zeek keeps an ICMP message's type and code where the ports are.
      record.icmpType = first > 255 ? -1 : first;
      record.icmpCode = second > 255 ? -1 : second;
    }
    record.packets = Math.max(1, sum(found, bytes, ORIG_PKTS, RESP_PKTS));
    record.bytes = sum(found, bytes, ORIG_BYTES, RESP_BYTES);
    if (from[TS]! < 0) return null;
    if (!this.#time.readSeconds(bytes, from[TS]!, to[TS]!) && !this.#time.readDate(bytes, from[TS]!, to[TS]!))
      return '`ts` is neither seconds since 1970 nor an RFC 3339 time';
    this.#time.into(record);
    return null;
  }
}

const number = ({ from, to }: Found, bytes: Uint8Array, slot: number): number =>
  unsignedAt(bytes, from[slot]!, to[slot]!);

/** Of what is known of both directions; 0 when nothing is. */
const sum = (found: Found, bytes: Uint8Array, one: number, other: number): number =>
  Math.max(0, number(found, bytes, one)) + Math.max(0, number(found, bytes, other));

function protocolOf(found: Found, bytes: Uint8Array, family: number): number {
  for (let i = 0; i < PROTOS.length; i++) {
    const { word, number } = PROTOS[i]!;
    if (!isWordAt(bytes, found.from[PROTO]!, found.to[PROTO]!, word)) continue;
    return number === ICMP && family === 6 ? ICMPV6 : number;
  }
  const told = number(found, bytes, IP_PROTO);
  return told > 255 ? -1 : told;
}
