/** Random and mutated bytes: nothing is thrown, nothing is lost, no column leaves its range. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import './seed.ts';
import { createBatch } from '../src/packet/batch.ts';
import { linkTypes } from '../src/packet/link/registry.ts';
import { DECODED } from '../src/packet/outcome.ts';
import { CaptureError } from '../src/source/errors.ts';
import { checkRow, decodeInto, ETHERNET_FRAMES } from './fuzz/targets/frames.ts';
import { type Row, read } from './packet-row.ts';
import { pcap } from './pcap-writer.ts';
import { readInput } from './traffic.ts';

/** Values that headers give a meaning to, so that mutations get past the first check. */
const meaningful = fc.constantFrom(
  0,
  1,
  4,
  6,
  17,
  41,
  43,
  44,
  47,
  51,
  58,
  60,
  132,
  0x45,
  0x60,
  0x81,
  0x88,
  0x86,
  0xdd,
  0xff,
);
const mutation = fc.record({ at: fc.nat(200), to: fc.oneof(fc.nat(255), meaningful) });
const frame = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 120 }) },
  {
    weight: 4,
    arbitrary: fc
      .record({
        seed: fc.constantFrom(...ETHERNET_FRAMES),
        mutations: fc.array(mutation, { maxLength: 4 }),
        cut: fc.oneof(fc.nat(120), fc.constant(200)),
      })
      .map(({ seed, mutations, cut }) => {
        const mutant = Uint8Array.from(seed);
        for (const { at, to } of mutations) mutant[at % mutant.length] = to;
        return mutant.subarray(0, cut);
      }),
  },
);
const linkType = fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.constantFrom(...linkTypes.keys()));

/** As many executions, and rows among them, as the run really made: a run of none would prove nothing. */
let executions = 0;
let rows = 0;

test('decoding throws for no bytes, and keeps within the frame', () => {
  const batch = createBatch(1);
  fc.assert(
    fc.property(frame, linkType, fc.boolean(), (content, number, peel) => {
      executions++;
      const outcome = decodeInto(batch, content, 0, linkTypes.get(number)!, peel);
      if (outcome !== DECODED) return;
      rows++;
      checkRow(batch, content.length, peel);
    }),
    { numRuns: 20_000 },
  );
  console.log(`# ${executions} frames decoded, ${rows} of them to rows`);
  assert.ok(rows > executions / 10);
});

test('a cut invents no field, and what stands behind a frame changes none', () => {
  fc.assert(
    fc.property(frame, fc.nat(120), (content, length) => {
      const whole = read(content, { linkType: 1 });
      // The frames stand between bytes of ones in one case, and between nothing in the other.
      assert.equal(read(Uint8Array.from([...content]), { linkType: 1 }), whole);
      const cut = read(content.subarray(0, length), { linkType: 1, wireBytes: content.length });
      if (typeof cut === 'number') return;
      assert.ok(typeof whole === 'object', 'a cut frame has a row and the whole one has none');
      const { protocol, tunnel, ...fields } = cut;
      for (const [key, value] of Object.entries(fields)) assert.equal((whole as Row)[key as keyof Row], value, key);
      if (tunnel) assert.ok((whole as Row).tunnel);
      if (cut.ports ?? cut.icmp) assert.is((whole as Row).protocol, protocol);
    }),
    { numRuns: 10_000 },
  );
});

test('a broken capture throws nothing but its refusal, and counts all of its records', async () => {
  const whole = pcap(ETHERNET_FRAMES);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ at: fc.nat(whole.length - 1), to: fc.nat(255) }), { maxLength: 4 }),
      fc.nat(whole.length),
      async (mutations, length) => {
        const mutant = Uint8Array.from(whole);
        for (const { at, to } of mutations) mutant[at] = to;
        try {
          // The readers assert that records = rows + everything else; a difference would be an Error of ours.
          const { counts, rows: read } = await readInput(mutant.subarray(0, length), 97);
          assert.is(counts.rows, read.length);
        } catch (error) {
          assert.instance(error, CaptureError);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test.run();
