/**
 * What Linux's connection tracking said of these packets, as `npm run test:kernel -- --record` stored it: ours must say
 * the same. Needs neither root nor Linux.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fixture, root } from '../paths.ts';
import { lettersOfOurs, tableOfCluster } from './ours.ts';
import { type Frame, framesOf } from './packets.ts';
import { isTimed, parseRecorded, type Recorded, type Sequence } from './sequences.ts';
import { LONG_TIMEOUTS, SHORT_TIMEOUTS } from './timeouts.ts';

const HAND_MADE = readFileSync(fixture('kernel/hand-made.txt'), 'utf8');
const handMade = parseRecorded(HAND_MADE);
const random = parseRecorded(readFileSync(fixture('kernel/random.txt'), 'utf8'));
const BEGIN = 1_785_542_400_000;
/** Heads of the fixture's sections that hold a difference. */
const DIFFERENCES = [...HAND_MADE.matchAll(/^# Difference: (.+)$/gm)].map((match) => match[1]!);

/** As seen on the left, where a node's address is translated back to the client's. */
const onTheLeft = (sequence: Sequence): Sequence =>
  sequence.setting === 'snat' ? { ...sequence, setting: 'plain' } : sequence;

async function toldByUs(recorded: readonly Recorded[]): Promise<string[]> {
  const isShort = isTimed(recorded[0]!.sequence);
  const frames = recorded
    .flatMap(({ sequence }, place) =>
      framesOf(onTheLeft(sequence), place).map((frame): [Frame, number] => [frame, place]),
    )
    .sort(([a], [b]) => a.from.at - b.from.at || a.step - b.step);
  const seen = frames.map(([{ from, bytes }]) => ({ at: BEGIN + from.at, bytes }));
  const letters = await lettersOfOurs(await tableOfCluster(), seen, 'loose', isShort ? SHORT_TIMEOUTS : LONG_TIMEOUTS);
  const told = recorded.map((): string[] => []);
  frames.forEach(([{ step }, place], i) => {
    told[place]![step] = letters[i]!;
  });
  return told.map((of) => of.join(''));
}

const groups: [says: string, recorded: readonly Recorded[]][] = [
  ['written by hand', handMade.filter(({ sequence }) => !isTimed(sequence))],
  ['written by hand, with pauses', handMade.filter(({ sequence }) => isTimed(sequence))],
  ['random', random.filter(({ sequence }) => !isTimed(sequence))],
];
for (const [says, recorded] of groups)
  test(`the states that Linux gave packets: ${says}`, async () => {
    assert.ok(recorded.length > 50);
    const told = await toldByUs(recorded);
    for (const [i, { sequence, ours }] of recorded.entries()) assert.is(told[i], ours, sequence.text);
  });

test('at most five differences, and the docs tell of each', () => {
  assert.ok(DIFFERENCES.length <= 5);
  const docs = readFileSync(join(root, 'docs', 'kernel.md'), 'utf8');
  for (const difference of DIFFERENCES) assert.ok(docs.includes(difference), difference);
  const differing = handMade.filter(({ kernel, ours }) => kernel !== ours);
  const behind = HAND_MADE.slice(HAND_MADE.indexOf('# Difference'));
  assert.ok(differing.every(({ sequence }) => behind.includes(sequence.text)));
  assert.ok(random.every(({ kernel, ours }) => kernel === ours));
});

test.run();
