/** Frames for bench/capture.ts: Ethernet, tags, IP and the first bytes of the transport, written where they belong. */
import { wordsOf } from '../src/net/address.ts';
import { ICMP, ICMPV6, SCTP, TCP, UDP } from '../src/net/protocol.ts';
import type { Flow } from './flows.ts';

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_ARP = 0x0806;
const TAG_INNER = 0x8100;
const TAG_OUTER = 0x88a8;
const ETHERNET_BYTES = 14;
const TTL = 64;
const MORE_FRAGMENTS = 0x2000;
/** Later fragments begin at this many units of eight bytes. */
const SECOND_FRAGMENT = 185;

/** What tells one packet of a flow from the next. */
export type Moment = {
  /** From the opener's destination back to it. */
  readonly reversed: boolean;
  readonly tcpFlags: number;
  /** No transport header: a later fragment of a fragmented flow. */
  readonly later: boolean;
  /** IP identification. */
  readonly id: number;
  /** Bytes behind the transport header. */
  readonly payload: number;
};

/** Bytes of the frame on the wire. */
export function frameBytes(flow: Flow, moment: Moment): number {
  const ip = flow.src.family === 6 ? 40 : flow.hasOptions ? 24 : 20;
  return ETHERNET_BYTES + flow.tags * 4 + ip + (moment.later ? 0 : transportBytes(flow.protocol)) + moment.payload;
}

const transportBytes = (protocol: number): number =>
  protocol === TCP ? 20 : protocol === SCTP ? 12 + 4 : 8 /* UDP, ICMP */;

/** Writes a frame's headers from `at` on; what lies behind them stays as it is. `view` has room for 128 bytes. */
export function writeFrame(view: DataView, at: number, flow: Flow, moment: Moment): void {
  const version6 = flow.src.family === 6;
  let next = writeEthernet(view, at, flow.tags, version6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
  const wire = frameBytes(flow, moment) - (next - at);
  next = version6 ? writeIpv6(view, next, flow, moment, wire) : writeIpv4(view, next, flow, moment, wire);
  if (!moment.later) writeTransport(view, next, flow, moment);
}

/** An ARP request, padded to the smallest frame. */
export function writeArp(view: DataView, at: number): number {
  const next = writeEthernet(view, at, 0, ETHERTYPE_ARP);
  view.setUint16(next, 1);
  view.setUint16(next + 2, ETHERTYPE_IPV4);
  view.setUint16(next + 4, 0x0604);
  view.setUint16(next + 6, 1);
  return 60;
}

function writeEthernet(view: DataView, at: number, tags: number, etherType: number): number {
  view.setUint32(at, 0x0200_5e00);
  view.setUint32(at + 4, 0x0001_0200);
  view.setUint32(at + 8, 0x5e00_0002);
  let next = at + 12;
  for (let tag = tags; tag > 0; tag--) {
    view.setUint16(next, tag === 2 ? TAG_OUTER : TAG_INNER);
    view.setUint16(next + 2, 100 + tag);
    next += 4;
  }
  view.setUint16(next, etherType);
  return next + 2;
}

function writeIpv4(view: DataView, at: number, flow: Flow, moment: Moment, totalBytes: number): number {
  const headerBytes = flow.hasOptions ? 24 : 20;
  const [from, to] = moment.reversed ? [flow.dst, flow.src] : [flow.src, flow.dst];
  view.setUint16(at, 0x4000 | ((headerBytes / 4) << 8));
  view.setUint16(at + 2, totalBytes);
  view.setUint16(at + 4, moment.id);
  view.setUint16(at + 6, flow.fragmented ? (moment.later ? SECOND_FRAGMENT : MORE_FRAGMENTS) : 0);
  view.setUint16(at + 8, (TTL << 8) | flow.protocol);
  view.setUint16(at + 10, 0);
  view.setUint32(at + 12, Number(from.value));
  view.setUint32(at + 16, Number(to.value));
  if (flow.hasOptions) view.setUint32(at + 20, 0x0101_0100); // no-operation three times, end of options
  view.setUint16(at + 10, checksum(view, at, headerBytes));
  return at + headerBytes;
}

/** The internet checksum of a header. Source: RFC 1071. */
function checksum(view: DataView, at: number, bytes: number): number {
  let sum = 0;
  for (let i = 0; i < bytes; i += 2) sum += view.getUint16(at + i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function writeIpv6(view: DataView, at: number, flow: Flow, moment: Moment, totalBytes: number): number {
  const [from, to] = moment.reversed ? [flow.dst, flow.src] : [flow.src, flow.dst];
  view.setUint32(at, 0x6000_0000);
  view.setUint16(at + 4, totalBytes - 40);
  view.setUint16(at + 6, (flow.protocol << 8) | TTL);
  [...wordsOf(from), ...wordsOf(to)].forEach((word, i) => {
    view.setUint32(at + 8 + i * 4, word);
  });
  return at + 40;
}

function writeTransport(view: DataView, at: number, flow: Flow, moment: Moment): void {
  const { protocol, sourcePort, destinationPort } = flow;
  if (protocol === ICMP || protocol === ICMPV6) {
    const answer = protocol === ICMP ? 0 : 129;
    view.setUint16(at, (moment.reversed ? answer : flow.icmpType!) << 8);
    view.setUint32(at + 4, 0x1234_0001);
    return;
  }
  view.setUint16(at, moment.reversed ? destinationPort! : sourcePort!);
  view.setUint16(at + 2, moment.reversed ? sourcePort! : destinationPort!);
  view.setUint32(at + 4, 0);
  if (protocol === UDP) view.setUint16(at + 4, 8 + moment.payload);
  if (protocol === SCTP) view.setUint32(at + 12, moment.tcpFlags === SYN ? 0x0100_0004 : 0x0000_0004);
  if (protocol !== TCP) return;
  view.setUint32(at + 8, 0);
  view.setUint16(at + 12, 0x5000 | moment.tcpFlags);
  view.setUint16(at + 14, 0xffff);
}

export const SYN = 2;
export const ACK = 16;
