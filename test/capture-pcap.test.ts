/** pcap files in all of their variants, cut, corrupt and in pieces. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import parser, { type Packet } from 'pcap-parser';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openTraffic } from '../src/capture/open.ts';
import { BATCH_ROWS } from '../src/packet/batch.ts';
import { CaptureError } from '../src/source/errors.ts';
import { ethernet, hex, icmp, ipv4, type PcapOptions, pcap, sctp, tcp, u32, udp } from './pcap-writer.ts';
import { pieces, readFile, readInput } from './traffic.ts';

const arp = hex('ffffffffffff 020000000002 0806 0001 0800 06 04 0001');
const lie = ethernet(ipv4('10.0.0.1', '10.0.0.2', 17, u32(0), { totalLength: 7 }));
const frames = [
  ethernet(tcp('10.0.0.1', '10.0.0.2', 40000, 80)),
  arp,
  ethernet(udp('fd00::1', 'fd00::2', 4096, 53), [0x8100]),
  lie,
  ethernet(icmp('10.0.0.1', '10.0.0.2', 8, 0, u32(0x70001))),
  ethernet(sctp('10.0.0.1', '10.0.0.2', 1, 2)),
];
const variants: readonly (readonly [name: string, options: PcapOptions])[] = [
  ['microseconds, little endian', {}],
  ['microseconds, big endian', { bigEndian: true }],
  ['nanoseconds, little endian', { nano: true }],
  ['nanoseconds, big endian', { nano: true, bigEndian: true }],
  ['Kuznetzov, little endian', { kuznetzov: true }],
  ['Kuznetzov, big endian', { kuznetzov: true, bigEndian: true }],
];

for (const [name, options] of variants)
  test(`reads ${name}`, async () => {
    const records = frames.map((frame) => ({ frame, seconds: 4_000_000_000, fraction: 123_456, wireBytes: 1500 }));
    const { rows, counts, fault, format } = await readInput(pcap(records, options));
    assert.is(format, 'pcap');
    assert.is(fault, null);
    assert.equal(
      rows.map((row) => [row.n, row.src, row.protocol, row.ports]),
      [
        [1, '10.0.0.1', 6, '40000 > 80'],
        [3, 'fd00::1', 17, '4096 > 53'],
        [5, '10.0.0.1', 1, undefined],
        [6, '10.0.0.1', 132, '1 > 2'],
      ],
    );
    assert.is(rows[0]!.time, options.nano ? '4000000000.000123456' : '4000000000.123456');
    assert.is(rows[0]!.lengths, '54 of 1500');
    assert.is(rows[0]!.weights, '1 1500');
    const offset = 24 + 3 * (options.kuznetzov ? 24 : 16) + frames[0]!.length + frames[1]!.length + frames[2]!.length;
    const samples = [{ n: 4, offset, why: 'the IPv4 total length is below the header length' }];
    assert.equal(counts, {
      records: 6,
      rows: 4,
      notIp: 1,
      undecodable: 1,
      rejected: 0,
      skipped: 0,
      unreadLink: 0,
      samples,
    });
  });

test('a fraction of a second and more carries over', async () => {
  const frame = frames[0]!;
  const micro = await readInput(pcap([{ frame, seconds: 10, fraction: 2_500_000 }]));
  assert.is(micro.rows[0]!.time, '12.500000');
  const nano = await readInput(pcap([{ frame, seconds: 10, fraction: 1_000_000_001 }], { nano: true }));
  assert.is(nano.rows[0]!.time, '11.000000001');
});

test('the checksum bits of the network field are no link type, and the checksum is no packet', async () => {
  const packet = ipv4('10.0.0.1', '10.0.0.2', 17, hex('1000'), { totalLength: 0 });
  const linkType = (0x24000000 | 1) >>> 0; // 2 words of 16 bits
  const [row] = (await readInput(pcap([ethernet(Buffer.concat([packet, u32(0)]))], { linkType }))).rows;
  assert.is(row!.ports, undefined);
  const cut = { frame: ethernet(udp('10.0.0.1', '10.0.0.2', 1, 2)).subarray(0, 38), wireBytes: 60 };
  assert.is((await readInput(pcap([cut], { linkType }))).rows[0]!.ports, '1 > 2');
});

test('a file cut at any byte gives every whole record, and then says where it ends', async () => {
  const whole = pcap(frames);
  const starts: number[] = [24];
  for (const frame of frames) starts.push(starts.at(-1)! + 16 + frame.length);
  const { rows } = await readInput(whole);
  for (let length = 24; length <= whole.length; length++) {
    const records = starts.filter((start) => start <= length).length - 1;
    const read = await readInput(whole.subarray(0, length));
    assert.equal(
      read.rows,
      rows.filter((row) => row.n <= records),
      `cut at ${length}`,
    );
    assert.is(read.counts.records, records);
    if (starts.includes(length)) assert.is(read.fault, null);
    else {
      assert.is(read.fault?.code, 'TRUNCATED');
      assert.is(read.fault?.offset, starts[records]);
    }
  }
  for (let length = 1; length < 24; length++)
    assert.is(await refusal(whole.subarray(0, length)), 'TRUNCATED', `${length}`);
});

test('pieces of any size give the same rows', async () => {
  const whole = pcap(Array.from({ length: 60 }, (_, i) => frames[i % frames.length]!));
  const expected = await readInput(whole);
  assert.is(expected.rows.length, 40);
  for (const size of [1, 2, 3, 7, 4096]) {
    const { batches: _, ...read } = await readInput(whole, size);
    const { batches: __, ...want } = expected;
    assert.equal(read, want, `pieces of ${size}`);
    const cut = await readInput(whole.subarray(0, -5), size);
    assert.is(cut.rows.length, 39);
    assert.is(cut.fault?.code, 'TRUNCATED');
  }
});

test('a length that cannot be true ends the reading at its byte', async () => {
  const whole = pcap(frames);
  const second = 24 + 16 + frames[0]!.length;
  whole.writeUInt32LE(0xffff_ffff, second + 8);
  const { rows, fault } = await readInput(whole);
  assert.is(rows.length, 1);
  assert.is(fault?.code, 'CORRUPT');
  assert.is(fault?.offset, second);
  assert.match(fault!.message, 'byte 94: a record of 4294967295 captured bytes, expected at most 262144');
});

test('a larger snapshot length allows larger records, to a limit', async () => {
  const big = Buffer.concat([frames[0]!, Buffer.alloc(3_000_000)]);
  const read = await readInput(pcap([big, frames[0]!], { snaplen: 4_000_000 }), 100_000);
  assert.is(read.fault, null);
  assert.equal(
    read.rows.map((row) => row.lengths),
    ['3000054 of 3000054', '54 of 54'],
  );
  const limit = pcap([frames[0]!], { snaplen: 0xffff_ffff });
  limit.writeUInt32LE(1 << 25, 24 + 8);
  assert.is((await readInput(limit)).fault?.code, 'CORRUPT');
});

test('a full batch is followed by the rest', async () => {
  const count = BATCH_ROWS * 2 + 5;
  const { rows, batches } = await readInput(pcap(Array.from({ length: count }, () => frames[0]!)));
  assert.is(rows.length, count);
  assert.is(batches, 3);
  assert.ok(rows.every((row, i) => row.n === i + 1));
});

test('rows come as soon as their records are whole', async () => {
  const whole = pcap(frames);
  const first = 24 + 16 + frames[0]!.length;
  let sent = 0;
  async function* slow(): AsyncGenerator<Uint8Array> {
    for (const part of [whole.subarray(0, first + 3), whole.subarray(first + 3)]) {
      sent++;
      yield part;
    }
  }
  const traffic = await openTraffic('-', { stdin: slow() });
  const batches = traffic.batches()[Symbol.asyncIterator]();
  const { value: batch } = await batches.next();
  assert.is(batch.count, 1);
  assert.is(sent, 1);
  await batches.return?.();
});

test('an abort ends the reading with its reason, between batches and while waiting', async () => {
  const whole = pcap(Array.from({ length: BATCH_ROWS * 3 }, () => frames[0]!));
  const between = new AbortController();
  const traffic = await openTraffic('-', { stdin: pieces(whole, whole.length), signal: between.signal });
  const seen: number[] = [];
  await rejects(between, async () => {
    for await (const batch of traffic.batches()) {
      seen.push(batch.count);
      between.abort(new Error('enough'));
    }
  });
  assert.equal(seen, [BATCH_ROWS]);

  const waiting = new AbortController();
  const stuck = new Readable({ read: () => undefined });
  stuck.push(whole.subarray(0, 100));
  const open = await openTraffic('-', { stdin: stuck, signal: waiting.signal });
  setTimeout(() => waiting.abort(new Error('enough')), 10);
  await rejects(waiting, async () => {
    for await (const _ of open.batches()) assert.is(open.counts.records, 1);
  });
  assert.ok(stuck.destroyed);
});

async function rejects(controller: AbortController, run: () => Promise<void>): Promise<void> {
  const error = await run().then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.is(error, controller.signal.reason);
}

test('a long capture lets timers through', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'capture-'));
  try {
    const path = join(folder, 'long.pcap');
    writeFileSync(path, pcap(Array.from({ length: 200_000 }, () => frames[0]!)));
    const ticks: number[] = [performance.now()];
    const timer = setInterval(() => ticks.push(performance.now()), 1);
    const traffic = await openTraffic(path);
    const from = performance.now();
    // A consumer that works for a while, and never waits for anything but batches.
    for await (const batch of traffic.batches()) {
      const until = performance.now() + (batch.count > 0 ? 4 : 0);
      while (performance.now() < until);
    }
    clearInterval(timer);
    assert.is(traffic.counts.rows, 200_000);
    assert.ok(performance.now() - from > 150, 'the consumer was to take a while');
    assert.ok(ticks.length >= 4, `only ${ticks.length} ticks`);
    assert.throws(() => traffic.batches(), /can be pulled once/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

async function refusal(content: Uint8Array): Promise<string> {
  const error = await openTraffic('-', { stdin: pieces(content, content.length) }).then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.instance(error, CaptureError);
  return (error as CaptureError).code;
}

const refused: readonly (readonly [name: string, content: Uint8Array, code: string, message: RegExp])[] = [
  ['an empty input', hex(''), 'EMPTY', /byte 0: is empty/],
  [
    'a link type',
    pcap([], { linkType: 127 }),
    'UNSUPPORTED',
    /byte 20: link type IEEE802_11_RADIOTAP \(127\) is not read; capture on/,
  ],
  ['a link type without a name', pcap([], { linkType: 4711 }), 'UNSUPPORTED', /link type 4711 is not read/],
  ['an old version', withVersion(2, 3), 'UNSUPPORTED', /byte 4: pcap version 2\.3 is not read, only 2\.4; `editcap/],
  ['lz4', hex('04224d18 6040 0000'), 'UNSUPPORTED', /this is lz4, which is not read; .*lz4 -dc FILE \| netpol-replay/],
  ['bzip2', hex('425a6839 31415926'), 'UNSUPPORTED', /bzip2 -dc/],
  ['a zip archive', hex('504b0304 1400'), 'UNSUPPORTED', /unzip FILE/],
  ['a gzip stream of nothing', hex('1f8b0800 00000000 0003 0300 00000000 00000000'), 'EMPTY', /is empty/],
  ['a gzip stream that is cut', hex('1f8b0800 00000000'), 'TRUNCATED', /byte 0: the gzip stream ends .* at byte 8 of/],
  ['a zstd stream that is cut', hex('28b52ffd 0000'), 'TRUNCATED', /byte 0: the zstd stream ends before its end/],
  ['xz', hex('fd377a585a00'), 'UNSUPPORTED', /xz -dc/],
  [
    'text before a capture',
    Buffer.concat([Buffer.from('Targeting container "web".\nPress enter.\n'), pcap(frames)]),
    'UNKNOWN_FORMAT',
    /40 bytes of text stand before the capture, `Targeting container "web"\.`; .*kubectl/,
  ],
  ['a picture', hex('89504e47 0d0a1a0a 00000000'), 'UNKNOWN_FORMAT', /neither a pcap capture nor a tuple file/],
  ['prose', Buffer.from('hello\nworld\n'), 'UNKNOWN_FORMAT', /neither/],
];
function withVersion(major: number, minor: number): Buffer {
  const file = pcap(frames);
  file.writeUInt16LE(major, 4);
  file.writeUInt16LE(minor, 6);
  return file;
}
for (const [name, content, code, message] of refused)
  for (const size of [1, 4096])
    test(`refuses ${name}, in pieces of ${size}`, async () => {
      const error = await openTraffic('-', { stdin: pieces(content, size) }).catch((reason: unknown) => reason);
      assert.instance(error, CaptureError);
      assert.is((error as CaptureError).code, code);
      assert.match((error as CaptureError).message, message);
    });

test('refuses what is no file', async () => {
  for (const [path, message] of [
    ['/nowhere/at.all', /^\/nowhere\/at\.all: byte 0: no such file$/],
    [tmpdir(), /is a folder, expected a file$/],
  ] as const) {
    const error = await openTraffic(path).catch((reason: unknown) => reason);
    assert.is((error as CaptureError).code, 'UNREADABLE');
    assert.match((error as CaptureError).message, message);
  }
});

test('agrees with pcap-parser on times, lengths and bytes', async () => {
  const records = Array.from({ length: 500 }, (_, i) => ({
    frame: Buffer.concat([frames[i % frames.length]!, Buffer.alloc((i * 37) % 400)]),
    seconds: 1_785_542_400 + i,
    fraction: (i * 7919) % 1_000_000,
    wireBytes: 2000 + i,
  }));
  for (const bigEndian of [false, true]) {
    const file = pcap(records, { bigEndian });
    const theirs = await new Promise<string[]>((resolve, reject) => {
      const lines: string[] = [];
      const stream = Readable.from([file]);
      parser
        .parse(stream)
        .on('packet', ({ header, data }: Packet) => {
          const time = `${header.timestampSeconds}.${String(header.timestampMicroseconds).padStart(6, '0')}`;
          lines.push(`${time} ${header.capturedLength} of ${header.originalLength} ${data.length}`);
        })
        .on('end', () => resolve(lines))
        .on('error', reject);
    });
    const { rows } = await readInput(file, 1000);
    assert.is(theirs.length, 500);
    assert.is(rows.length, 333);
    for (const row of rows) {
      const bytes = row.lengths.split(' ')[0];
      assert.is(`${row.time} ${row.lengths} ${bytes}`, theirs[row.n - 1]);
    }
  }
});

test('a file reads as standard input does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'capture-'));
  try {
    const path = join(folder, 'a.pcap');
    const whole = pcap(frames);
    writeFileSync(path, whole);
    assert.equal(await readFile(path), await readInput(whole));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
