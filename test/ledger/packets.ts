/**
 * Packets as the ledger writes them.
 *
 *     [@SECONDS] END[:PORT] > END[:PORT] PROTOCOL[/NUMBER[/NUMBER]] [WORD...] ['[' QUOTED ']']
 *
 *     y/a > x/a tcp/80                             the SYN of a new connection, from port 40000
 *     @5 x/a:80 > y/a:40000 tcp syn-ack            five seconds after the capture began
 *     y/a > x/a tcp6/80                            the same ends by their IPv6 addresses; likewise udp6, sctp6, icmp6
 *     y/a > x/a icmp                               an echo request; icmp/0 a reply; icmp/3/4 type and code
 *     198.51.100.1 > y/a icmp/3/4 [y/a > x/a tcp/80]     an error that quotes a packet
 *     y/a > x/a proto/47                           any other protocol, by number
 *     y/a > x/a udp/80 first                       the first of several fragments; `later`: one that follows it
 *     n1 > n2 udp/4789 vxlan [x/a > y/b tcp/80]     a tunnel; `proto/4 ipip [...]` likewise
 *     y/a > x/a tcp/80 cut=34                      only 34 bytes of the frame were captured
 *
 * An end is `namespace/pod`, a node's name, `ext` and `ext2` (outside), `namespace/service`, or an address.
 */
import type { Cluster } from '../../src/model/cluster.ts';
import { qualifiedName } from '../../src/model/endpoint.ts';
import { type Address, formatAddress, parseAddress } from '../../src/net/address.ts';
import type { FiveTuple } from '../../src/net/five-tuple.ts';
import { hasIcmpType, hasPorts, ICMP, ICMPV6, SCTP, TCP, UDP } from '../../src/net/protocol.ts';
import * as build from '../pcap-writer.ts';

/** Outside of the cluster, in both families. */
const OUTSIDE: ReadonlyMap<string, readonly string[]> = new Map([
  ['ext', ['203.0.113.9', '2001:db8:ffff::9']],
  ['ext2', ['198.51.100.2', '2001:db8:eeee::2']],
]);

/** RFC 6335: a port that nobody serves. */
const CLIENT_PORT = 40_000;
const ECHO_ID = 7;

const TCP_WORDS: ReadonlyMap<string, number> = new Map([
  ['syn', build.SYN],
  ['syn-ack', build.SYN | build.ACK],
  ['ack', build.ACK],
  ['fin', build.FIN | build.ACK],
  ['rst', build.RST],
  ['syn-fin', build.SYN | build.FIN],
]);

/** RFC 9260, section 3.2. */
const SCTP_WORDS: ReadonlyMap<string, number> = new Map([
  ['init', 1],
  ['data', 0],
  ['init-ack', 2],
  ['sack', 3],
  ['heartbeat', 4],
  ['heartbeat-ack', 5],
  ['abort', 6],
  ['shutdown', 7],
  ['shutdown-ack', 8],
  ['error', 9],
  ['cookie-echo', 10],
  ['cookie-ack', 11],
  ['shutdown-complete', 14],
]);

const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['tcp', TCP],
  ['udp', UDP],
  ['sctp', SCTP],
  ['icmp', ICMP],
]);

export type Packet = {
  readonly text: string;
  readonly tuple: FiveTuple;
  /** An Ethernet frame; shorter than the packet when it was cut. */
  readonly frame: Uint8Array;
  readonly wireBytes: number;
  /** Since the capture began; null: right after the packet before. */
  readonly seconds: number | null;
};

const SHAPE =
  /^(?:@(?<at>[\d.]+) )?(?<src>\S+) > (?<dst>\S+) (?<protocol>[a-z]+)(?<six>6?)(?<numbers>(?:\/\d+)*)(?<words>[^[]*)(?:\[(?<quoted>.*)\])?$/;

export function parsePacket(text: string, cluster: Cluster): Packet {
  const parts = SHAPE.exec(text.trim())?.groups;
  if (parts === undefined) throw new Error(`\`${text}\` is no packet`);
  const numbers = parts.numbers!.split('/').slice(1).map(Number);
  const words = parts.words!.split(' ').filter((word) => word !== '');
  const quoted = parts.quoted === undefined ? null : parsePacket(parts.quoted, cluster);
  const six = parts.six === '6' || parts.src!.includes('::') || parts.dst!.includes('::');
  const src = end(parts.src!, six, cluster);
  const dst = end(parts.dst!, six, cluster);
  const number = protocolOf(parts.protocol!, six, numbers);
  const tuple: FiveTuple = {
    src: src.address,
    dst: dst.address,
    protocol: number,
    sourcePort: hasPorts(number) ? (src.port ?? CLIENT_PORT) : null,
    destinationPort: hasPorts(number) ? (dst.port ?? numbers[0] ?? null) : null,
    icmpType: hasIcmpType(number) ? (numbers[0] ?? (six ? 128 : 8)) : null,
    icmpCode: hasIcmpType(number) ? (numbers[1] ?? 0) : null,
  };
  if (hasPorts(number) && tuple.destinationPort === null) throw new Error(`\`${text}\` lacks its destination port`);
  const frame = build.ethernet(packetOf(tuple, words, quoted));
  const cut = Number(words.find((word) => word.startsWith('cut='))?.slice(4) ?? frame.length);
  const readable = cut === frame.length && !words.includes('later');
  return {
    text,
    tuple: readable ? tuple : { ...tuple, sourcePort: null, destinationPort: null, icmpType: null, icmpCode: null },
    frame: frame.subarray(0, cut),
    wireBytes: frame.length,
    seconds: parts.at === undefined ? null : Number(parts.at),
  };
}

function protocolOf(word: string, six: boolean, numbers: readonly number[]): number {
  if (word === 'proto') return numbers[0]!;
  if (word === 'icmp' && six) return ICMPV6;
  const number = PROTOCOLS.get(word);
  if (number === undefined) throw new Error(`\`${word}\` is no protocol of the ledger's`);
  return number;
}

function end(text: string, six: boolean, cluster: Cluster): { address: Address; port: number | null } {
  const port = /^([^:]+):(\d+)$/.exec(text);
  const name = port?.[1] ?? text;
  const found = addressesOf(name, cluster).find((address) => address.family === (six ? 6 : 4));
  if (found === undefined) throw new Error(`nobody is called \`${name}\`, or has an address of the packet's family`);
  return { address: found, port: port === null ? null : Number(port[2]) };
}

function addressesOf(name: string, cluster: Cluster): readonly Address[] {
  const literal = parseAddress(name);
  if (literal !== null) return [literal];
  const outside = OUTSIDE.get(name);
  if (outside !== undefined) return outside.flatMap((text) => parseAddress(text) ?? []);
  return (
    cluster.endpoints.find((endpoint) => qualifiedName(endpoint) === name)?.addresses ??
    cluster.nodes.find((node) => node.name === name)?.addresses ??
    cluster.services.find((service) => qualifiedName(service) === name)?.addresses ??
    []
  );
}

function packetOf(tuple: FiveTuple, words: readonly string[], quoted: Packet | null): Uint8Array {
  const [src, dst] = [formatAddress(tuple.src), formatAddress(tuple.dst)];
  const payload = payloadOf(tuple, words, quoted);
  if (words.includes('first')) return build.ipv4(src, dst, tuple.protocol, payload, { moreFragments: true });
  if (words.includes('later')) return build.ipv4(src, dst, tuple.protocol, payload, { fragmentOffset: 1480 });
  return build.ip(src, dst, tuple.protocol, payload);
}

function payloadOf(tuple: FiveTuple, words: readonly string[], quoted: Packet | null): Uint8Array {
  const word = (known: ReadonlyMap<string, number>): number | undefined =>
    words.map((one) => known.get(one)).find((value) => value !== undefined);
  const [sport, dport] = [tuple.sourcePort!, tuple.destinationPort!];
  switch (tuple.protocol) {
    case TCP:
      return build.tcpHeader(sport, dport, word(TCP_WORDS) ?? build.SYN);
    case UDP:
      if (quoted !== null) return build.udpHeader(sport, dport, build.bytes(VXLAN_HEADER, quoted.frame));
      return build.udpHeader(sport, dport, build.hex('00 11 22 33'));
    case SCTP:
      return build.sctpHeader(sport, dport, word(SCTP_WORDS) ?? 1);
    case ICMP:
    case ICMPV6: {
      // A query has its identifier and sequence there, an error four bytes and the header that it quotes.
      const rest =
        quoted === null
          ? build.bytes(build.u16(ECHO_ID), build.u16(1))
          : build.bytes(build.u32(0), quotedBytes(quoted));
      return build.icmpHeader(tuple.icmpType!, tuple.icmpCode!, rest);
    }
    default:
      if (quoted !== null) return quotedBytes(quoted);
      return build.hex('00 11 22 33 44 55 66 77');
  }
}

/** RFC 7348, section 5: there is a network identifier, and it is 4096. */
const VXLAN_HEADER = build.hex('08000000 00100000');
const ETHERNET_BYTES = 14;
const quotedBytes = (packet: Packet): Uint8Array => packet.frame.subarray(ETHERNET_BYTES);
