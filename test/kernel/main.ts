/**
 * Holds our connection tracking against Linux's own: `npm run test:kernel [-- --record]`, as root. It makes a network
 * namespace of its own with two TUN devices, and feeds the same packets to both. Prints `N passed, N failed, N
 * skipped`: a sequence is one check in each mode, and so is the matrix of TCP states and segments. `--record` writes
 * the kernel's answers into the fixtures that `npm test` reads.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixture, root } from '../paths.ts';
import { Coverage } from './coverage.ts';
import { Kernel } from './kernel.ts';
import { tableOfCluster } from './ours.ts';
import { addressOf } from './packets.ts';
import { type Answers, askKernel, type Disagreement, disagreements, type Settings } from './probe.ts';
import { randomSequences } from './random-sequences.ts';
import { isTimed, parseRecorded, type Recorded, type Sequence, withLetters } from './sequences.ts';
import { LONG_TIMEOUTS, SHORT_TIMEOUTS } from './timeouts.ts';

const HAND_MADE = fixture('kernel/hand-made.txt');
const RANDOM = fixture('kernel/random.txt');
const RANDOM_COUNT = 2000;
const SEED = Number(process.env['NETPOL_SEED'] ?? 20_260_801);
const INSIDE = 'NETPOL_KERNEL_NAMESPACE';

const handMade = parseRecorded(readFileSync(HAND_MADE, 'utf8'));

if (process.env[INSIDE] !== undefined) await compare();
else {
  const why = whyNot();
  if (why === null) process.exitCode = enter();
  else {
    console.log(`SKIPPED (${why})`);
    console.log(`0 passed, 0 failed, ${handMade.length + RANDOM_COUNT} skipped`);
  }
}

/** Why it cannot run here, or null. */
function whyNot(): string | null {
  if (process.platform !== 'linux') return `this is ${process.platform}, not Linux`;
  if (process.getuid?.() !== 0) return 'needs root, to make a network namespace';
  if (!existsSync('/dev/net/tun')) return 'no /dev/net/tun';
  for (const tool of ['nft', 'ip', 'conntrack', 'python3', 'unshare'])
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0) return `\`${tool}\` is not installed`;
  const script =
    'nft add table inet t && nft "add chain inet t c { type nat hook prerouting priority -100; }" && ' +
    'nft add rule inet t c ct state new counter && test -e /proc/net/nf_conntrack && ip tuntap add dev t0 mode tun';
  const trial = spawnSync('unshare', ['-n', 'sh', '-c', script], { encoding: 'utf8' });
  return trial.status === 0 ? null : `the kernel lacks what it takes: ${trial.stderr.trim().split('\n')[0]}`;
}

/** This program again, in a namespace, with the devices open. Its exit code. */
function enter(): number {
  const python = ['python3', join(root, 'test', 'kernel', 'tun.py')];
  const node = [process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const env = { ...process.env, [INSIDE]: 'yes' };
  return spawnSync('unshare', ['-n', ...python, ...node], { stdio: 'inherit', env }).status ?? 1;
}

async function compare(): Promise<void> {
  const record = process.argv.includes('--record');
  const random = randomSequences(SEED, RANDOM_COUNT);
  const known = existsSync(RANDOM) ? parseRecorded(readFileSync(RANDOM, 'utf8')) : [];
  const sequences = handMade.map(({ sequence }) => sequence);
  const timed = sequences.filter(isTimed);
  const timeless = sequences.filter((s) => !isTimed(s));
  const hidden = [...timeless, ...timed, ...random].flatMap((s, i) => (s.setting === 'snat' ? [addressOf(s, i)] : []));
  const kernel = new Kernel(hidden);
  const table = await tableOfCluster();
  const coverage = new Coverage();
  let passed = 0;
  let failed = 0;
  console.log(`Linux ${execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim()}, seed ${SEED}`);

  const run = async (says: string, from: number, chosen: readonly Sequence[], settings: Settings): Promise<Answers> => {
    kernel.flush();
    kernel.loose = settings.midstream === 'loose';
    kernel.timeouts = { ...LONG_TIMEOUTS, ...settings.timeouts };
    const began = Date.now();
    const answers = await askKernel(kernel, chosen, from, settings.midstream === 'loose' ? coverage : null);
    const wrong = await disagreements(table, answers, settings);
    const bad = unexpected(wrong, handMade);
    const differing = new Set(bad.map(({ sequence }) => sequence)).size;
    passed += chosen.length - differing;
    failed += differing;
    console.log(`${differing === 0 ? 'ok  ' : 'FAIL'} ${says}: ${chosen.length - differing}/${chosen.length} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    for (const one of bad) console.log(`     ${words(one)}`);
    return answers;
  };

  const loose = { midstream: 'loose', timeouts: LONG_TIMEOUTS } as const;
  const answered = [
    await run('by hand', 0, timeless, loose),
    await run('by hand, with pauses', timeless.length, timed, { midstream: 'loose', timeouts: SHORT_TIMEOUTS }),
  ];
  await run('by hand, tcp_loose=0', 0, timeless, { midstream: 'strict', timeouts: LONG_TIMEOUTS });
  answered.push(await run('random', sequences.length, random, loose));
  await run('random, tcp_loose=0', sequences.length, random, { midstream: 'strict', timeouts: LONG_TIMEOUTS });

  const { lines, missing } = coverage.matrix;
  console.log(['', 'packets fed to each TCP state of the kernel', ...lines, ''].join('\n'));
  for (const pair of missing) console.log(`FAIL never reached: ${pair}`);
  passed += missing.length === 0 ? 1 : 0;
  failed += missing.length === 0 ? 0 : 1;

  const letters = new Map(answered.flatMap((a) => a.sequences.map((s, i) => [s.text, a.letters[i]!.join('')] as const)));
  const lettersOf = (s: Sequence): string => letters.get(s.text)!;
  if (record) {
    writeFileSync(HAND_MADE, withLetters(readFileSync(HAND_MADE, 'utf8'), lettersOf));
    console.log('recorded');
  } else {
    const changed = [...handMade, ...known].filter(({ sequence, kernel: stored }) => lettersOf(sequence) !== stored);
    for (const { sequence, kernel: stored } of changed)
      console.log(`FAIL ${sequence.text}: recorded ${stored}, now ${lettersOf(sequence)}`);
    passed += handMade.length + known.length - changed.length;
    failed += changed.length;
  }
  console.log(`${passed} passed, ${failed} failed, 0 skipped`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function words({ sequence, view, kernel, ours }: Disagreement): string {
  return `${sequence.text}${view === 'in' ? '' : ` (${view})`}: kernel ${kernel}, ours ${ours}`;
}

/** Without the differences that docs/kernel.md tells of. */
function unexpected(found: readonly Disagreement[], recorded: readonly Recorded[]): Disagreement[] {
  const told = new Map(recorded.filter((r) => r.ours !== r.kernel).map((r) => [r.sequence.text, r.ours]));
  return found.filter(({ sequence, ours }) => told.get(sequence.text) !== ours);
}
