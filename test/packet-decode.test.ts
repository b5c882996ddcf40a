/** IP and transport headers byte by byte, what is cut, and what lies. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BAD_HEADER_LENGTH, BAD_TOTAL_LENGTH, BAD_VERSION, CUT_IP } from '../src/packet/outcome.ts';
import { type Reading, type Row, read } from './packet-row.ts';
import {
  ACK,
  bytes,
  ethernet,
  fragmentHeader,
  hex,
  icmp,
  icmpHeader,
  ipv4,
  ipv6,
  SYN,
  sctp,
  sctpHeader,
  tcp,
  tcpHeader,
  u16,
  u32,
  udp,
  udpHeader,
} from './pcap-writer.ts';

const [a, b, A, B] = ['10.0.0.1', '10.0.0.2', 'fd00::1', 'fd00::2'];
const ends4 = { src: a, dst: b };
const ends6 = { src: A, dst: B };
const query = u32(0x00070001);
const quote = bytes(u32(0), udp(a, b, 4096, 53));
const dns = udpHeader(4096, 53);
const dnsPorts = { protocol: 17, ports: '4096 > 53' };
/** Extension headers of the least length, and of 24 bytes. */
const hopByHop = { number: 0, rest: hex('00 0104 00000000') };
const routing = { number: 43, rest: hex('02 00 00 00000000 00000000000000000000000000000000') };
const destination = { number: 60, rest: hex('00 0104 00000000') };
const authentication = { number: 51, rest: hex('01 0000 00000001 00000001') };

const cases: readonly (readonly [name: string, packet: Buffer, expected: Row | number, reading?: Reading])[] = [
  ['TCP', tcp(a, b, 40000, 80, SYN | ACK), { ...ends4, protocol: 6, ports: '40000 > 80', tcpFlags: 18 }],
  ['TCP over IPv6', tcp(A, B, 40000, 80), { ...ends6, protocol: 6, ports: '40000 > 80', tcpFlags: 2 }],
  ['UDP', udp(a, b, 4096, 53), { ...ends4, ...dnsPorts }],
  ['SCTP', sctp(a, b, 9000, 9001, 1), { ...ends4, protocol: 132, ports: '9000 > 9001', sctpChunk: 1 }],
  ['UDP-Lite', ipv4(a, b, 136, dns), { ...ends4, protocol: 136, ports: '4096 > 53' }],
  ['another protocol has no ports', ipv4(a, b, 33, dns), { ...ends4, protocol: 33 }],
  ['ESP', ipv6(A, B, 50, dns), { ...ends6, protocol: 50, encrypted: true }],
  ['an authentication header is the payload of IPv4', ipv4(a, b, 51, dns), { ...ends4, protocol: 51 }],
  ['echo', icmp(a, b, 8, 0, query), { ...ends4, protocol: 1, icmp: '8/0', icmpId: 7 }],
  ['echo reply', icmp(a, b, 0, 0, query), { ...ends4, protocol: 1, icmp: '0/0', icmpId: 7 }],
  ['timestamp', icmp(a, b, 13, 0, query), { ...ends4, protocol: 1, icmp: '13/0', icmpId: 7 }],
  ['address mask reply', icmp(a, b, 18, 0, query), { ...ends4, protocol: 1, icmp: '18/0', icmpId: 7 }],
  ['router advertisement has no identifier', icmp(a, b, 9, 0, query), { ...ends4, protocol: 1, icmp: '9/0' }],
  ['unreachable', icmp(a, b, 3, 3, quote), { ...ends4, protocol: 1, icmp: '3/3', quotedAt: 28 }],
  ['time exceeded', icmp(a, b, 11, 0, quote), { ...ends4, protocol: 1, icmp: '11/0', quotedAt: 28 }],
  ['unreachable without a quote', icmp(a, b, 3, 1, u32(0)), { ...ends4, protocol: 1, icmp: '3/1' }],
  ['ICMPv6 echo', icmp(A, B, 128, 0, query), { ...ends6, protocol: 58, icmp: '128/0', icmpId: 7 }],
  ['node information', icmp(A, B, 139, 0, query), { ...ends6, protocol: 58, icmp: '139/0', icmpId: 7 }],
  ['packet too big', icmp(A, B, 2, 0, quote), { ...ends6, protocol: 58, icmp: '2/0', quotedAt: 48 }],
  ['type 3 means two things', icmp(A, B, 8, 0, query), { ...ends6, protocol: 58, icmp: '8/0' }],
  ['neighbour solicitation', icmp(A, B, 135, 0, u32(0)), { ...ends6, protocol: 58, icmp: '135/0' }],

  ['options', ipv4(a, b, 17, dns, { options: hex('94040000 01010101') }), { ...ends4, ...dnsPorts }],
  ['60 bytes of header', ipv4(a, b, 17, dns, { options: Buffer.alloc(40, 1) }), { ...ends4, ...dnsPorts }],
  ['padding is not the packet', bytes(ipv4(a, b, 17, u16(4096)), u16(53)), { ...ends4, protocol: 17 }],
  ['a total length of 0', ipv4(a, b, 17, dns, { totalLength: 0 }), { ...ends4, ...dnsPorts }],
  ['a total length beyond the frame', ipv4(a, b, 17, dns, { totalLength: 4000 }), { ...ends4, ...dnsPorts }],
  ['a total length that ends behind the ports', ipv4(a, b, 17, dns, { totalLength: 24 }), { ...ends4, ...dnsPorts }],
  ['one that ends within them', ipv4(a, b, 17, dns, { totalLength: 23 }), { ...ends4, protocol: 17 }],
  ['one below the header', ipv4(a, b, 17, dns, { totalLength: 19 }), BAD_TOTAL_LENGTH],
  ['one of the header alone', ipv4(a, b, 17, dns, { totalLength: 20 }), { ...ends4, protocol: 17 }],
  ['a header length of 16', bytes(hex('44'), udp(a, b, 1, 2).subarray(1)), BAD_HEADER_LENGTH],
  ['version 5', bytes(hex('55'), udp(a, b, 1, 2).subarray(1)), BAD_VERSION],
  [
    'options that are cut',
    ipv4(a, b, 17, dns, { options: Buffer.alloc(40, 1) }).subarray(0, 40),
    { ...ends4, protocol: 17 },
  ],

  [
    'a first fragment',
    ipv4(a, b, 17, dns, { id: 0xabcd, moreFragments: true }),
    { ...ends4, ...dnsPorts, fragment: 'first 43981 @0' },
  ],
  [
    'a later fragment has no ports',
    ipv4(a, b, 17, dns, { id: 0xabcd, fragmentOffset: 1480 }),
    { ...ends4, protocol: 17, fragment: 'later 43981 @1480' },
  ],
  [
    'the last fragment that an offset can tell',
    ipv4(a, b, 6, dns, { id: 1, fragmentOffset: 65_528, moreFragments: true }),
    { ...ends4, protocol: 6, fragment: 'later 1 @65528' },
  ],
  [
    'a first fragment of IPv6',
    ipv6(A, B, 17, dns, { extensions: [fragmentHeader(0, true, 77)] }),
    { ...ends6, ...dnsPorts, fragment: 'first 77 @0' },
  ],
  [
    'a later fragment of IPv6',
    ipv6(A, B, 17, dns, { extensions: [hopByHop, fragmentHeader(1448, false, 77)] }),
    { ...ends6, protocol: 17, fragment: 'later 77 @1448' },
  ],
  [
    'an atomic fragment is whole',
    ipv6(A, B, 17, dns, { extensions: [fragmentHeader(0, false, 77)] }),
    { ...ends6, ...dnsPorts },
  ],
  [
    'a fragment of a fragment is not looked into', // it once took the place of the first, so a cut changed the answer
    ipv6(A, B, 17, dns, { extensions: [fragmentHeader(0, true, 77), fragmentHeader(1448, false, 78)] }),
    { ...ends6, protocol: 44, fragment: 'first 77 @0' },
  ],

  [
    'every extension header',
    ipv6(A, B, 17, dns, { extensions: [hopByHop, routing, destination, authentication, destination] }),
    { ...ends6, ...dnsPorts },
  ],
  ['32 extension headers', ipv6(A, B, 17, dns, { extensions: Array(32).fill(destination) }), { ...ends6, ...dnsPorts }],
  [
    '33 are beyond the limit',
    ipv6(A, B, 17, dns, { extensions: Array(33).fill(destination) }),
    { ...ends6, protocol: 60 },
  ],
  [
    'more than 2 kB of them are beyond the limit',
    ipv6(A, B, 17, dns, { extensions: [{ number: 60, rest: bytes(hex('ff'), Buffer.alloc(2046, 1)) }, destination] }),
    { ...ends6, protocol: 60 },
  ],
  [
    'an extension header longer than the packet',
    ipv6(A, B, 17, hex('0500000000000000'), { extensions: [{ number: 60, rest: hex('05') }] }),
    { ...ends6, protocol: 60 },
  ],
  ['no next header', ipv6(A, B, 59, dns), { ...ends6, protocol: 59 }],
  ['mobility is the payload', ipv6(A, B, 135, dns), { ...ends6, protocol: 135 }],
  ['a payload length of 0 means none', ipv6(A, B, 17, dns, { payloadLength: 0 }), { ...ends6, protocol: 17 }],
  [
    'but not in a jumbogram',
    ipv6(A, B, 17, dns, { payloadLength: 0, extensions: [hopByHop] }),
    { ...ends6, ...dnsPorts },
  ],
  ['nor in a big segment', ipv6(A, B, 17, dns, { payloadLength: 0 }), { ...ends6, ...dnsPorts }, { wireBytes: 70_000 }],
  ['a cut IPv6 header', ipv6(A, B, 17, dns).subarray(0, 39), CUT_IP],
  ['a cut IPv4 header', ipv4(a, b, 17, dns).subarray(0, 19), CUT_IP],
];

for (const [name, packet, expected, reading] of cases) test(name, () => assert.equal(read(packet, reading), expected));

const whole: readonly (readonly [name: string, packet: Buffer])[] = [
  ['TCP', tcp(a, b, 40000, 80)],
  ['UDP over IPv6', udp(A, B, 4096, 53)],
  ['SCTP with options', ipv4(a, b, 132, sctpHeader(1, 2), { options: hex('94040000') })],
  ['an ICMP error', icmp(a, b, 3, 3, quote)],
  ['an ICMPv6 query', icmp(A, B, 128, 0, query)],
  [
    'extension headers',
    ipv6(A, B, 6, tcpHeader(1, 2), { extensions: [hopByHop, routing, authentication, fragmentHeader(0, true, 5)] }),
  ],
  ['VXLAN', udp(a, b, 5000, 4789, bytes(hex('08000000 00100000'), ethernet(tcp(a, b, 1, 2))))],
];

// A cut frame may lose fields and never gains or changes one. Behind the cut there are bytes that must not be read.
for (const [name, packet] of whole)
  test(`${name}, cut at every byte, invents nothing`, () => {
    const known = new Map<string, unknown>();
    for (let length = 0; length <= packet.length; length++) {
      const row = read(packet.subarray(0, length));
      if (typeof row === 'number') {
        assert.is(known.size, 0, `a row of ${length - 1} bytes is lost with one more`);
        continue;
      }
      // While the chain of extension headers is cut, the protocol is that of the header that is missing.
      for (const [key, value] of known)
        if (key !== 'protocol') assert.equal(row[key as keyof Row], value, `${key} at ${length}`);
      for (const [key, value] of Object.entries(row)) known.set(key, value);
    }
    assert.equal(Object.fromEntries(known), read(packet));
  });

// Frames that machines sent, byte by byte: what the builders of these tests get wrong would show here.
const sent: readonly (readonly [name: string, frame: string, expected: Row])[] = [
  [
    'a SYN of Linux',
    '000000000000000000000000 0800 4500003c213b40004006017b0af401150af4010a bfc3153892db323800000000a002ffd7183500000204ffd70402080afa7fc7fb000000000103030a',
    { src: '10.244.1.21', dst: '10.244.1.10', protocol: 6, ports: '49091 > 5432', tcpFlags: SYN },
  ],
  [
    'a refusal of Linux',
    '000000000000000000000000080045c00039a90500004001b8f80af4010a0af401150303867a000000004500001d702040004011b2a90af401150af4010ac649270e0009182171',
    { src: '10.244.1.10', dst: '10.244.1.21', protocol: 1, icmp: '3/3', quotedAt: 42 },
  ],
  [
    'a neighbour solicitation, RFC 4861 section 4.3',
    '3333ff000002020000000001 86dd 6000000000203aff fe800000000000000000000000000001 ff0200000000000000000001ff000002 8700ffff00000000 fe800000000000000000000000000002 0101020000000001',
    { src: 'fe80::1', dst: 'ff02::1:ff00:2', protocol: 58, icmp: '135/0' },
  ],
];
for (const [name, frame, expected] of sent) test(name, () => assert.equal(read(hex(frame), { linkType: 1 }), expected));

test('an ICMP header is read as far as it goes', () => {
  const packet = ipv4(a, b, 1, icmpHeader(8, 0, query));
  assert.equal(read(packet.subarray(0, 21)), { ...ends4, protocol: 1 });
  assert.equal(read(packet.subarray(0, 22)), { ...ends4, protocol: 1, icmp: '8/0' });
  assert.equal(read(packet.subarray(0, 25)), { ...ends4, protocol: 1, icmp: '8/0' });
  assert.equal(read(packet.subarray(0, 26)), { ...ends4, protocol: 1, icmp: '8/0', icmpId: 7 });
});

test.run();
