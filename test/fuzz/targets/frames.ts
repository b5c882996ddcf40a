/** Link layer, tunnels, IP and transport, of every link type that is read; and the prefix that NFLOG records. */
import { createBatch, HAS_ICMP, HAS_PORTS, IS_TUNNELLED, type PacketBatch } from '../../../src/packet/batch.ts';
import { clearBatch } from '../../../src/packet/clear.ts';
import { decodeFrame } from '../../../src/packet/decode.ts';
import { linkTypes } from '../../../src/packet/link/registry.ts';
import { DECODED, NOT_IP, whyUndecodable } from '../../../src/packet/outcome.ts';
import {
  bytes,
  ethernet,
  fragmentHeader,
  hex,
  icmp,
  ipv4,
  ipv6,
  sctp,
  sll,
  sll2,
  tcp,
  u16,
  u32,
  udp,
  udpHeader,
} from '../../pcap-writer.ts';
import { check, type Target, text } from '../target.ts';

const packet = tcp('10.0.0.1', '10.0.0.2', 40000, 80);
const inner = ethernet(packet);
const options = { number: 0, rest: hex('00010400000000') };
const chain = Array.from({ length: 6 }, () => options);
/** Frames of Ethernet, that decoders see first of all. */
export const ETHERNET_FRAMES: readonly Uint8Array[] = [
  inner,
  ethernet(packet, [0x88a8, 0x8100]),
  ethernet(packet, Array(9).fill(0x8100)),
  ethernet(icmp('10.0.0.1', '10.0.0.2', 3, 3, bytes(u32(0), udp('10.0.0.2', '10.0.0.1', 1, 2)))),
  ethernet(icmp('fd00::1', 'fd00::2', 1, 4, bytes(u32(0), tcp('fd00::2', 'fd00::1', 1, 2)))),
  ethernet(sctp('fd00::1', 'fd00::2', 1, 2)),
  ethernet(ipv6('fd00::1', 'fd00::2', 17, udpHeader(1, 2), { extensions: [options, fragmentHeader(0, true, 7)] })),
  ethernet(ipv6('fd00::1', 'fd00::2', 17, udpHeader(1, 2), { extensions: [...chain, fragmentHeader(8, false, 7)] })),
  ethernet(ipv4('10.0.0.1', '10.0.0.2', 17, udpHeader(1, 2), { options: hex('94040000'), moreFragments: true })),
  ethernet(udp('10.0.0.1', '10.0.0.2', 5000, 4789, bytes(hex('08000000 00100000'), inner))),
  ethernet(udp('10.0.0.1', '10.0.0.2', 5000, 6081, bytes(hex('0000 6558 00001000'), inner))),
  ethernet(ipv4('10.0.0.1', '10.0.0.2', 47, bytes(hex('b000 6558 00000000 00000007 00000001'), inner))),
  ethernet(ipv4('10.0.0.1', '10.0.0.2', 4, ipv4('10.1.0.1', '10.1.0.2', 4, packet))),
  ethernet(ipv4('10.0.0.1', '10.0.0.2', 41, tcp('fd00::1', 'fd00::2', 1, 2))),
  ethernet(udp('10.0.0.1', '10.0.0.2', 51820, 51820, bytes(hex('04000000'), new Uint8Array(28)))),
  bytes(hex('020000000001 020000000002 8847 00001000 00002100'), packet),
  bytes(hex('020000000001 020000000002 8864 11000001'), u16(packet.length + 2), hex('0021'), packet),
];
const attribute = (type: number, value: Uint8Array): Buffer =>
  bytes(u16(4 + value.length).reverse(), u16(type).reverse(), value, new Uint8Array(-value.length & 3));
const nflogFrame = bytes(
  hex('02000001'),
  attribute(1, hex('08000300')),
  attribute(10, Buffer.from('DPI0|default.shop/web-in\0')),
  attribute(9, packet),
);
const numbers = [...linkTypes.keys()];
/** The input's first byte chooses the link type. */
const seedOf = (number: number, frame: Uint8Array): Uint8Array =>
  bytes(Uint8Array.of(Math.max(0, numbers.indexOf(number))), frame);

const batch = createBatch(1);

export const frames: Target = {
  name: 'frames',
  about: 'link layer, tunnels, IP, transport, of every link type; the prefix of NFLOG',
  full: 2_000_000,
  quick: 40_000,
  seeds: [
    ...ETHERNET_FRAMES.map((frame) => seedOf(1, frame)),
    ...[101, 12, 228, 229].map((number) => seedOf(number, packet)),
    seedOf(113, sll(packet)),
    seedOf(276, sll2(packet, 2)),
    seedOf(239, nflogFrame),
    seedOf(0, bytes(hex('02000000'), packet)),
    seedOf(9, bytes(hex('ff030021'), packet)),
  ],
  words: [hex('8100'), hex('86dd'), hex('0800'), hex('45000014'), hex('60000000'), ...text('APE0|', 'DPI12|a.b/c\0')],
  run: (input) => {
    if (input.length === 0) return false;
    const link = linkTypes.get(numbers[input[0]! % numbers.length]!)!;
    const peel = input[0]! < 128;
    const outcome = decodeInto(batch, input, 1, link, peel);
    if (outcome !== DECODED) return outcome === NOT_IP;
    checkRow(batch, input.length, peel);
    link.readRecorded?.(batch, 0, 1, input.length);
    return true;
  },
};

/** Reads the bytes from `at` on into the one row of a batch. A read behind them is a RangeError: the view ends there. */
export function decodeInto(
  into: PacketBatch,
  frame: Uint8Array<ArrayBuffer>,
  at: number,
  link: Parameters<typeof decodeFrame>[2],
  peel: boolean,
): number {
  into.buffer = frame;
  into.view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  into.count = 1;
  clearBatch(into);
  into.length[0] = frame.length;
  const outcome = decodeFrame(into, 0, link, at, frame.length, peel);
  check(outcome >= NOT_IP || !whyUndecodable(outcome).startsWith('unknown'), () => `outcome ${outcome} has no word`);
  return outcome;
}

/** Every field of a decoded row is within the frame, and none is there without its flag. */
export function checkRow(decoded: PacketBatch, end: number, peel: boolean): void {
  const { family, endAt, quotedAt, sourcePort, destinationPort, icmpType, icmpCode, src1, src2, src3, dst3 } = decoded;
  const flags = decoded.flags[0]!;
  check(family[0] === 4 || family[0] === 6, () => `family ${family[0]}`);
  check(endAt[0]! > 0 && endAt[0]! <= end, () => `ends at ${endAt[0]} of ${end}`);
  check(quotedAt[0] === -1 || (quotedAt[0]! > 0 && quotedAt[0]! < endAt[0]!), () => `quotes at ${quotedAt[0]}`);
  check((flags & HAS_PORTS) !== 0 || (sourcePort[0] === 0 && destinationPort[0] === 0), () => 'ports without the flag');
  check((flags & HAS_ICMP) !== 0 || (icmpType[0] === 0 && icmpCode[0] === 0), () => 'ICMP without the flag');
  check(peel || (flags & IS_TUNNELLED) === 0, () => 'peeled unasked');
  check(family[0] === 6 || (src1[0]! | src2[0]! | src3[0]! | dst3[0]!) === 0, () => 'IPv4 of more than one word');
}
