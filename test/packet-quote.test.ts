/** What an ICMP error quotes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createQuoted, readQuoted } from '../src/packet/quote.ts';
import { type Row, rowOf } from './packet-row.ts';
import { hex, icmp, ipv4, tcp, u32, udp } from './pcap-writer.ts';

const quoted = createQuoted();

function quote(packet: Uint8Array): Row | null {
  const view = new DataView(new Uint8Array([...packet, ...new Uint8Array(40).fill(0xff)]).buffer);
  return readQuoted(quoted, view, 0, packet.length) ? rowOf(quoted, 0) : null;
}

const ends = { src: '10.0.0.1', dst: '10.0.0.2' };
const cases: readonly (readonly [name: string, quoted: Uint8Array, expected: Row | null])[] = [
  [
    'the 8 bytes of RFC 792 hold the ports',
    tcp('10.0.0.1', '10.0.0.2', 1, 2).subarray(0, 28),
    { ...ends, protocol: 6, ports: '1 > 2' },
  ],
  ['more shows the flags', tcp('10.0.0.1', '10.0.0.2', 1, 2), { ...ends, protocol: 6, ports: '1 > 2', tcpFlags: 2 }],
  ['3 bytes do not', udp('10.0.0.1', '10.0.0.2', 1, 2).subarray(0, 23), { ...ends, protocol: 17 }],
  ['a query', icmp('10.0.0.1', '10.0.0.2', 8, 0, u32(0x50001)), { ...ends, protocol: 1, icmp: '8/0', icmpId: 5 }],
  ['IPv6', udp('fd00::1', 'fd00::2', 1, 2), { src: 'fd00::1', dst: 'fd00::2', protocol: 17, ports: '1 > 2' }],
  [
    'a later fragment',
    ipv4('10.0.0.1', '10.0.0.2', 17, u32(1), { id: 3, fragmentOffset: 8 }),
    { ...ends, protocol: 17, fragment: 'later 3 @8' },
  ],
  ['a cut header', tcp('10.0.0.1', '10.0.0.2', 1, 2).subarray(0, 19), null],
  ['no version', hex('00'), null],
  ['nothing', hex(''), null],
];
for (const [name, packet, expected] of cases) test(name, () => assert.equal(quote(packet), expected));

test('nothing of an earlier quote is left', () => {
  assert.ok(quote(udp('fd00::1', 'fd00::2', 1, 2)));
  assert.equal(quote(ipv4('10.0.0.1', '10.0.0.2', 50, u32(1))), { ...ends, protocol: 50, encrypted: true });
  assert.is(quoted.src3[0], 0);
});

test.run();
