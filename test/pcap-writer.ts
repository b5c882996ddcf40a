/** Captures and frames for tests, built byte by byte from what a test says. */
import { parseAddress, wordsOf } from '../src/net/address.ts';

export type RecordOptions = {
  readonly seconds?: number;
  /** In the file's own unit: microseconds, or nanoseconds when the file has them. */
  readonly fraction?: number;
  /** Bytes on the wire, when more than were captured. */
  readonly wireBytes?: number;
};
export type PcapRecord = Uint8Array | ({ readonly frame: Uint8Array } & RecordOptions);
export type PcapOptions = {
  /** LINKTYPE_ number, EN10MB when left out. May carry the checksum bits of the network field. */
  readonly linkType?: number;
  readonly nano?: boolean;
  readonly bigEndian?: boolean;
  /** Records with 8 more bytes. */
  readonly kuznetzov?: boolean;
  readonly snaplen?: number;
};

/** A pcap file. Records without a time are one second apart, from 2026-08-01. */
export function pcap(records: readonly PcapRecord[], options: PcapOptions = {}): Buffer {
  const { linkType = 1, nano = false, bigEndian = false, kuznetzov = false, snaplen = 262_144 } = options;
  const word = (value: number): Buffer => wordBytes(value, bigEndian);
  const half = (value: number): Buffer => (bigEndian ? u16(value) : Buffer.from(u16(value)).reverse());
  const magic = kuznetzov ? 0xa1b2cd34 : nano ? 0xa1b23c4d : 0xa1b2c3d4;
  const parts = [word(magic), half(2), half(4), word(0), word(0), word(snaplen), word(linkType)];
  records.forEach((record, i) => {
    const {
      frame,
      seconds = 1_785_542_400 + i,
      fraction = 0,
      wireBytes,
    } = 'frame' in record ? record : { frame: record };
    parts.push(word(seconds), word(fraction), word(frame.length), word(wireBytes ?? frame.length));
    if (kuznetzov) parts.push(Buffer.alloc(8));
    parts.push(Buffer.from(frame));
  });
  return Buffer.concat(parts);
}

function wordBytes(value: number, bigEndian: boolean): Buffer {
  const bytes = Buffer.alloc(4);
  if (bigEndian) bytes.writeUInt32BE(value >>> 0);
  else bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

export const u16 = (value: number): Buffer => Buffer.from([value >>> 8, value & 255]);
export const u32 = (value: number): Buffer => wordBytes(value, true);
export const hex = (text: string): Buffer => Buffer.from(text.replace(/[^0-9a-fA-F]/g, ''), 'hex');
export const bytes = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts);

/** An Ethernet frame around a packet; `tags` are the EtherTypes of its VLAN tags, outermost first. */
export function ethernet(packet: Uint8Array, tags: readonly number[] = []): Buffer {
  const type = packet[0]! >> 4 === 6 ? 0x86dd : 0x0800;
  const types = [...tags, type];
  const tagged = tags.map((_, i) => bytes(u16(100 + i), u16(types[i + 1]!)));
  return bytes(hex('020000000001 020000000002'), u16(types[0]!), ...tagged, packet);
}

/** Linux cooked capture, version 1 and 2: what `tcpdump -i any` writes. Packet type 4 is what the host sends. */
export const sll = (packet: Uint8Array, type = 0): Buffer =>
  bytes(u16(type), hex('0001 0006 020000000001 0000'), u16(packet[0]! >> 4 === 6 ? 0x86dd : 0x0800), packet);
export const sll2 = (packet: Uint8Array, device: number, type = 0): Buffer =>
  bytes(
    u16(packet[0]! >> 4 === 6 ? 0x86dd : 0x0800),
    u16(0),
    u32(device),
    hex('0001'),
    Buffer.from([type, 6]),
    hex('020000000001 0000'),
    packet,
  );

export type Ipv4Options = {
  readonly options?: Uint8Array;
  readonly id?: number;
  readonly moreFragments?: boolean;
  /** In bytes, a multiple of 8. */
  readonly fragmentOffset?: number;
  /** What the header says, when that is not the truth. */
  readonly totalLength?: number;
  readonly hops?: number;
};

export function ipv4(src: string, dst: string, protocol: number, payload: Uint8Array, o: Ipv4Options = {}): Buffer {
  const options = o.options ?? new Uint8Array(0);
  const words = 5 + options.length / 4;
  const fragment = (o.moreFragments ? 0x2000 : 0) | ((o.fragmentOffset ?? 0) / 8);
  const total = o.totalLength ?? words * 4 + payload.length;
  const start = bytes(Buffer.from([0x40 | words, 0]), u16(total), u16(o.id ?? 0x1234), u16(fragment));
  return bytes(start, Buffer.from([o.hops ?? 64, protocol, 0, 0]), address(src), address(dst), options, payload);
}

export type Ipv6Options = {
  /** Extension headers before the payload: the number of each, and its bytes behind the first (the next header). */
  readonly extensions?: readonly { readonly number: number; readonly rest: Uint8Array }[];
  readonly payloadLength?: number;
};

export function ipv6(src: string, dst: string, protocol: number, payload: Uint8Array, o: Ipv6Options = {}): Buffer {
  const extensions = o.extensions ?? [];
  const numbers = [...extensions.map((e) => e.number), protocol];
  const chain = bytes(...extensions.map((e, i) => bytes(Buffer.from([numbers[i + 1]!]), e.rest)), payload);
  const length = u16(o.payloadLength ?? chain.length);
  return bytes(hex('60000000'), length, Buffer.from([numbers[0]!, 64]), address(src), address(dst), chain);
}

/** Of a fragment: `rest` of extension header 44. */
export const fragmentHeader = (offset: number, more: boolean, id: number): { number: number; rest: Buffer } => ({
  number: 44,
  rest: bytes(Buffer.from([0]), u16(offset | (more ? 1 : 0)), u32(id)),
});

function address(text: string): Buffer {
  const parsed = parseAddress(text);
  if (parsed === null) throw new Error(`\`${text}\` is no address`);
  const words = wordsOf(parsed);
  return bytes(...(parsed.family === 4 ? words.slice(0, 1) : words).map(u32));
}

/** IPv4 or IPv6, as the addresses are. */
export const ip = (src: string, dst: string, protocol: number, payload: Uint8Array): Buffer =>
  (src.includes(':') ? ipv6 : ipv4)(src, dst, protocol, payload);

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const ACK = 16;

/** Transport headers alone. */
export const tcpHeader = (sport: number, dport: number, flags: number = SYN): Buffer =>
  bytes(u16(sport), u16(dport), u32(1), u32(flags & ACK ? 1 : 0), Buffer.from([0x50, flags]), hex('ffff 0000 0000'));
export const udpHeader = (sport: number, dport: number, payload: Uint8Array = new Uint8Array(0)): Buffer =>
  bytes(u16(sport), u16(dport), u16(8 + payload.length), u16(0), payload);
export const sctpHeader = (sport: number, dport: number, chunk = 1): Buffer =>
  bytes(u16(sport), u16(dport), u32(7), u32(0), Buffer.from([chunk, 0, 0, 4]));
/** `rest` follows the checksum: identifier and sequence of a query, or four bytes and the quote of an error. */
export const icmpHeader = (type: number, code = 0, rest: Uint8Array = u32(0)): Buffer =>
  bytes(Buffer.from([type, code, 0, 0]), rest);

/** Packets, without a link layer. */
export const tcp = (src: string, dst: string, sport: number, dport: number, flags: number = SYN): Buffer =>
  ip(src, dst, 6, tcpHeader(sport, dport, flags));
export const udp = (src: string, dst: string, sport: number, dport: number, payload?: Uint8Array): Buffer =>
  ip(src, dst, 17, udpHeader(sport, dport, payload));
export const sctp = (src: string, dst: string, sport: number, dport: number, chunk?: number): Buffer =>
  ip(src, dst, 132, sctpHeader(sport, dport, chunk));
/** ICMP or ICMPv6, as the addresses are. */
export const icmp = (src: string, dst: string, type: number, code?: number, rest?: Uint8Array): Buffer =>
  ip(src, dst, src.includes(':') ? 58 : 1, icmpHeader(type, code, rest));
