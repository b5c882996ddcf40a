/** Tunnels: told from plain traffic by a readable inner header, shown as such, or peeled. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { read } from './packet-row.ts';
import { bytes, ethernet, fragmentHeader, hex, ipv4, ipv6, tcp, udp, udpHeader } from './pcap-writer.ts';

const [a, b, A, B] = ['192.168.0.1', '192.168.0.2', 'fd01::1', 'fd01::2'];
const inner4 = tcp('10.0.0.1', '10.0.0.2', 40000, 80);
const inner6 = tcp('fd00::1', 'fd00::2', 40000, 80);
const row4 = { src: '10.0.0.1', dst: '10.0.0.2', protocol: 6, ports: '40000 > 80', tcpFlags: 2 };
const row6 = { src: 'fd00::1', dst: 'fd00::2', protocol: 6, ports: '40000 > 80', tcpFlags: 2 };
const vxlan = (frame: Uint8Array): Buffer => bytes(hex('08000000 00100000'), frame);
const geneve = (type: string, payload: Uint8Array, options = ''): Buffer =>
  bytes(hex(`${(options.length / 8).toString(16).padStart(2, '0')}00${type}00000100${options}`), payload);

const tunnels: readonly (readonly [name: string, packet: Buffer, inner: object, outer: string])[] = [
  ['VXLAN', udp(a, b, 5000, 4789, vxlan(ethernet(inner4))), row4, `${a} > ${b} 17 5000 > 4789`],
  ['VXLAN of Linux', udp(a, b, 5000, 8472, vxlan(ethernet(inner6))), row6, `${a} > ${b} 17 5000 > 8472`],
  [
    'VXLAN with a tag inside',
    udp(A, B, 5000, 4789, vxlan(ethernet(inner4, [0x8100]))),
    row4,
    `${A} > ${B} 17 5000 > 4789`,
  ],
  ['Geneve with Ethernet', udp(a, b, 5000, 6081, geneve('6558', ethernet(inner4))), row4, `${a} > ${b} 17 5000 > 6081`],
  ['Geneve with IPv4', udp(a, b, 5000, 6081, geneve('0800', inner4)), row4, `${a} > ${b} 17 5000 > 6081`],
  [
    'Geneve with options',
    udp(a, b, 5000, 6081, geneve('86dd', inner6, '0102800100000000')),
    row6,
    `${a} > ${b} 17 5000 > 6081`,
  ],
  ['IPIP', ipv4(a, b, 4, inner4), row4, `${a} > ${b} 4 0 > 0`],
  ['6in4', ipv4(a, b, 41, inner6), row6, `${a} > ${b} 41 0 > 0`],
  ['4in6', ipv6(A, B, 4, inner4), row4, `${A} > ${B} 4 0 > 0`],
  ['GRE', ipv4(a, b, 47, bytes(hex('0000 0800'), inner4)), row4, `${a} > ${b} 47 0 > 0`],
  ['GRE with a key', ipv4(a, b, 47, bytes(hex('2000 86dd 00000007'), inner6)), row6, `${a} > ${b} 47 0 > 0`],
  [
    'GRE with checksum, key, sequence',
    ipv4(a, b, 47, bytes(hex('b000 6558 00000000 00000007 00000001'), ethernet(inner4))),
    row4,
    `${a} > ${b} 47 0 > 0`,
  ],
  [
    'PPTP',
    ipv4(a, b, 47, bytes(hex('3081 880b 00000007 00000001 00000002 ff03 0021'), inner4)),
    row4,
    `${a} > ${b} 47 0 > 0`,
  ],
];

for (const [name, packet, inner, outer] of tunnels) {
  test(`${name} shows the packet inside when peeled`, () =>
    assert.equal(read(packet, { peel: true }), { ...inner, outer }));
  test(`${name} shows itself, marked, when not`, () => {
    const row = read(packet);
    assert.ok(typeof row === 'object' && row.tunnel === true && row.outer === undefined);
    assert.is(row.src, outer.split(' ')[0]);
  });
}

const plain: readonly (readonly [name: string, packet: Buffer])[] = [
  ['UDP to 4789 without the flag', udp(a, b, 5000, 4789, bytes(hex('00000000 00100000'), ethernet(inner4)))],
  ['UDP from 4789', udp(a, b, 4789, 5000, vxlan(ethernet(inner4)))],
  ['UDP to 4789 with other bytes', udp(a, b, 5000, 4789, Buffer.alloc(60, 8))],
  ['VXLAN with ARP', udp(a, b, 5000, 4789, vxlan(hex('ffffffffffff 020000000002 0806 0001 0800 06 04 0001')))],
  ['VXLAN whose inner header is cut', udp(a, b, 5000, 4789, vxlan(ethernet(inner4).subarray(0, 33)))],
  ['Geneve of another version', udp(a, b, 5000, 6081, bytes(hex('40000800 00000100'), inner4))],
  ['Geneve with options that are not there', udp(a, b, 5000, 6081, bytes(hex('3f000800 00000100'), inner4))],
  ['IPIP with IPv6', ipv4(a, b, 4, inner6)],
  ['GRE of version 2', ipv4(a, b, 47, bytes(hex('0002 0800'), inner4))],
  ['GRE with source routes', ipv4(a, b, 47, bytes(hex('4000 0800 00000000 00000000'), inner4))],
  ['a later fragment of VXLAN', ipv4(a, b, 17, vxlan(ethernet(inner4)), { fragmentOffset: 8 })],
];
for (const [name, packet] of plain)
  test(`${name} is no tunnel`, () => {
    const row = read(packet, { peel: true });
    assert.ok(typeof row === 'object' && row.tunnel === undefined && row.outer === undefined && row.src === a);
  });

const wireguard = (type: number, length: number): Buffer =>
  bytes(Buffer.from([type, 0, 0, 0]), Buffer.alloc(length - 4, 7));
const encrypted: readonly (readonly [name: string, packet: Buffer, is: boolean])[] = [
  ['a handshake of WireGuard', udp(a, b, 51820, 51820, wireguard(1, 148)), true],
  ['the answer to it', udp(A, B, 51821, 51821, wireguard(2, 92)), true],
  ['a cookie of WireGuard', udp(a, b, 51820, 51820, wireguard(3, 64)), true],
  ['data of WireGuard', udp(a, b, 5000, 51871, wireguard(4, 96)), true],
  ['data of WireGuard that was cut', udp(a, b, 5000, 51871, wireguard(4, 96)).subarray(0, 40), true],
  ['other lengths at its port', udp(a, b, 51820, 51820, wireguard(1, 96)), false],
  ['data that is not padded', udp(a, b, 51820, 51820, wireguard(4, 97)), false],
  ['other bytes at its port', udp(a, b, 51820, 51820, Buffer.alloc(148, 1)), false],
  ['nothing at its port', udp(a, b, 51820, 51820), false],
  ['WireGuard’s shape at another port', udp(a, b, 51820, 53, wireguard(4, 96)), false],
  ['ESP', ipv4(a, b, 50, Buffer.alloc(40, 1)), true],
  ['ESP of IPv6', ipv6(A, B, 50, Buffer.alloc(40, 1)), true],
  ['ESP in UDP', udp(a, b, 4500, 4500, Buffer.alloc(40, 1)), true],
  ['IKE at its port', udp(a, b, 4500, 4500, bytes(hex('00000000'), Buffer.alloc(40, 1))), false],
  ['what keeps a NAT awake', udp(a, b, 4500, 4500, hex('ff')), false],
];
for (const [name, packet, is] of encrypted)
  test(`${name} is ${is ? 'encrypted, and shows who carries it' : 'not taken for encrypted'}`, () => {
    const row = read(packet, { peel: true });
    assert.ok(typeof row === 'object' && (row.encrypted ?? false) === is && row.outer === undefined);
    assert.is(row.src, packet[0]! >> 4 === 6 ? A : a);
  });

test('ESP within a tunnel shows who carries it there', () => {
  const row = { src: '10.0.0.1', dst: '10.0.0.2', protocol: 50, encrypted: true, outer: `${a} > ${b} 4 0 > 0` };
  assert.equal(read(ipv4(a, b, 4, ipv4('10.0.0.1', '10.0.0.2', 50, Buffer.alloc(40, 1))), { peel: true }), row);
});

test('VXLAN is looked for at ports that are named, whatever else is usual there', () => {
  for (const port of [4000, 51820, 6081]) {
    const packet = udp(a, b, 5000, port, vxlan(ethernet(inner4)));
    const plainRow = read(packet, { peel: true });
    assert.ok(typeof plainRow === 'object' && plainRow.src === a);
    const row = { ...row4, outer: `${a} > ${b} 17 5000 > ${port}` };
    assert.equal(read(packet, { peel: true, vxlanPorts: [port, 4001] }), row);
  }
  const usual = udp(a, b, 5000, 4789, vxlan(ethernet(inner4)));
  assert.equal(read(usual, { peel: true, vxlanPorts: [4000] }), { ...row4, outer: `${a} > ${b} 17 5000 > 4789` });
});

test('the first fragment of a tunnel is peeled and leaves no fragment field inside', () => {
  const packet = ipv4(a, b, 17, udpHeader(5000, 4789, vxlan(ethernet(inner4))), { moreFragments: true });
  assert.equal(read(packet, { peel: true }), { ...row4, outer: `${a} > ${b} 17 5000 > 4789` });
});

test('the fragment of IPv6 inside keeps its own fields', () => {
  const fragment = ipv6('fd00::1', 'fd00::2', 17, udpHeader(1, 2), { extensions: [fragmentHeader(8, false, 9)] });
  const row = { src: 'fd00::1', dst: 'fd00::2', protocol: 17, fragment: 'later 9 @8', outer: `${a} > ${b} 41 0 > 0` };
  assert.equal(read(ipv4(a, b, 41, fragment), { peel: true }), row);
});

const nested = (depth: number): Buffer => (depth === 0 ? inner4 : ipv4(`10.9.0.${depth}`, b, 4, nested(depth - 1)));

test('four tunnels are peeled, and the outermost is kept', () => {
  assert.equal(read(nested(4), { peel: true }), { ...row4, outer: `10.9.0.4 > ${b} 4 0 > 0` });
});

test('the fifth is shown as the tunnel that it is', () => {
  const row = { src: '10.9.0.1', dst: b, protocol: 4, tunnel: true, outer: `10.9.0.5 > ${b} 4 0 > 0` };
  assert.equal(read(nested(5), { peel: true }), row);
});

test.run();
