/**
 * Throws mutants at a reader, and says how many.
 *
 *     npm run fuzz                                  every target, as many executions as CI makes
 *     npm run fuzz -- pcapng --executions 10000000 --seed 7
 *     npm run fuzz -- pcapng --input FILE           one input, as it is
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Find, fuzz } from './fuzz.ts';
import type { Target } from './target.ts';
import { TARGETS } from './targets.ts';

const SEED = 20_260_801;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { executions: { type: 'string' }, seed: { type: 'string' }, input: { type: 'string' } },
});
const chosen = positionals.length === 0 ? TARGETS : TARGETS.filter(({ name }) => positionals.includes(name));
if (chosen.length < positionals.length) {
  console.error(`expected targets of these:\n${TARGETS.map(({ name, about }) => `  ${name}: ${about}`).join('\n')}`);
  process.exit(2);
}
if (values.input !== undefined) for (const target of chosen) console.log(await target.run(readFileSync(values.input)));
else for (const target of chosen) await runOne(target);

async function runOne(target: Target): Promise<void> {
  const seed = Number(values.seed ?? SEED);
  const executions = Number(values.executions ?? target.full);
  try {
    const { accepted, measured, seconds } = await fuzz(target, executions, seed);
    const share = Math.round((100 * accepted) / executions);
    const rate = Math.round(executions / seconds);
    console.log(
      `${target.name}: ${executions} executions, ${share} % accepted, allocation measured ${measured} times, seed ${seed}, ${rate} a second`,
    );
  } catch (error) {
    if (!(error instanceof Find)) throw error;
    const file = join(tmpdir(), `netpol-replay-find-${target.name}`);
    writeFileSync(file, error.input);
    console.error(error);
    console.error(`the input lies in ${file}: mend what it breaks, and keep it in test/fixtures/finds/${target.name}/`);
    process.exitCode = 1;
  }
}
