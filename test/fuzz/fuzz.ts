import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixture } from '../paths.ts';
import { Mutator } from './mutator.ts';
import type { Target } from './target.ts';

/** Longer is a hang. Only an input that takes as long of the processor each time it is tried again is one. */
const MAX_MS = 100;
const RETRIES = 3;
/** How often an execution's allocation is measured: a measurement costs more than most executions. */
const MEASURE_EVERY = 64;
const BYTES_PER_BYTE = 16;
const FREE_BYTES = 1 << 20;

export type FuzzResult = {
  readonly executions: number;
  /** Executions that got past the first check. */
  readonly accepted: number;
  readonly seconds: number;
  /** Executions whose allocation was measured. A collection in between hides one; then it is not counted. */
  readonly measured: number;
};

/** A broken promise, and the smallest input found that breaks it. */
export class Find extends Error {
  override readonly name = 'Find';
  readonly input: Uint8Array;
  constructor(what: string, input: Uint8Array, cause: unknown) {
    super(`${what}\ninput (base64): ${Buffer.from(input).toString('base64')}`, { cause });
    this.input = input;
  }
}

/** Runs what was once found, then the seeds as they are, then mutants of both. @throws Find */
export async function fuzz(target: Target, executions: number, seed: number): Promise<FuzzResult> {
  const finds = findsOf(target.name);
  const seeds = [...target.seeds, ...finds];
  const mutator = new Mutator({ seeds, words: target.words }, seed);
  const first = [...finds, ...target.seeds];
  const started = performance.now();
  let accepted = 0;
  let measured = 0;
  for (let n = 0; n < executions; n++) {
    const input = n < first.length ? Uint8Array.from(first[n]!) : mutator.next();
    const measure = n >= first.length && n % MEASURE_EVERY === 0;
    const held = measure ? allocated() : 0;
    const before = performance.now();
    try {
      // An await costs more than most executions.
      const result = target.run(input);
      if (typeof result === 'boolean' ? result : await result) accepted++;
    } catch (error) {
      const smallest = await minimised(target, input, String(error));
      throw new Find(`${target.name}, seed ${seed}, execution ${n}: ${String(error)}`, smallest, error);
    }
    if (performance.now() - before > (target.mostMs ?? MAX_MS) && (await isSlow(target, input)))
      throw new Find(
        `${target.name}, seed ${seed}, execution ${n}: more than ${target.mostMs ?? MAX_MS} ms`,
        input,
        null,
      );
    if (!measure) continue;
    const grown = allocated() - held;
    if (grown >= 0) measured++;
    if (grown > BYTES_PER_BYTE * input.length + FREE_BYTES + (target.fixedBytes ?? 0))
      throw new Find(`${target.name}, seed ${seed}, execution ${n}: ${grown} bytes allocated`, input, null);
  }
  return { executions, accepted, measured, seconds: (performance.now() - started) / 1000 };
}

/** Every input that once broke a promise: they lie in test/fixtures/finds/TARGET. */
function findsOf(target: string): Uint8Array[] {
  const folder = fixture(join('finds', target));
  const names = readdirSync(fixture('finds')).includes(target) ? readdirSync(folder).sort() : [];
  return names.map((name) => readFileSync(join(folder, name)));
}

function allocated(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A loaded machine makes everything slow: the processor's time tells, and the first run may have compiled. */
async function isSlow(target: Target, input: Uint8Array<ArrayBuffer>): Promise<boolean> {
  for (let i = 0; i < RETRIES; i++) {
    const before = process.cpuUsage();
    await target.run(input);
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1000 <= (target.mostMs ?? MAX_MS)) return false;
  }
  return true;
}

/** Leaves out ever smaller pieces, as long as the same goes wrong without them. */
async function minimised(target: Target, input: Uint8Array<ArrayBuffer>, said: string): Promise<Uint8Array> {
  let smallest = input;
  for (let piece = smallest.length >> 1; piece > 0; piece >>= 1)
    for (let at = 0; at < smallest.length; ) {
      const without = Uint8Array.from([...smallest.subarray(0, at), ...smallest.subarray(at + piece)]);
      if ((await failureOf(target, without)) === said) smallest = without;
      else at += piece;
    }
  return smallest;
}

async function failureOf(target: Target, input: Uint8Array<ArrayBuffer>): Promise<string | null> {
  try {
    await target.run(input);
    return null;
  } catch (error) {
    return String(error);
  }
}
