/** A share of what `npm run fuzz` throws at every reader, and everything that was ever found. */
import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fuzz } from './fuzz/fuzz.ts';
import { TARGETS } from './fuzz/targets.ts';
import { fixture } from './paths.ts';

const SEED = Number(process.env['NETPOL_SEED'] ?? 20_260_801);

let executions = 0;
for (const target of TARGETS)
  test(`mutants of ${target.name}: ${target.about}`, async () => {
    const result = await fuzz(target, target.quick, SEED);
    executions += result.executions;
    // A run whose mutants are all refused at the door proves nothing of what is behind it.
    assert.ok(result.accepted >= target.quick / 100, `${result.accepted} of ${result.executions} were accepted`);
    assert.ok(result.measured > 0 || target.quick < 200, 'no allocation was measured');
  });

test('a reader that breaks a promise is found, and the input made small', async () => {
  const planted = {
    ...TARGETS[0]!,
    seeds: [new Uint8Array(100)],
    words: [],
    run: (input: Uint8Array) => {
      if (input.includes(0x81)) throw new RangeError('planted');
      return true;
    },
  };
  try {
    await fuzz(planted, 10_000, SEED);
    assert.unreachable('nothing was found');
  } catch (error) {
    assert.match(String(error), /seed \d+, execution \d+: RangeError: planted\ninput \(base64\): gQ==$/);
  }
});

test('every find belongs to a target', () => {
  const names = TARGETS.map(({ name }) => name);
  const folders = readdirSync(fixture('finds'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of folders) assert.ok(names.includes(name), name);
  console.log(`# ${executions} mutants`);
});

test.run();
