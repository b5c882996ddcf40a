/** Fragments as rows: both families, other identifications, a flood. Ledger 95 in nodes-lines.ts has the captures. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FIRST_FRAGMENT, HAS_PORTS, LATER_FRAGMENT } from '../../src/packet/batch.ts';
import { inShort, outcomes, replayOf } from '../replayed.ts';
import { type Row, rowsOf } from '../rows.ts';

const ENDS = { 4: ['10.244.1.2', '10.244.2.2'], 6: ['[fd00::2]', '[fd00::3]'] } as const;
const WORLD = {
  pods: { '10.244.1.2': 'n1', '10.244.2.2': 'n2', 'fd00::2': 'n1', 'fd00::3': 'n2' },
  ingress: ({ port }: { port: number }) => port === 53,
};

const first = (family: 4 | 6, port: number): Row => ({
  says: `${ENDS[family][0]}:40000 > ${ENDS[family][1]}:${port} udp`,
  flags: FIRST_FRAGMENT,
});
const later = (family: 4 | 6): Row => ({
  says: `${ENDS[family][0]}:0 > ${ENDS[family][1]}:0 udp`,
  flags: LATER_FRAGMENT,
  without: HAS_PORTS,
});

/** Each row with the identification of its datagram. */
function replayed(rows: readonly (readonly [row: Row, id: number])[]): string[] {
  const batch = rowsOf(rows.map(([row]) => row));
  rows.forEach(([, id], i) => {
    batch.fragmentId[i] = id;
  });
  const replay = replayOf(WORLD);
  return outcomes(replay, batch, replay.process(batch)).map((one) => `${inShort(one)} ${one.opener}`);
}

for (const family of [4, 6] as const) {
  test(`IPv${family}: a later fragment follows the first of its own datagram`, () => {
    const said = replayed([
      [first(family, 53), 7],
      [first(family, 54), 8],
      [later(family), 8],
      [later(family), 7],
      [later(family), 9],
      [first(family, 54), 7],
      [later(family), 7],
    ]);
    assert.equal(said, [
      'forwarded policy 0',
      'dropped policy 0',
      'dropped connection-denied 2',
      'forwarded tracked 1',
      'undetermined fragment 0',
      'dropped connection-denied 2',
      'dropped connection-denied 2',
    ]);
  });
}

test('a flood of datagrams is forgotten, told, and never mixed up', () => {
  const replay = replayOf(WORLD);
  const batch = rowsOf(Array.from({ length: 4000 }, () => first(4, 53)));
  for (let round = 0; round < 30; round++) {
    for (let i = 0; i < 4000; i++) batch.fragmentId[i] = 100 + round * 4000 + i;
    replay.process(batch);
  }
  // The time stands still, so that all are within their time: 65,536 of 120,000 are remembered.
  assert.is(replay.tally.datagramsForgotten, 120_000 - 65_536);
  const probes = rowsOf(Array.from({ length: 4000 }, () => later(4)));
  for (let i = 0; i < 4000; i++) probes.fragmentId[i] = 1_000_000 + i;
  const verdicts = replay.process(probes);
  assert.ok(verdicts.verdict.subarray(0, 4000).every((verdict) => verdict === 0));
});

test.run();
