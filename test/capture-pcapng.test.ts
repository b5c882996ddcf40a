/** pcapng files with every block, cut, corrupt and in pieces. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openTraffic } from '../src/capture/open.ts';
import { CaptureError } from '../src/source/errors.ts';
import { ethernet, hex, icmp, ipv4, sctp, tcp, u32, udp } from './pcap-writer.ts';
import { CUSTOM, NAMES, pcapngWriter, SECRETS, STATISTICS } from './pcapng-writer.ts';
import { pieces, readInput } from './traffic.ts';

const arp = hex('ffffffffffff 020000000002 0806 0001 0800 06 04 0001');
const web = tcp('10.0.0.1', '10.0.0.2', 40000, 80);
const dns = udp('fd00::1', 'fd00::2', 4096, 53);
const ping = icmp('10.0.0.1', '10.0.0.2', 8, 0, u32(0x70001));
const lie = ipv4('10.0.0.1', '10.0.0.2', 17, u32(0), { totalLength: 7 });
const cooked = Buffer.concat([hex('0000 0001 0006 020000000001 0000 0800'), web]);
const MICROS = 1_785_542_400_123_456n;

/** Two sections, interfaces of all kinds, every block; what its rows are stands below. */
function everything(bigEndian: boolean): readonly Buffer[] {
  const one = pcapngWriter(bigEndian);
  const other = pcapngWriter(!bigEndian);
  const comment = [1, Buffer.from('made for a test')] as const;
  return [
    one.section([comment, [2, Buffer.from('none')]]),
    one.interface({ options: [[2, Buffer.from('eth0')], comment] }),
    one.packet(ethernet(web), { time: MICROS, comment: 'a SYN' }),
    one.interface({ linkType: 101, resolution: 9, options: [[2, Buffer.from('cali1234')]] }),
    one.packet(dns, { on: 1, time: MICROS * 1000n + 789n, wireBytes: 1500 }),
    one.block(NAMES, hex('0001 0008 0a000001 61622e63 0000 0000')),
    one.packet(arp, { time: MICROS }),
    one.interface({ linkType: 127 }),
    one.packet(Buffer.from('radio'), { on: 2, time: MICROS }),
    one.packet(ethernet(lie), { time: MICROS }),
    one.simple(ethernet(ping)),
    one.obsolete(ethernet(sctp('10.0.0.1', '10.0.0.2', 1, 2)), { time: 5n }),
    one.block(STATISTICS, hex('00000000 00000000 00000000')),
    one.block(SECRETS, hex('544c534b 00000004 53454352')),
    other.section(),
    other.interface({ linkType: 113, resolution: 0x80 + 10, offset: 1_785_542_400n }),
    other.block(CUSTOM, hex('00007ed9 01020304')),
    other.packet(cooked, { time: (3n << 10n) + 512n }),
    other.block(0x4000_0bad, hex('00007ed9 01020304')),
    other.block(0x8765_4321, hex('0102030405')),
    other.interface({ linkType: 1, snaplen: 60, resolution: 3 }),
    other.packet(ethernet(web), { on: 1, time: 1_785_542_400_001n }),
    other.interface({ linkType: 1, resolution: 0, offset: -400n }),
    other.packet(ethernet(web), { on: 2, time: 1_785_542_400n }),
    other.packet(ethernet(web), { on: 2, time: 399n }),
    other.interface({ linkType: 1, resolution: 12 }),
    other.packet(ethernet(web), { on: 3, time: 7_123_456_999_999n }),
  ];
}

const ROWS = [
  [1, '10.0.0.1', 6, '40000 > 80', '1785542400.123456', '54 of 54'],
  [2, 'fd00::1', 17, '4096 > 53', '1785542400.123456789', '48 of 1500'],
  [6, '10.0.0.1', 1, undefined, null, '42 of 42'],
  [7, '10.0.0.1', 132, '1 > 2', '0.000005', '50 of 50'],
  [8, '10.0.0.1', 6, '40000 > 80', '1785542403.500000000', '56 of 56'],
  [9, '10.0.0.1', 6, '40000 > 80', '1785542400.001', '54 of 54'],
  [10, '10.0.0.1', 6, '40000 > 80', '1785542000', '54 of 54'],
  [11, '10.0.0.1', 6, '40000 > 80', null, '54 of 54'],
  [12, '10.0.0.1', 6, '40000 > 80', '7.123456999', '54 of 54'],
];

for (const bigEndian of [false, true])
  test(`reads every block, ${bigEndian ? 'big' : 'little'} endian first`, async () => {
    const blocks = everything(bigEndian);
    const { rows, counts, fault, format } = await readInput(Buffer.concat(blocks));
    assert.is(format, 'pcapng');
    assert.is(fault, null);
    assert.equal(
      rows.map((row) => [row.n, row.src, row.protocol, row.ports, row.time, row.lengths]),
      ROWS,
    );
    const offset = blocks.slice(0, 9).reduce((sum, block) => sum + block.length, 0);
    const samples = [{ n: 5, offset, why: 'the IPv4 total length is below the header length' }];
    assert.equal(counts, {
      records: 12,
      rows: 9,
      notIp: 1,
      undecodable: 1,
      rejected: 0,
      skipped: 0,
      unreadLink: 1,
      samples,
    });
  });

test('a file cut at any byte gives every whole packet, and then says where it ends', async () => {
  const blocks = everything(true);
  const whole = Buffer.concat(blocks);
  const starts = [0];
  for (const block of blocks) starts.push(starts.at(-1)! + block.length);
  const ends: number[] = [];
  for (let i = 0; i < blocks.length; i++) {
    const counts = (await readInput(whole.subarray(0, starts[i + 1]))).counts;
    ends[i] = counts.records;
  }
  for (let length = 28; length < whole.length; length++) {
    const complete = starts.filter((start) => start <= length).length - 1;
    const read = await readInput(whole.subarray(0, length));
    assert.is(read.counts.records, complete === 0 ? 0 : ends[complete - 1]!, `cut at ${length}`);
    assert.equal(
      read.rows.map(({ n }) => n),
      ROWS.map(([n]) => n as number).filter((n) => n <= read.counts.records),
    );
    if (starts.includes(length)) assert.is(read.fault, null);
    else {
      assert.is(read.fault?.code, 'TRUNCATED', `cut at ${length}`);
      assert.is(read.fault?.offset, starts[complete]);
    }
  }
});

test('pieces of any size give the same rows', async () => {
  const whole = Buffer.concat(everything(false));
  const { batches: _, ...expected } = await readInput(whole);
  for (const size of [1, 2, 3, 7, 4096]) {
    const { batches: __, ...read } = await readInput(whole, size);
    assert.equal(read, expected, `pieces of ${size}`);
    const cut = await readInput(whole.subarray(0, -5), size);
    assert.is(cut.rows.length, 8);
    assert.is(cut.fault?.code, 'TRUNCATED');
  }
});

const le = pcapngWriter();
const start = Buffer.concat([le.section(), le.interface()]);
const good = le.packet(ethernet(web));
/** A block with one word changed. */
const changed = (block: Buffer, at: number, value: number): Buffer => {
  const copy = Buffer.from(block);
  copy.writeUInt32LE(value >>> 0, at < 0 ? block.length + at : at);
  return copy;
};
const lies: readonly (readonly [name: string, block: Buffer, code: string, message: RegExp])[] = [
  ['a block length below its header', changed(good, 4, 8), 'CORRUPT', /a block of 8 bytes, expected a multiple of 4/],
  ['a block length of no whole words', changed(good, 4, 90), 'CORRUPT', /a block of 90 bytes/],
  ['a block length of 4 GiB', changed(good, 4, 0xffff_fffc), 'CORRUPT', /a block of 4294967292 bytes, .* to 67108864/],
  ['a block length beyond the file', changed(good, 4, 1 << 20), 'TRUNCATED', /ends within a block: 176 of 1048576/],
  ['another length behind a block', changed(good, -4, 92), 'CORRUPT', /begins with length 88 and ends with length 92/],
  ['a captured length beyond its block', changed(good, 20, 57), 'CORRUPT', /packet of 57 captured bytes, longer than/],
  ['a captured length of 4 GiB', changed(good, 20, 0xffff_ffff), 'CORRUPT', /packet of 4294967295 captured bytes/],
  ['an interface that is not there', le.packet(web, { on: 7 }), 'CORRUPT', /of interface 7, but the section has 1/],
  ['a packet block without a packet', le.block(6, Buffer.alloc(8)), 'CORRUPT', /a packet block that is too short/],
  ['a simple packet longer than its block', changed(le.simple(web), 8, 99), 'CORRUPT', /packet of 99 captured bytes/],
  ['an interface that is too short', le.block(1, Buffer.alloc(4)), 'CORRUPT', /an interface block that is too short/],
  [
    'an option longer than its block',
    changed(le.interface({ resolution: 6 }), 16, 0x00ff_0009),
    'CORRUPT',
    /an option of an interface is longer than its block/,
  ],
  ['a section without a byte order', changed(le.section(), 8, 0), 'CORRUPT', /tells no byte order, expected 1a2b3c4d/],
  ['a section of version 2', changed(le.section(), 12, 2), 'UNSUPPORTED', /pcapng version 2 is not read/],
];
for (const [name, block, code, message] of lies)
  for (const size of [7, 4096])
    test(`${name} ends the reading at its byte, in pieces of ${size}`, async () => {
      const { rows, fault, counts } = await readInput(Buffer.concat([start, good, block, good]), size);
      assert.is(rows.length, 1);
      assert.is(counts.records, 1);
      assert.is(fault?.code, code);
      assert.is(fault?.offset, start.length + good.length);
      assert.match(fault!.message, message);
    });

test('a new section forgets the interfaces of the one before', async () => {
  const { fault, rows } = await readInput(Buffer.concat([start, good, le.section(), good]));
  assert.is(rows.length, 1);
  assert.match(fault!.message, 'a packet of interface 0, but the section has 0');
});

test('a simple packet holds as much as the snapshot length of the first interface allows', async () => {
  const file = [le.section(), le.interface({ snaplen: 40 }), le.interface({ linkType: 101 })];
  const { rows } = await readInput(Buffer.concat([...file, le.simple(ethernet(web).subarray(0, 40), 1500)]));
  assert.is(rows[0]!.lengths, '40 of 1500');
  assert.is(rows[0]!.ports, '40000 > 80');
  assert.is(rows[0]!.time, null);
});

test('a checksum at the end of frames is no packet, whether its length is told in bytes or in bits', async () => {
  const packet = ipv4('10.0.0.1', '10.0.0.2', 17, hex('1000'), { totalLength: 0 });
  for (const checksum of [4, 32]) {
    const file = [le.section(), le.interface({ checksum }), le.packet(ethernet(Buffer.concat([packet, u32(0)])))];
    assert.is((await readInput(Buffer.concat(file))).rows[0]!.ports, undefined, `${checksum}`);
  }
});

test('a file of which no interface can be read is refused, one of which some can is not', async () => {
  const radio = [le.section(), le.interface({ linkType: 127 }), le.packet(Buffer.from('radio'))];
  const none = await readInput(Buffer.concat(radio));
  assert.is(none.fault?.code, 'UNSUPPORTED');
  assert.match(none.fault!.message, /link type IEEE802_11_RADIOTAP \(127\) is not read; capture on/);
  assert.is(none.counts.unreadLink, 1);
  const some = await readInput(Buffer.concat([...radio, le.interface({ linkType: 228 }), le.packet(web, { on: 1 })]));
  assert.is(some.fault, null);
  assert.is(some.rows.length, 1);
  assert.is(some.counts.unreadLink, 1);
  assert.is((await readInput(Buffer.concat(radio.slice(0, 2)))).fault, null, 'no packet, nothing lost');
});

test('large blocks that hold no packet are passed over', async () => {
  const file = [start, good, le.block(CUSTOM, Buffer.alloc(5_000_000)), good];
  const { rows, fault } = await readInput(Buffer.concat(file), 65_536);
  assert.is(fault, null);
  assert.is(rows.length, 2);
});

test('text before a capture is told', async () => {
  const mixed = Buffer.concat([Buffer.from('Targeting container "web".\n'), start, good]);
  const error = await openTraffic('-', { stdin: pieces(mixed, 5) }).catch((reason: unknown) => reason);
  assert.match((error as Error).message, /27 bytes of text stand before the capture, `Targeting container "web"\.`/);
});

test('what is no whole section header is refused', async () => {
  for (let length = 1; length < 28; length++) {
    const cut = le.section().subarray(0, length);
    const error = await openTraffic('-', { stdin: pieces(cut, 1) }).then(
      async (traffic) => {
        for await (const _ of traffic.batches());
        return traffic.fault;
      },
      (reason: unknown) => reason,
    );
    assert.instance(error, CaptureError, `${length}`);
  }
});

test.run();
