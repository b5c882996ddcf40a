import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BATCH_ROWS, createBatch, NO_TIME, type PacketBatch } from '../src/packet/batch.ts';
import type { ReplayOptions } from '../src/replay/options.ts';
import type { World } from './fake-table.ts';
import { inBatches, replayOf } from './replayed.ts';

const ROWS = 3000;
const SEEDS = 3;
const BYTES = 512;

/** A linear generator is good enough for noise. */
function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const ADDRESSES = [0x0a000001, 0x0a000002, 0x0a000003, 0x0a600001, 0xcb007101];
const world: World = {
  pods: { '10.0.0.1': 'n1', '10.0.0.2': 'n2' },
  nodes: { '10.0.0.3': 'n1' },
  services: { '10.96.0.1': [{ protocol: 6, port: 80, nodePort: 30_080 }] },
  unowned: ['203.0.113.1'],
  egress: ({ port }) => (port % 3 === 0 ? 'unknown' : port % 2 === 0),
  ingress: ({ own }) => (own === '10.0.0.2' ? false : undefined),
};

/** Any value in any column: rows that no reader makes are to be survived, too. */
function noise(seed: number): PacketBatch {
  const random = seeded(seed);
  const batch = createBatch(ROWS);
  const pick = (from: readonly number[]): number => from[random(from.length)]!;
  batch.count = ROWS;
  batch.buffer = Uint8Array.from({ length: BYTES }, () => (random(4) === 0 ? pick([0x45, 0x60, 6, 10]) : random(256)));
  batch.view = new DataView(batch.buffer.buffer);
  for (let row = 0; row < ROWS; row++) {
    batch.n[row] = row + 1;
    batch.family[row] = random(4) === 0 ? 6 : 4;
    batch.src0[row] = pick(ADDRESSES);
    batch.dst0[row] = pick(ADDRESSES);
    if (batch.family[row] === 6) batch.src3[row] = random(2);
    batch.protocol[row] = pick([1, 6, 6, 6, 17, 17, 47, 50, 58, 132, 136]);
    batch.flags[row] = random(3) === 0 ? random(1 << 10) : pick([1, 5, 5, 9, 514]);
    batch.sourcePort[row] = pick([80, 30_080, 40_000, 53]);
    batch.destinationPort[row] = pick([80, 30_080, 40_000, 53]);
    batch.icmpType[row] = pick([0, 3, 8, 9, 11, 128, 129, 135, random(256)]);
    batch.icmpId[row] = random(2);
    batch.tcpFlags[row] = random(5) === 0 ? random(256) : pick([2, 18, 16, 17, 4]);
    batch.sctpChunk[row] = random(16);
    batch.quotedAt[row] = random(3) === 0 ? random(BYTES) : -1;
    batch.endAt[row] = BYTES;
    batch.ipAt[row] = random(2) === 0 ? random(8) : -1;
    batch.device[row] = row < ROWS / 2 ? 0 : random(2);
    batch.fragmentId[row] = random(3);
    batch.length[row] = 100;
    batch.captured[row] = 90 + random(11);
    batch.packets[row] = 1;
    batch.bytes[row] = 100;
    batch.timeDigits[row] = random(20) === 0 ? NO_TIME : 6;
    batch.seconds[row] = 1_700_000_000 + Math.floor(row / 20) + (random(50) === 0 ? -100 : 0);
  }
  return batch;
}

/** The rows from `from` on as a batch of their own: views of the same columns. */
function part(whole: PacketBatch, from: number, to: number): PacketBatch {
  const cut = Object.entries(whole).map(([key, column]): [string, unknown] => [
    key,
    ArrayBuffer.isView(column) && key !== 'buffer' && key !== 'view'
      ? (column as Uint8Array).subarray(from, to)
      : column,
  ]);
  return { ...(Object.fromEntries(cut) as PacketBatch), count: to - from };
}

function run(batch: PacketBatch, rows: number, options: ReplayOptions): { told: string[]; packets: number } {
  const replay = replayOf(world, options);
  const told: string[] = [];
  const parts = Array.from({ length: Math.ceil(batch.count / rows) }, (_, i) =>
    part(batch, i * rows, Math.min((i + 1) * rows, batch.count)),
  );
  for (const one of inBatches(replay, parts)) told.push(`${one.reason} ${JSON.stringify(one)}`);
  const { verdicts, rows: counted, conversations, duplicates } = replay.tally;
  const packets = verdicts.reduce((sum, amount) => sum + amount.packets, duplicates.packets);
  assert.is(counted, batch.count);
  assert.is(
    conversations.reduce((sum, c) => sum + c.packets, 0),
    verdicts[0].packets + verdicts[2].packets,
  );
  return { told, packets };
}

const modes: ReplayOptions[] = [
  { maxConnections: 16 },
  { maxConnections: 100, midstream: 'loose' },
  { midstream: 'strict', unknownWorkload: 'undetermined' },
  { track: false },
];
for (const [i, options] of modes.entries())
  test(`noise gives verdicts that add up, however it is cut into batches: ${JSON.stringify(options)}`, () => {
    const reasons = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const batch = noise(seed * 10 + i);
      const whole = run(batch, BATCH_ROWS, options);
      assert.is(whole.packets, ROWS);
      for (const rows of [1, 300]) {
        const cut = run(batch, rows, options);
        const differs = whole.told.findIndex((line, row) => line !== cut.told[row]);
        assert.is(differs, -1, `seed ${seed * 10 + i}, batches of ${rows}: row ${differs + 1}`);
      }
      for (const line of whole.told) reasons.add(line.slice(0, line.indexOf(' ')));
    }
    assert.ok(reasons.size >= (options.track === false ? 8 : 11), [...reasons].join(' '));
  });

test.run();
