import { readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { fixture } from '../paths.ts';
import { Coverage } from './coverage.ts';
import { Kernel } from './kernel.ts';
import { tableOfCluster } from './ours.ts';
import { addressOf } from './packets.ts';
import { type Answers, askKernel, type Disagreement, disagreements, type Settings } from './probe.ts';
import { randomSequences } from './random-sequences.ts';
import { isTimed, parseRecorded, type Sequence, withLetters } from './sequences.ts';
import { LONG_TIMEOUTS, SHORT_TIMEOUTS } from './timeouts.ts';

/** By hand, and random ones of an earlier run. */
export const FIXTURES: readonly string[] = [fixture('kernel/hand-made.txt'), fixture('kernel/random.txt')];
const SEED = Number(process.env['NETPOL_SEED'] ?? 20_260_801);

const recorded = FIXTURES.flatMap((path) => parseRecorded(readFileSync(path, 'utf8')));
const random = randomSequences(SEED, 2000);
const stored = recorded.map(({ sequence }) => sequence);
const timed = stored.filter(isTimed);
const timeless = stored.filter((sequence) => !isTimed(sequence));

type Group = {
  readonly says: string;
  readonly sequences: readonly Sequence[];
  /** Number of the first: no two sequences share an end, but for those of another mode. */
  readonly from: number;
  readonly settings: Settings;
};

const loose: Settings = { midstream: 'loose', timeouts: LONG_TIMEOUTS };
const strict: Settings = { midstream: 'strict', timeouts: LONG_TIMEOUTS };
const pauses: Settings = { midstream: 'loose', timeouts: SHORT_TIMEOUTS };
const GROUPS: readonly Group[] = [
  { says: 'stored', sequences: timeless, from: 0, settings: loose },
  { says: 'stored, with pauses', sequences: timed, from: timeless.length, settings: pauses },
  { says: `random, seed ${SEED}`, sequences: random, from: stored.length, settings: loose },
  { says: 'stored, tcp_loose=0', sequences: timeless, from: 0, settings: strict },
  { says: 'random, tcp_loose=0', sequences: random, from: stored.length, settings: strict },
];

/** Every sequence of every group, what is stored of each, and the matrix of states and segments. */
export const CHECKS: number = GROUPS.reduce((sum, { sequences }) => sum + sequences.length, stored.length + 1);

/** Compares, and says so. `record`: the kernel's answers are stored, not checked. Returns the exit code. */
export async function compare(record: boolean): Promise<number> {
  const hides = (s: Sequence, i: number): string[] => (s.setting === 'snat' ? [addressOf(s, i)] : []);
  const kernel = new Kernel([...timeless, ...timed, ...random].flatMap(hides));
  const table = await tableOfCluster();
  const coverage = new Coverage();
  const letters = new Map<string, string>();
  let failed = 0;
  console.log(`Linux ${release()}`);
  for (const group of GROUPS) {
    const { says, sequences, settings } = group;
    const began = Date.now();
    const answers = await answersOf(kernel, group, settings === strict ? null : coverage);
    const wrong = (await disagreements(table, answers, settings)).filter(isUnknown);
    const differing = new Set(wrong.map(({ sequence }) => sequence)).size;
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    const agreed = `${sequences.length - differing}/${sequences.length}`;
    console.log(`${differing === 0 ? 'ok  ' : 'FAIL'} ${says}: ${agreed} (${seconds} s)`);
    for (const one of wrong) console.log(`     ${words(one)}`);
    failed += differing;
    if (settings !== strict) note(letters, answers);
  }
  failed += printMatrix(coverage);
  if (record) store(letters);
  else failed += printChanges(letters);
  console.log(`${CHECKS - failed} passed, ${failed} failed, 0 skipped`);
  return failed === 0 ? 0 : 1;
}

/** Pauses lie 400 ms or more from the timeouts that they are about. */
const TOO_LATE = 200;
const TRIES = 4;

/** What the kernel says; a group with pauses is played again when the machine was too busy to keep its times. */
async function answersOf(kernel: Kernel, group: Group, coverage: Coverage | null): Promise<Answers> {
  const { sequences, from, settings } = group;
  for (let tries = 1; ; tries++) {
    kernel.begin(settings.midstream === 'loose', settings.timeouts);
    const answers = await askKernel(kernel, sequences, from, coverage);
    if (settings !== pauses || answers.late < TOO_LATE || tries === TRIES) return answers;
    console.log(`     a packet was ${answers.late} ms late: once more`);
  }
}

function note(letters: Map<string, string>, { sequences, letters: told }: Answers): void {
  for (const [i, { text }] of sequences.entries()) letters.set(text, told[i]!.join(''));
}

const words = ({ sequence, view, kernel, ours }: Disagreement): string =>
  `${sequence.text}${view === 'in' ? '' : ` (seen on the ${view})`}: kernel ${kernel}, ours ${ours}`;

/** Not one of the differences that docs/kernel.md tells of. */
const isUnknown = ({ sequence, ours }: Disagreement): boolean =>
  !recorded.some((r) => r.sequence.text === sequence.text && r.ours !== r.kernel && r.ours === ours);

function printMatrix({ matrix }: Coverage): number {
  const missing = matrix.missing.map((pair) => `FAIL never reached: ${pair}`);
  console.log(['', 'Packets fed to each TCP state of the kernel:', '', ...matrix.lines, '', ...missing].join('\n'));
  return missing.length === 0 ? 0 : 1;
}

/** What is stored and no longer true: another kernel, or a packet that is built in another way. */
function printChanges(letters: ReadonlyMap<string, string>): number {
  const changed = recorded.filter(({ sequence, kernel }) => letters.get(sequence.text) !== kernel);
  for (const { sequence, kernel } of changed)
    console.log(`FAIL ${sequence.text}: stored ${kernel}, now ${letters.get(sequence.text)}`);
  console.log(
    `${changed.length === 0 ? 'ok  ' : 'FAIL'} the kernel says what is stored: ${stored.length - changed.length}/${stored.length}`,
  );
  return changed.length;
}

function store(letters: ReadonlyMap<string, string>): void {
  for (const path of FIXTURES)
    writeFileSync(
      path,
      withLetters(readFileSync(path, 'utf8'), ({ text }) => letters.get(text)!),
    );
  console.log(`stored what the kernel said of ${stored.length} sequences`);
}
