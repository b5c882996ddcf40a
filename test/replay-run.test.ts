import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PacketBatch } from '../src/packet/batch.ts';
import type { Traffic } from '../src/packet/traffic.ts';
import { replay } from '../src/replay/replay.ts';
import { REASONS } from '../src/verdict/reasons.ts';
import { fakeCluster, type World } from './fake-table.ts';
import { type Row, rowsOf } from './rows.ts';

const A = '10.0.0.1';
const B = '10.0.0.2';
const T0 = 1_700_000_000;
const world: World = { pods: { [A]: 'n1', [B]: 'n1' } };

/** An input of batches that are made when they are pulled. */
function traffic(file: string, batches: readonly (readonly Row[])[], closed: string[] = []): Traffic {
  async function* pull(): AsyncGenerator<PacketBatch> {
    let n = 1;
    try {
      for (const rows of batches) {
        yield rowsOf(rows, n);
        n += rows.length;
      }
    } finally {
      closed.push(file);
    }
  }
  const counts = { records: 0, rows: 0, notIp: 0, undecodable: 0, rejected: 0, skipped: 0, unreadLink: 0, samples: [] };
  return { file, format: 'rows', isCapture: true, counts, fault: null, batches: pull };
}

const syn = (port: number, at: number): Row => ({ says: `${A}:${port} > ${B}:80 S`, at: T0 + at });
const ack = (port: number, at: number): Row => ({ says: `${A}:${port} > ${B}:80 A`, at: T0 + at });

test('inputs are read in the order of their first timestamps, with one connection table through all', async () => {
  const { table, questions } = fakeCluster(world);
  const closed: string[] = [];
  const inputs = [
    traffic('timeless', [[{ says: `${A}:9 > ${B}:80 S` }]], closed),
    traffic('second', [[], [ack(1, 10)], [ack(1, 11)]], closed),
    traffic('empty', [], closed),
    traffic('first', [[syn(1, 0)], [ack(1, 1)]], closed),
  ];
  const seen: string[] = [];
  const result = await replay(
    table,
    inputs,
    {},
    (batch, verdicts, input) => {
      for (let row = 0; row < batch.count; row++)
        seen.push(`${input} ${REASONS[verdicts.reason[row]!]} ${verdicts.opener[row]} ${verdicts.flags[row]}`);
    },
    questions,
  );
  assert.equal(
    result.inputs.map((input) => input.file),
    ['first', 'second', 'timeless', 'empty'],
  );
  assert.equal(seen, ['0 not-policed 0 0', '0 tracked 1 0', '1 tracked 0 4', '1 tracked 0 4', '2 not-policed 0 0']);
  assert.is(result.aborted, false);
  assert.is(result.tally.rows, 5);
  assert.equal([...closed].sort(), ['empty', 'first', 'second', 'timeless']);
});

test('an abort ends it with what was judged so far, and closes the inputs', async () => {
  const { table, questions } = fakeCluster(world);
  const closed: string[] = [];
  const abort = new AbortController();
  const input = traffic(
    'long',
    Array.from({ length: 50 }, (_, i) => [syn(i + 1, i)]),
    closed,
  );
  let batches = 0;
  const count = (): void => {
    if (++batches === 3) abort.abort();
  };
  const result = await replay(table, [input], { signal: abort.signal }, count, questions);
  assert.equal([result.aborted, result.tally.rows, closed], [true, 3, ['long']]);
});

test('a signal that was aborted before reads nothing', async () => {
  const { table, questions } = fakeCluster(world);
  const result = await replay(
    table,
    [traffic('any', [[syn(1, 0)]])],
    { signal: AbortSignal.abort() },
    undefined,
    questions,
  );
  assert.equal([result.aborted, result.tally.rows], [true, 0]);
});

test('an error of an input or of the caller is thrown on, with the inputs closed', async () => {
  const { table, questions } = fakeCluster(world);
  const closed: string[] = [];
  const broken = (): never => {
    throw new Error('disk full');
  };
  try {
    await replay(
      table,
      [traffic('a', [[syn(1, 0)]], closed), traffic('b', [[syn(2, 5)]], closed)],
      {},
      broken,
      questions,
    );
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, 'disk full');
  }
  assert.equal(closed.sort(), ['a', 'b']);
});

test('timers and signals get their turn while batches are always ready', async () => {
  const { table, questions } = fakeCluster(world);
  const batch = rowsOf(Array.from({ length: 256 }, (_, i) => syn(i + 1, 0)));
  async function* endless(): AsyncGenerator<PacketBatch> {
    while (true) yield batch;
  }
  // Only an event loop that turns lets this timer end the run.
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 100);
  const input = { ...traffic('busy', []), batches: endless };
  const result = await replay(table, [input], { signal: abort.signal }, undefined, questions);
  assert.is(result.aborted, true);
  assert.ok(result.tally.rows > 0);
});

test.run();
