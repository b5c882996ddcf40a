import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Connections } from '../src/replay/connections.ts';
import { Replay } from '../src/replay/engine.ts';
import { ENTRY_WORDS } from '../src/replay/entry.ts';
import { MOST_CONNECTIONS } from '../src/replay/options.ts';
import { LimitError } from '../src/source/errors.ts';
import { fakeCluster, type World } from './fake-table.ts';
import { inShort, outcomes, replayOf } from './replayed.ts';
import { type Row, rowsOf } from './rows.ts';

const A = '10.0.0.1';
const B = '10.0.0.2';
const world: World = { pods: { [A]: 'n1', [B]: 'n1' }, egress: ({ own }) => own === A };
const T0 = 1_700_000_000;

const syn = (port: number, at: number): Row => ({ says: `${A}:${port} > ${B}:80 S`, at: T0 + at });
const synAck = (port: number, at: number): Row => ({ says: `${B}:80 > ${A}:${port} SA`, at: T0 + at });

/** Runs rows one batch each, as batches must not matter. */
function run(replay: Replay, rows: readonly Row[]): string[] {
  return rows.flatMap((row) => {
    const batch = rowsOf([row]);
    return outcomes(replay, batch, replay.process(batch)).map(inShort);
  });
}

test('a table of 8 forgets the least recently seen, counts it, and judges what comes after as unknown', () => {
  const replay = replayOf(world, { maxConnections: 8, midstream: 'loose' });
  const opened = Array.from({ length: 8 }, (_, i) => syn(1000 + i, i));
  assert.equal(run(replay, opened), new Array(8).fill('forwarded policy'));
  assert.is(replay.tally.evictions, 0);
  assert.is(replay.connections.count, 8);
  // 1000 was the first, and is seen again: 1001 is now the oldest.
  assert.equal(run(replay, [synAck(1000, 8), syn(2000, 9)]), ['forwarded tracked', 'forwarded policy']);
  assert.is(replay.tally.evictions, 1);
  assert.is(replay.connections.count, 8);
  assert.equal(run(replay, [synAck(1001, 10)]), ['dropped ct-invalid']);
  assert.equal(
    run(replay, [synAck(1000, 11), synAck(1002, 12), synAck(2000, 13)]),
    new Array(3).fill('forwarded tracked'),
  );
  // An opener that comes again is judged again.
  assert.equal(run(replay, [syn(1001, 14), synAck(1001, 15)]), ['forwarded policy', 'forwarded tracked']);
  assert.is(replay.tally.evictions, 2);
  assert.equal(run(replay, [synAck(1003, 16)]), ['dropped ct-invalid']);
});

test('in one batch just as well', () => {
  const rows = [...Array.from({ length: 9 }, (_, i) => syn(1000 + i, i)), synAck(1000, 10), synAck(1001, 11)];
  const replay = replayOf(world, { maxConnections: 8, midstream: 'strict' });
  const batch = rowsOf(rows);
  const told = outcomes(replay, batch, replay.process(batch)).map(inShort);
  assert.equal(told.slice(-2), ['dropped ct-invalid', 'forwarded tracked']);
});

test('what has expired goes first, and is no eviction', () => {
  const replay = replayOf(world, { maxConnections: 8, midstream: 'loose' });
  run(replay, [syn(999, 0), ...Array.from({ length: 7 }, (_, i) => syn(1000 + i, 100 + i))]);
  run(replay, [syn(2000, 121)]);
  assert.is(replay.tally.evictions, 0);
  assert.equal(run(replay, [synAck(1000, 122)]), ['forwarded tracked']);
});

test('thousands of connections through a small table lose nothing but what was forgotten', () => {
  const replay = replayOf(world, { maxConnections: 100 });
  for (let i = 0; i < 5000; i++) replay.process(rowsOf([syn(i + 1, i / 1000), synAck(i + 1, i / 1000)]));
  assert.is(replay.connections.count, 100);
  assert.is(replay.tally.evictions, 4900);
  assert.equal(
    replay.tally.verdicts.map((amount) => amount.packets),
    [0, 10_000, 0],
  );
});

test('64 bytes an entry at most, whatever the capacity', () => {
  for (const capacity of [1, 2, 3, 8, 100, 1023, 1024, 1025, 1 << 16]) {
    const { bytes } = new Connections(capacity);
    assert.ok(bytes <= capacity * 64, `${bytes} bytes for ${capacity}`);
  }
  assert.is(ENTRY_WORDS * 4 + 4, 64);
});

test('refuses a table of no size, and one beyond the stated limit', () => {
  const { table, questions } = fakeCluster(world);
  for (const maxConnections of [0, -1, 1.5, Number.NaN])
    assert.throws(() => new Replay(table, { maxConnections }, questions), /expected a whole number from 1/);
  const make = () => new Replay(table, { maxConnections: MOST_CONNECTIONS + 1 }, questions);
  assert.throws(make, (error: unknown) => error instanceof LimitError);
});

test('timeouts of nodes with switches of their own', () => {
  const replay = replayOf(world, { midstream: 'strict', timeouts: { tcp_timeout_syn_sent: 5 } });
  run(replay, [syn(1, 0), syn(2, 0)]);
  assert.equal(run(replay, [synAck(1, 4), synAck(2, 6)]), ['forwarded tracked', 'dropped ct-invalid']);
  const make = (timeouts: object) => (): Replay => replayOf(world, { timeouts });
  assert.throws(
    make({ tcp_timeout_syn_send: 5 }),
    /timeout `tcp_timeout_syn_send`: expected one of tcp_timeout_syn_sent/,
  );
  for (const seconds of [0, 1.5, -1, 2_147_484, '5'])
    assert.throws(make({ udp_timeout: seconds }), /expected whole seconds from 1 to 2147483/);
});

const HOUR = 3600;
const edges: [name: string, rows: Row[], lives: number][] = [
  ['SYN_SENT 120 s', [syn(1, 0)], 120],
  ['SYN_RECV 60 s', [syn(1, 0), synAck(1, 1)], 60],
  ['ESTABLISHED five days', [syn(1, 0), synAck(1, 1), { says: `${A}:1 > ${B}:80 A`, at: T0 + 2 }], 120 * HOUR],
  ['CLOSE 10 s', [syn(1, 0), synAck(1, 1), { says: `${A}:1 > ${B}:80 R`, at: T0 + 2 }], 10],
];
for (const [name, rows, lives] of edges)
  test(`both sides of the timeout: ${name}`, () => {
    const last = rows.at(-1)!.at! - T0;
    const answerAfter = (seconds: number): string => {
      const replay = replayOf(world, { midstream: 'strict' });
      run(replay, rows);
      return run(replay, [{ says: `${B}:80 > ${A}:1 A`, at: T0 + last + seconds }])[0]!;
    };
    assert.is(answerAfter(lives - 0.001), 'forwarded tracked');
    assert.is(answerAfter(lives), 'dropped ct-invalid');
  });

const udp = (at: number): Row => ({ says: `${A}:1 > ${B}:53 udp`, at: T0 + at });
const udpBack = (at: number): Row => ({ says: `${B}:53 > ${A}:1 udp`, at: T0 + at });

test('92: a UDP answer within 30 s passes, a later one is a connection of its own', () => {
  assert.equal(run(replayOf(world), [udp(0), udpBack(29.999)]), ['forwarded policy', 'forwarded tracked']);
  assert.equal(run(replayOf(world), [udp(0), udpBack(30)]), ['forwarded policy', 'dropped policy']);
});

test('92: an exchange of more than two seconds lives for 120 s', () => {
  const stream = [udp(0), udpBack(1), udp(2.001)];
  assert.is(run(replayOf(world), [...stream, udpBack(122)]).at(-1), 'forwarded tracked');
  assert.is(run(replayOf(world), [...stream, udpBack(122.001)]).at(-1), 'dropped policy');
  const quick = [udp(0), udpBack(1), udp(2)];
  assert.is(run(replayOf(world), [...quick, udpBack(31.999)]).at(-1), 'forwarded tracked');
  assert.is(run(replayOf(world), [...quick, udpBack(32)]).at(-1), 'dropped policy');
});

test('a denied connection is remembered for 120 s after its last packet', () => {
  const denied = (at: number): Row => ({ says: `${B}:9 > ${A}:80 S`, at: T0 + at });
  const more = (at: number): Row => ({ says: `${A}:80 > ${B}:9 A`, at: T0 + at });
  const told = run(replayOf(world), [denied(0), more(119.999), more(239.998), more(359.998)]);
  assert.equal(told, [
    ...['dropped policy', 'dropped connection-denied', 'dropped connection-denied'],
    'dropped policy midstream',
  ]);
});

test('time that goes back is counted and does not turn the clock back', () => {
  const replay = replayOf(world, { midstream: 'strict' });
  const told = run(replay, [syn(1, 0), syn(2, 100), syn(3, 50), synAck(3, 0), synAck(1, 119), synAck(2, 121)]);
  assert.equal(told, [
    ...['forwarded policy', 'forwarded policy', 'forwarded policy', 'forwarded tracked'],
    ...['forwarded tracked', 'forwarded tracked'],
  ]);
  const { backwards, firstSeconds, lastSeconds } = replay.tally;
  assert.equal({ backwards, firstSeconds, lastSeconds }, { backwards: 2, firstSeconds: T0, lastSeconds: T0 + 121 });
});

test('rows without a time leave the clock alone', () => {
  const replay = replayOf(world, { midstream: 'strict' });
  assert.equal(run(replay, [{ says: `${A}:1 > ${B}:80 S` }, synAck(1, 0)]), ['forwarded policy', 'forwarded tracked']);
  assert.is(replay.tally.backwards, 0);
  assert.is(replayOf(world).tally.firstSeconds, null);
});

test('pauses of weeks and years expire connections, and never revive them', () => {
  const WRAP = 2 ** 32 / 1000;
  for (const pause of [12.5 * 24 * HOUR, 49 * 24 * HOUR, WRAP - 1, WRAP, WRAP + 1, 10 * WRAP]) {
    const replay = replayOf(world, { midstream: 'strict' });
    run(replay, [syn(1, 0), synAck(1, 1), { says: `${A}:1 > ${B}:80 A`, at: T0 + 2 }]);
    assert.equal(
      run(replay, [{ says: `${B}:80 > ${A}:1 A`, at: T0 + 2 + pause }]),
      ['dropped ct-invalid'],
      `${pause} s`,
    );
  }
  const kept = replayOf(world, { midstream: 'strict' });
  run(kept, [syn(1, 0), synAck(1, 1), { says: `${A}:1 > ${B}:80 A`, at: T0 + 2 }]);
  for (let day = 4; day < 120; day += 4)
    assert.equal(
      run(kept, [{ says: `${B}:80 > ${A}:1 A`, at: T0 + day * 24 * HOUR }]),
      ['forwarded tracked'],
      `day ${day}`,
    );
});

test.run();
