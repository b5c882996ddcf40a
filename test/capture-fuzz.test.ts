/** Random and mutated bytes: nothing is thrown, nothing is lost, no column leaves its range. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import './seed.ts';
import { createBatch, HAS_ICMP, HAS_PORTS, IS_TUNNELLED } from '../src/packet/batch.ts';
import { clearBatch } from '../src/packet/clear.ts';
import { decodeFrame } from '../src/packet/decode.ts';
import { linkTypes } from '../src/packet/link/registry.ts';
import { DECODED, NOT_IP, whyUndecodable } from '../src/packet/outcome.ts';
import { CaptureError } from '../src/source/errors.ts';
import { type Row, read } from './packet-row.ts';
import {
  bytes,
  ethernet,
  fragmentHeader,
  hex,
  icmp,
  ipv4,
  ipv6,
  pcap,
  sctp,
  tcp,
  u32,
  udp,
  udpHeader,
} from './pcap-writer.ts';
import { readInput } from './traffic.ts';

const inner = ethernet(tcp('10.0.0.1', '10.0.0.2', 1, 2));
const seeds = [
  ethernet(tcp('10.0.0.1', '10.0.0.2', 40000, 80), [0x88a8, 0x8100]),
  ethernet(icmp('10.0.0.1', '10.0.0.2', 3, 3, bytes(u32(0), udp('10.0.0.2', '10.0.0.1', 1, 2)))),
  ethernet(sctp('fd00::1', 'fd00::2', 1, 2)),
  ethernet(
    ipv6('fd00::1', 'fd00::2', 17, udpHeader(1, 2), {
      extensions: [{ number: 0, rest: hex('00010400000000') }, fragmentHeader(0, true, 7)],
    }),
  ),
  ethernet(udp('10.0.0.1', '10.0.0.2', 5000, 4789, bytes(hex('08000000 00100000'), inner))),
  ethernet(ipv4('10.0.0.1', '10.0.0.2', 47, bytes(hex('b000 6558 00000000 00000007 00000001'), inner))),
];
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
        seed: fc.constantFrom(...seeds),
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
      batch.view = new DataView(content.buffer, content.byteOffset, content.byteLength);
      batch.count = 1;
      clearBatch(batch);
      batch.length[0] = content.length;
      // A read behind the frame is a RangeError here, as the view ends with it.
      const outcome = decodeFrame(batch, 0, linkTypes.get(number)!, 0, content.length, peel);
      if (outcome !== DECODED) {
        assert.ok(outcome === NOT_IP || !whyUndecodable(outcome).startsWith('unknown'));
        return;
      }
      rows++;
      const flags = batch.flags[0]!;
      assert.ok(batch.family[0] === 4 || batch.family[0] === 6);
      assert.ok(batch.endAt[0]! > 0 && batch.endAt[0]! <= content.length);
      assert.ok(batch.quotedAt[0] === -1 || (batch.quotedAt[0]! > 0 && batch.quotedAt[0]! < batch.endAt[0]!));
      assert.ok((flags & HAS_PORTS) !== 0 || (batch.sourcePort[0] === 0 && batch.destinationPort[0] === 0));
      assert.ok((flags & HAS_ICMP) !== 0 || (batch.icmpType[0] === 0 && batch.icmpCode[0] === 0));
      assert.ok(peel || (flags & IS_TUNNELLED) === 0);
      if (batch.family[0] === 4) assert.is(batch.src1[0]! | batch.src2[0]! | batch.src3[0]! | batch.dst3[0]!, 0);
    }),
    { numRuns: 40_000 },
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
  const whole = pcap([...seeds, ...seeds]);
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
