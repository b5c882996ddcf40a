import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatWords } from '../src/net/address.ts';
import { HAS_PORTS, LATER_FRAGMENT } from '../src/packet/batch.ts';
import type { Replay } from '../src/replay/engine.ts';
import { decisionOf } from '../src/table/decisions.ts';
import { FLAGS, REASONS, VERDICTS } from '../src/verdict/reasons.ts';
import { type Conversation, MAX_CONVERSATIONS } from '../src/verdict/tally.ts';
import { EGRESS_ALLOW, INGRESS_ALLOW, INGRESS_DENY, type World } from './fake-table.ts';
import { replayOf } from './replayed.ts';
import { rowsOf } from './rows.ts';

const A = '10.0.0.1';
const B = '10.0.0.2';
const EXT = '203.0.113.1';
const world: World = { pods: { [A]: 'n1', [B]: 'n1' }, ingress: ({ own, port }) => own === A && port === 80 };

const told = (replay: Replay, c: Conversation) => {
  const { general, count } = replay.table.decisions;
  return {
    ends: `${formatWords(c.family, ...c.src)} > ${formatWords(c.family, ...c.dst)}`,
    to: c.destinationPort ?? c.icmpType,
    what: `${VERDICTS[c.verdict]} ${REASONS[c.reason]}`,
    ingress: decisionOf(general, count, c.ingress),
    amounts: [c.packets, c.bytes, c.connections],
  };
};

test('a denied connection is one conversation with all that followed, as its opener saw it', () => {
  const replay = replayOf(world);
  replay.process(
    rowsOf([
      { says: `${EXT}:1000 > ${A}:443 S`, length: 60 },
      { says: `${EXT}:1000 > ${A}:443 S`, length: 60 },
      { says: `${A}:443 > ${EXT}:1000 SA`, length: 60 },
      { says: `${EXT}:2000 > ${A}:443 S`, length: 70 },
      `${EXT}:1000 > ${A}:80 S`,
      `${EXT} > ${A} icmp 8/0 id 1`,
      `${A} > ${EXT} icmp 0/0 id 1`,
      { says: 'fd00::1 > fd00::2 S', without: HAS_PORTS },
    ]),
  );
  assert.equal(
    replay.tally.conversations.map((c) => told(replay, c)),
    [
      { ends: `${EXT} > ${A}`, to: 443, what: 'dropped policy', ingress: INGRESS_DENY, amounts: [4, 250, 2] },
      { ends: `${EXT} > ${A}`, to: 8, what: 'dropped policy', ingress: INGRESS_DENY, amounts: [2, 200, 1] },
    ],
  );
  assert.is(replay.tally.rows, 8);
});

test('verdicts, reasons and findings add up', () => {
  const replay = replayOf({ ...world, egress: () => true });
  replay.process(
    rowsOf([
      `${B}:1 > ${A}:80 S`,
      `${A}:80 > ${B}:1 SA`,
      `${B}:1 > ${A}:443 S`,
      `${A}:9 > ${EXT}:80 A`,
      { says: `${A}:0 > ${B}:0 udp`, flags: LATER_FRAGMENT, without: HAS_PORTS },
      `${EXT}:1 > ${A}:80 SF`,
    ]),
  );
  const { tally } = replay;
  assert.equal(
    tally.verdicts.map((a) => [a.packets, a.bytes, a.connections]),
    [
      [1, 100, 0],
      [3, 300, 2],
      [2, 200, 1],
    ],
  );
  const reasons = tally.reasons.map((a, i) => [REASONS[i], a.packets]).filter(([, packets]) => packets !== 0);
  assert.equal(reasons, [
    ['policy', 3],
    ['tracked', 1],
    ['ct-invalid', 1],
    ['fragment', 1],
  ]);
  assert.equal(tally.flags.indexOf(1), FLAGS.indexOf('midstream'));
  assert.is(
    tally.flags.reduce((sum, n) => sum + n, 0),
    1,
  );
  assert.is(tally.findings.get(EGRESS_ALLOW)!.packets, 5);
  assert.equal(tally.findings.get(INGRESS_ALLOW), { packets: 2, bytes: 200, connections: 1 });
  assert.equal(tally.findings.get(INGRESS_DENY), { packets: 1, bytes: 100, connections: 1 });
  assert.is(
    tally.verdicts.reduce((sum, a) => sum + a.packets, 0),
    tally.rows,
  );
});

test('conversations are bounded: what finds no room is summed up', () => {
  const replay = replayOf({ pods: { [A]: 'n1' }, ingress: () => false }, { track: false });
  const batch = rowsOf(Array.from({ length: 4096 }, () => `${EXT}:1 > ${A}:80 S`));
  for (let i = 0; i < 17; i++) {
    for (let row = 0; row < batch.count; row++) {
      batch.destinationPort[row] = (i * 4096 + row) % 65_536;
      batch.protocol[row] = i < 16 ? 6 : 17;
    }
    replay.process(batch);
  }
  const { conversations, crowdedOut } = replay.tally;
  assert.is(conversations.length, MAX_CONVERSATIONS);
  assert.ok(conversations.every((c) => c.packets === 1 && c.connections === 1));
  assert.equal(crowdedOut, { packets: 4096, bytes: 409_600, connections: 4096 });
});

test('a row stands for as many packets and bytes as its log says', () => {
  const replay = replayOf(world);
  const batch = rowsOf([`${EXT}:1 > ${A}:443 S`]);
  batch.packets[0] = 12;
  batch.bytes[0] = 3_000_000_000;
  replay.process(batch);
  const { verdicts, conversations } = replay.tally;
  assert.equal(verdicts[2], { packets: 12, bytes: 3_000_000_000, connections: 1 });
  assert.is(conversations[0]!.bytes, 3_000_000_000);
});

test('no packet allocates: the heap does not grow with them', () => {
  const replay = replayOf({ pods: { [A]: 'n1', [B]: 'n1' } });
  const batch = rowsOf(Array.from({ length: 4096 }, (_, i) => `${A}:${i + 1} > ${B}:80 ${i % 2 ? 'A' : 'S'}`));
  for (let i = 0; i < 60; i++) replay.process(batch);
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 100; i++) replay.process(batch);
  const bytes = (process.memoryUsage().heapUsed - before) / (100 * 4096);
  // The fake matcher makes a text of each address that it is asked about: only openers would ask.
  assert.ok(bytes < 2, `${bytes.toFixed(2)} bytes a packet`);
});

test.run();
