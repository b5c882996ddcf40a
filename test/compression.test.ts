/** gzip and zstd around anything: held against node:zlib and the zstd command's own files; cut, corrupt, in pieces. */
import { readFileSync } from 'node:fs';
import { constants, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Xxh64 } from '../src/capture/compression/xxh64.ts';
import { fixture } from './paths.ts';
import { hex } from './pcap-writer.ts';
import { seeded } from './random.ts';
import { unpack } from './unpacked.ts';

const { below } = seeded(20260801);
const noise = (length: number): Buffer => Buffer.from(Uint8Array.from({ length }, () => below(256)));
const words = ['GET /', ' HTTP/1.1\r\n', 'Host: ', 'payments', '.svc.cluster.local', '\0\0\0\0', 'E\0\0<'];
const text = (length: number): Buffer => {
  const parts: string[] = [];
  for (let bytes = 0; bytes < length; bytes += parts.at(-1)!.length) parts.push(words[below(words.length)]!);
  return Buffer.from(parts.join('').slice(0, length), 'latin1');
};
const contents: readonly (readonly [name: string, content: Buffer])[] = [
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from('x')],
  ['text', text(50_000)],
  ['noise', noise(50_000)],
  ['zeros', Buffer.alloc(400_000)],
  ['far matches', Buffer.concat([noise(32_768), text(300), noise(100), text(300)].flatMap((part) => [part, part]))],
  ['more than a slice', Buffer.concat([text(200_000), noise(150_000), text(200_000)])],
];
const { Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_DEFAULT_STRATEGY } = constants;

for (const [name, content] of contents)
  test(`gzip of ${name}, as zlib writes it in any way`, async () => {
    for (const level of [0, 1, 6])
      for (const strategy of [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE]) {
        const packed = gzipSync(content, { level, strategy, memLevel: level === 1 ? 1 : 8 });
        const { bytes, fault, compressions } = await unpack(packed, 65_536);
        assert.is(fault, null);
        assert.ok(bytes.equals(content), `level ${level}, strategy ${strategy}`);
        assert.equal(compressions, ['gzip']);
      }
  });

const small = Buffer.concat([text(700), noise(40), text(200)]);
/** Members with all that a header may say, but its own checksum. */
const decorated = (content: Buffer): Buffer => {
  const plain = gzipSync(content);
  const extra = hex('0500 4142 01 00 07');
  const header = Buffer.concat([hex('1f8b08 1c 00000000 0003'), extra, Buffer.from('name\0comment\0')]);
  return Buffer.concat([header, plain.subarray(10)]);
};

test('members follow each other, with headers in full and zeros behind', async () => {
  const parts = [text(100), Buffer.alloc(0), noise(100), text(1000)];
  const packed = Buffer.concat([...parts.map(decorated), Buffer.alloc(600)]);
  for (const size of [1, 2, 3, 7, 4096]) {
    const { bytes, fault } = await unpack(packed, size);
    assert.is(fault, null);
    assert.ok(bytes.equals(Buffer.concat(parts)), `pieces of ${size}`);
  }
});

test('a gzip stream cut at any byte gives what zlib gives, and says where it ends', async () => {
  const packed = Buffer.concat([gzipSync(small), decorated(text(300))]);
  const first = gzipSync(small).length;
  for (let length = 2; length < packed.length; length++) {
    const cut = packed.subarray(0, length);
    const { bytes, fault } = await unpack(cut);
    if (length === first) {
      assert.is(fault, null);
      continue;
    }
    assert.is(fault?.code, 'TRUNCATED', `cut at ${length}`);
    assert.is(fault?.offset, bytes.length);
    assert.match(
      fault!.message,
      /^file: byte \d+: the gzip stream ends before its end, at byte \d+ of what is compressed$/,
    );
    if (length < first)
      assert.ok(bytes.equals(gunzipSync(cut, { finishFlush: constants.Z_SYNC_FLUSH })), `at ${length}`);
    if (length % 10 === 0) assert.equal(await unpack(cut, 1), { bytes, fault, compressions: ['gzip'] });
  }
});

test('a gzip stream with any bit turned is refused where zlib refuses it, and gives the same in any pieces', async () => {
  for (const packed of [gzipSync(small), gzipSync(small, { strategy: Z_FIXED }), gzipSync(small, { level: 0 })])
    for (let bit = 24; bit < packed.length * 8; bit += 13) {
      const turned = Buffer.from(packed);
      turned[bit >> 3]! ^= 1 << (bit & 7);
      const { bytes, fault } = await unpack(turned);
      let theirs: Buffer | null = null;
      try {
        theirs = gunzipSync(turned);
      } catch {}
      if (theirs === null) assert.ok(fault !== null, `bit ${bit}`);
      else assert.ok(fault === null && bytes.equals(theirs), `bit ${bit}`);
      if (bit % 3 === 0) assert.equal(await unpack(turned, 7), { bytes, fault, compressions: ['gzip'] });
    }
});

test('what stands before the block of a fault in gzip is delivered', async () => {
  const content = Buffer.concat([noise(20_000), text(200)]);
  const packed = gzipSync(content);
  const wrongSum = Buffer.from(packed);
  wrongSum[packed.length - 5]! ^= 1;
  const forged = Buffer.from(packed);
  forged.writeUInt32LE(0xffff_ffff, packed.length - 4);
  for (const [broken, message] of [
    [wrongSum, /is broken: incorrect data check, at byte \d+ of what is compressed/],
    [forged, /is broken: incorrect length check/],
    [Buffer.concat([packed, Buffer.from('garbage')]), /is broken: incorrect header check/],
    [Buffer.concat([packed, Buffer.from('\0garbage')]), /is followed by bytes that are no gzip/],
  ] as const) {
    const { bytes, fault } = await unpack(broken);
    assert.is(fault?.code, 'CORRUPT');
    assert.match(fault!.message, message);
    assert.ok(bytes.length > content.length - 8192, `${bytes.length} bytes`);
    assert.ok(bytes.equals(content.subarray(0, bytes.length)));
  }
  for (const [at, value, message] of [
    [2, 7, /unknown compression method/],
    [3, 0x80, /unknown header flags set/],
  ] as const) {
    const broken = Buffer.from(packed);
    broken[at] = value;
    assert.match((await unpack(broken)).fault!.message, message);
  }
});

test('the checksum of zstd is that of its specification', () => {
  const bytes = Buffer.from('Nobody inspects the spammish repetition');
  const whole = new Xxh64();
  whole.update(bytes);
  // The low half of fbcea83c8a378bf1, as `xxhsum -H64` prints it.
  assert.is(whole.low(), 0x8a378bf1);
  for (let split = 0; split <= bytes.length; split++) {
    const halves = new Xxh64();
    halves.update(bytes.subarray(0, split));
    halves.update(bytes.subarray(split));
    assert.is(halves.low(), 0x8a378bf1);
  }
});

/** Made by `zstd -1|-3|-19`, `zstd --no-check --no-content-size`, of 3,000 bytes that the first of them holds. */
const zstdFile = (name: string): Buffer => readFileSync(fixture(`zstd/${name}.zst`));
/** As zstd writes noise: blocks that are not compressed, without a checksum. */
const stored = (...blocks: readonly Uint8Array[]): Buffer =>
  Buffer.concat([
    hex('28b52ffd 00 58'),
    ...blocks.flatMap((block, i) => {
      const header = Buffer.alloc(3);
      header.writeUIntLE((block.length << 3) | (i === blocks.length - 1 ? 1 : 0), 0, 3);
      return [header, block];
    }),
  ]);

test('zstd as its command writes it, at any level, with skippable frames, in pieces', async () => {
  const { bytes: expected } = await unpack(zstdFile('text-1'));
  assert.is(expected.length, 3000);
  assert.match(expected.toString('latin1'), /payments\.svc\.cluster\.local/);
  for (const name of ['text-1', 'text-3', 'text-19', 'text-bare'])
    for (const size of [1, 2, 3, 7, 4096])
      assert.equal(await unpack(zstdFile(name), size), { bytes: expected, fault: null, compressions: ['zstd'] });
  const zeros = await unpack(zstdFile('zeros'));
  assert.is(zeros.fault, null);
  assert.ok(zeros.bytes.equals(Buffer.alloc(300_000)));
  const skippable = hex('5f2a4d18 03000000 010203');
  const frames = [skippable, zstdFile('text-3'), skippable, skippable, stored(small, small), zstdFile('text-bare')];
  for (const size of [1, 7, 4096]) {
    const { bytes, fault } = await unpack(Buffer.concat(frames), size);
    assert.is(fault, null);
    assert.ok(bytes.equals(Buffer.concat([expected, small, small, expected])));
  }
});

test('a zstd stream cut at any byte gives every whole block, and says where it ends', async () => {
  const packed = stored(text(50), noise(30), text(40));
  const ends = [6, 59, 92, 135];
  assert.is(packed.length, 135);
  const { bytes: whole } = await unpack(packed);
  for (let length = 4; length < packed.length; length++) {
    const { bytes, fault } = await unpack(packed.subarray(0, length));
    const blocks = ends.filter((end) => end <= length).length - 1;
    assert.ok(bytes.equals(whole.subarray(0, [0, 0, 50, 80][blocks + 1])), `cut at ${length}`);
    assert.is(fault?.code, 'TRUNCATED');
    assert.is(fault?.offset, bytes.length);
    assert.equal(await unpack(packed.subarray(0, length), 1), { bytes, fault, compressions: ['zstd'] });
  }
});

test('a zstd stream with any bit turned throws nothing, and is noticed', async () => {
  for (const name of ['text-1', 'text-19']) {
    const packed = zstdFile(name);
    const { bytes: expected } = await unpack(packed);
    for (let bit = 32; bit < packed.length * 8; bit += 11) {
      const turned = Buffer.from(packed);
      turned[bit >> 3]! ^= 1 << (bit & 7);
      const { bytes, fault } = await unpack(turned);
      assert.ok(fault !== null || bytes.equals(expected), `bit ${bit}`);
    }
  }
});

test('what zstd cannot have meant is refused before anything is allocated', async () => {
  for (const [content, message] of [
    [hex('28b52ffd 00 f0 010000'), /needs a window of more than 32 MiB; .*--long=31/],
    [hex('28b52ffd e0 ffffffffffffff7f 010000'), /needs a window of more than 32 MiB/],
    [hex('28b52ffd 01 58 07 010000'), /needs a dictionary/],
    [hex('28b52ffd 08 58 010000'), /reserved bit/],
    [hex('28b52ffd 00 58 070000'), /block of type 3/],
    [hex('28b52ffd 00 58 f9ffff'), /has a block of 2097151 bytes, expected at most 131072/],
    [Buffer.concat([stored(small), Buffer.from('garbage')]), /is followed by something else/],
  ] as const) {
    const before = process.memoryUsage().arrayBuffers;
    const { fault } = await unpack(content);
    assert.match(fault!.message, message);
    assert.ok(process.memoryUsage().arrayBuffers - before < 8e6);
  }
});

test('compressed twice is read, three times refused', async () => {
  const twice = gzipSync(gzipSync(small));
  const { bytes, compressions } = await unpack(twice, 100);
  assert.ok(bytes.equals(small));
  assert.equal(compressions, ['gzip', 'gzip']);
  const error = await unpack(gzipSync(twice)).catch((reason: unknown) => reason);
  assert.match((error as Error).message, 'is compressed more than 2 times (gzip, then gzip, then gzip)');
  const cut = await unpack(gzipSync(gzipSync(small).subarray(0, 200)));
  assert.match(cut.fault!.message, /the gzip stream ends before its end, at byte (199|200) of what is compressed/);
});

test('raw DEFLATE is no gzip', async () => {
  assert.equal((await unpack(deflateRawSync(small))).compressions, []);
});

test.run();
