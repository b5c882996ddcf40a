/** Each link type leads to the IP header, and says so when it cannot. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { linkTypes } from '../src/packet/link/registry.ts';
import { BAD_VERSION, CUT_IP, CUT_LINK, NOT_IP, TOO_MANY_TAGS } from '../src/packet/outcome.ts';
import { read } from './packet-row.ts';
import { bytes, ethernet, hex, udp } from './pcap-writer.ts';

const v4 = udp('10.0.0.1', '10.0.0.2', 4096, 53);
const v6 = udp('fd00::1', 'fd00::2', 4096, 53);
const row4 = { src: '10.0.0.1', dst: '10.0.0.2', protocol: 17, ports: '4096 > 53' };
const row6 = { src: 'fd00::1', dst: 'fd00::2', protocol: 17, ports: '4096 > 53' };
const mac = hex('020000000001 020000000002');
const sll = '0000 0001 0006 020000000001 0000';
const sll2 = '0000 00000002 0001 00 06 020000000001 0000';
const eight = new Array<number>(8).fill(0x8100);

const cases: readonly (readonly [linkType: number, name: string, frame: Buffer, expected: unknown])[] = [
  [1, 'Ethernet', ethernet(v4), row4],
  [1, 'Ethernet with IPv6', ethernet(v6), row6],
  [1, 'one tag', ethernet(v4, [0x8100]), row4],
  [1, 'QinQ', ethernet(v6, [0x88a8, 0x8100]), row6],
  [1, 'old QinQ', ethernet(v4, [0x9100, 0x8100]), row4],
  [1, 'eight tags', ethernet(v4, eight), row4],
  [1, 'nine tags', ethernet(v4, [...eight, 0x8100]), TOO_MANY_TAGS],
  [1, 'IPv6 under the EtherType of IPv4', bytes(hex('ffffffffffff 020000000002 0800'), v6), row6],
  [1, 'IPv4 under the EtherType of IPv6', bytes(hex('ffffffffffff 020000000002 86dd'), v4), BAD_VERSION],
  [1, 'ARP', hex('ffffffffffff 020000000002 0806 0001 0800 06 04 0001'), NOT_IP],
  [1, 'LLC', hex('0180c2000000 020000000002 0026 424203 0000'), NOT_IP],
  [1, 'a cut header', hex('ffffffffffff 020000000002 08'), CUT_LINK],
  [1, 'a cut tag', hex('ffffffffffff 020000000002 8100 0001 08'), CUT_LINK],
  [1, 'nothing behind the header', hex('ffffffffffff 020000000002 0800'), CUT_IP],
  [1, 'MPLS', bytes(mac, hex('8847 00010040 00020140'), v4), row4],
  [1, 'MPLS with IPv6, of a VLAN', bytes(mac, hex('8100 0064 8848 00010140'), v6), row6],
  [1, 'MPLS with Ethernet inside', bytes(mac, hex('8847 00010140 00000000'), v4), NOT_IP],
  [1, 'nine labels', bytes(mac, hex(`8847${'00010040'.repeat(9)}`), v4), TOO_MANY_TAGS],
  [1, 'a cut label', bytes(mac, hex('8847 00010040 0001')), CUT_LINK],
  [1, 'PPPoE', bytes(mac, hex('8864 1100 0001 0020 0021'), v4), row4],
  [1, 'PPPoE with IPv6', bytes(mac, hex('8864 1100 0001 0020 0057'), v6), row6],
  [1, 'PPPoE with LCP', bytes(mac, hex('8864 1100 0001 0006 c021 0101')), NOT_IP],
  [1, 'PPPoE discovery', bytes(mac, hex('8863 1109 0000 0000')), NOT_IP],
  [50, 'PPP_HDLC', bytes(hex('ff03 0021'), v4), row4],
  [239, 'NFLOG', bytes(hex('02 00 0001 0800 0100 0800 0100 0900 0a00 4150450000 000000 2000 0900'), v4), row4],
  [239, 'NFLOG, big endian', bytes(hex('0a 00 0001 0008 0001 86dd 0100 0034 0009'), v6), row6],
  [239, 'NFLOG of a bridge', hex('07 00 0001 0800 0100 0800 0100'), NOT_IP],
  [239, 'NFLOG of another version', hex('02 01 0001 0800 0100 0800 0100'), BAD_VERSION],
  [239, 'NFLOG of another family than its packet', bytes(hex('0a 00 0001 2000 0900'), v4), BAD_VERSION],
  [239, 'NFLOG without a packet', hex('02 00 0001 0800 0100 0800 0100'), CUT_LINK],
  [239, 'NFLOG with a length below its own', hex('02 00 0001 0300 0100 0800 0100 0900 0900'), CUT_LINK],
  [239, 'NFLOG cut before its packet', hex('02 00 0001 2000 0900'), CUT_IP],
  [101, 'RAW', v4, row4],
  [101, 'RAW with IPv6', v6, row6],
  [12, 'RAW by its other number', v4, row4],
  [14, 'RAW of OpenBSD', v6, row6],
  [101, 'RAW of no version', hex('50 00 00 00'), BAD_VERSION],
  [101, 'an empty frame', hex(''), CUT_IP],
  [228, 'IPV4', v4, row4],
  [228, 'IPV4 with IPv6', v6, row6],
  [229, 'IPV6', v6, row6],
  [229, 'IPV6 with IPv4', v4, BAD_VERSION],
  [0, 'NULL, little endian', bytes(hex('02000000'), v4), row4],
  [0, 'NULL, big endian', bytes(hex('00000002'), v4), row4],
  [0, 'NULL of Linux', bytes(hex('0a000000'), v6), row6],
  [0, 'NULL of OpenBSD', bytes(hex('18000000'), v6), row6],
  [0, 'NULL of FreeBSD', bytes(hex('1c000000'), v6), row6],
  [0, 'NULL of macOS', bytes(hex('1e000000'), v6), row6],
  [0, 'NULL of another family', bytes(hex('10000000'), v6), NOT_IP],
  [108, 'LOOP', bytes(hex('00000002'), v4), row4],
  [108, 'LOOP with IPv6', bytes(hex('00000018'), v6), row6],
  [113, 'LINUX_SLL', bytes(hex(`${sll}0800`), v4), row4],
  [113, 'LINUX_SLL with IPv6', bytes(hex(`${sll}86dd`), v6), row6],
  [113, 'LINUX_SLL with a tag', bytes(hex(`${sll}8100 0001 0800`), v4), row4],
  [113, 'LINUX_SLL, cut', hex(sll), CUT_LINK],
  [276, 'LINUX_SLL2', bytes(hex(`0800${sll2}`), v4), row4],
  [276, 'LINUX_SLL2 with IPv6', bytes(hex(`86dd${sll2}`), v6), row6],
  [276, 'LINUX_SLL2 with ARP', bytes(hex(`0806${sll2}`), v6), NOT_IP],
  [9, 'PPP', bytes(hex('0021'), v4), row4],
  [9, 'PPP with address and control', bytes(hex('ff03 0057'), v6), row6],
  [9, 'PPP with a short protocol', bytes(hex('21'), v4), row4],
  [9, 'PPP with LCP', hex('ff03 c021 01'), NOT_IP],
  [9, 'PPP, cut', hex('ff03 00'), CUT_LINK],
];

for (const [linkType, name, frame, expected] of cases)
  test(`${linkType}: ${name}`, () => assert.equal(read(frame, { linkType }), expected));

test('every link type of the registry is read above', () => {
  assert.equal([...linkTypes.keys()].sort(), [...new Set(cases.map(([linkType]) => linkType))].sort());
});

test.run();
