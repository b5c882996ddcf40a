/** Mutants of pcapng, gzip and zstd files: nothing is thrown but refusals, every record is counted, memory is bounded. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CaptureError } from '../src/source/errors.ts';
import { fixture } from './paths.ts';
import { ethernet, pcap, tcp, udp } from './pcap-writer.ts';
import { CUSTOM, pcapngWriter } from './pcapng-writer.ts';
import { type Random, seeded } from './random.ts';
import { readInput } from './traffic.ts';
import { unpack } from './unpacked.ts';

const SEED = 20260802;
const RUNS = 500;
/** Slower than this for a few hundred bytes is a hang. */
const MAX_MS = 5000;
/** What a reader holds before it has seen a byte: windows, batches, tables; and the 16 times of its input. */
const FIXED_BYTES = 12e6;

const frames = [ethernet(tcp('10.0.0.1', '10.0.0.2', 1, 2)), ethernet(udp('fd00::1', 'fd00::2', 1, 53))];
const sections = [false, true].flatMap((bigEndian) => {
  const writer = pcapngWriter(bigEndian);
  return [
    writer.section([[1, Buffer.from('comment')]]),
    writer.interface({ resolution: 9, offset: 5n, checksum: 4 }),
    writer.interface({ linkType: 101, resolution: 0x8a, snaplen: 40 }),
    writer.packet(frames[0]!, { comment: 'x', time: 5n }),
    writer.simple(frames[1]!),
    writer.obsolete(frames[1]!, { on: 1 }),
    writer.block(CUSTOM, Buffer.alloc(8)),
  ];
});
const capture = pcap([...frames, ...frames, ...frames]);
const seeds: ReadonlyMap<string, readonly Buffer[]> = new Map([
  ['pcapng', [Buffer.concat(sections)]],
  [
    'gzip',
    [gzipSync(capture), gzipSync(capture, { level: 0 }), Buffer.concat([gzipSync(capture), gzipSync(frames[0]!)])],
  ],
  [
    'zstd',
    ['text-1', 'text-3', 'text-19', 'text-bare', 'zeros'].map((name) => readFileSync(fixture(`zstd/${name}.zst`))),
  ],
]);
const MEANINGFUL = [0, 1, 2, 3, 4, 6, 8, 12, 28, 32, 0x0a, 0x1f, 0x28, 0x7f, 0x80, 0x8b, 0xff];

function mutant(random: Random, seed: Buffer): Buffer {
  let bytes = Buffer.from(seed);
  for (let edits = 1 + random.below(4); edits > 0; edits--) {
    bytes = edited(random, bytes, random.below(bytes.length));
    if (bytes.length < 8 || bytes.length > 4096) bytes = Buffer.from(seed);
  }
  return bytes;
}

function edited({ below, pick }: Random, bytes: Buffer<ArrayBuffer>, at: number): Buffer<ArrayBuffer> {
  switch (below(8)) {
    case 0:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(below(bytes.length))]);
    case 1:
      return bytes.subarray(0, at);
    case 2:
      if (at + 4 <= bytes.length) bytes.writeUInt32LE(pick([0, 4, 12, 0x7fff_ffff, 0xffff_fffc, 0xffff_ffff]), at);
      return bytes;
    case 3:
    case 4:
      bytes[at]! ^= 1 << below(8);
      return bytes;
    default:
      bytes[at] = pick(MEANINGFUL);
      return bytes;
  }
}

for (const [name, from] of seeds)
  test(`mutants of ${name}`, async () => {
    const random = seeded(SEED);
    let whole = 0;
    for (let run = 0; run < RUNS; run++) {
      const bytes = mutant(random, random.pick(from));
      const where = `seed ${SEED}, run ${run}`;
      const size = random.pick([bytes.length, bytes.length, 7, 64]);
      const before = performance.now();
      const held = process.memoryUsage().arrayBuffers;
      try {
        // Reading asserts that records = rows + everything else.
        const { fault, counts, rows } = await readInput(bytes, size);
        assert.is(counts.rows, rows.length, where);
        if (fault === null) whole++;
        if (name !== 'pcapng' && run % 4 === 0) await sameInPieces(bytes, where);
      } catch (error) {
        if (!(error instanceof CaptureError)) throw new Error(where, { cause: error });
      }
      assert.ok(performance.now() - before < MAX_MS, `${where}: ${performance.now() - before} ms`);
      const grown = process.memoryUsage().arrayBuffers - held;
      assert.ok(grown < 16 * bytes.length + FIXED_BYTES, `${where}: ${grown} bytes for ${bytes.length}`);
    }
    console.log(`\n# ${RUNS} mutants of ${name}, ${whole} of them read to their end`);
  });

async function sameInPieces(bytes: Buffer, where: string): Promise<void> {
  const whole = await unpack(bytes);
  assert.equal(await unpack(bytes, 5), whole, where);
}

test.run();
