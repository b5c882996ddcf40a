/** gzip and zstd, and whatever is inside, as a command opens it: from a stream, in pieces. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { CaptureError } from '../../../src/source/errors.ts';
import { fixture } from '../../paths.ts';
import { hex, pcap } from '../../pcap-writer.ts';
import { readInput } from '../../traffic.ts';
import { unpack } from '../../unpacked.ts';
import { check, type Target } from '../target.ts';
import { ETHERNET_FRAMES } from './frames.ts';

const capture = pcap(ETHERNET_FRAMES.slice(0, 3));
/** The windows of the source and of what is inside, a batch, and what the decompressors hold. */
const FIXED_BYTES = 12e6;

/** Whatever is inside may be no capture. */
const refused = (error: unknown): { counts: { rows: number }; rows: readonly unknown[] } => {
  if (error instanceof CaptureError) return { counts: { rows: 0 }, rows: [] };
  throw error;
};

const target = (name: string, seeds: readonly Uint8Array[], words: readonly Uint8Array[]): Target => ({
  name,
  about: `${name} streams, through to the records`,
  full: 3_000,
  quick: 50,
  fixedBytes: FIXED_BYTES,
  mostMs: 1000, // a zstd block of four bytes stands for 128 KiB, and the whole is unpacked twice
  seeds,
  words,
  run: async (input) => {
    try {
      const { bytes } = await unpack(input);
      // The readers assert that every record is counted.
      const { counts, rows } = await readInput(input, 1 + (input.length >> 1)).catch(refused);
      check(counts.rows === rows.length, () => `${counts.rows} rows counted, ${rows.length} handed out`);
      return bytes.length > 0;
    } catch (error) {
      if (error instanceof CaptureError) return false;
      throw error;
    }
  },
});

export const gzipStreams = target(
  'gzip',
  [gzipSync(capture), gzipSync(capture, { level: 0 }), Buffer.concat([gzipSync(capture), gzipSync(capture)])],
  [hex('1f8b08'), hex('0000ffff'), hex('0300')],
);
export const zstdStreams = target(
  'zstd',
  ['text-1', 'text-3', 'text-19', 'text-bare'].map((name) => readFileSync(fixture(`zstd/${name}.zst`))),
  [hex('28b52ffd'), hex('502a4d18'), hex('010000')],
);
