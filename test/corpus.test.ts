/** Cases whose verdicts the Linux kernel gave, under Calico's rules: test/corpus/README.md. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCase, runCase } from '../src/cli/conformance-case.ts';
import { familyOf } from '../src/cli/conformance-command.ts';
import { root } from './paths.ts';

const corpus = join(root, 'test', 'corpus');
const cases = readdirSync(corpus).filter((name) => isCase(join(corpus, name)));
/** Families whose policies are all simulated. The others must agree too, as soon as they are covered. */
const COVERED = ['np', 'np-many', 'stateful', 'doubt'];
/** A case of a covered family that also holds a kind which is not simulated. */
const MIXED = ['doubt-cnp-named-port'];

for (const name of cases)
  test(`${name}: every verdict is the kernel's`, async () => {
    const { queries, covered, differences, failure } = await runCase(join(corpus, name), name, true);
    assert.is(failure, null);
    assert.equal(differences, []);
    assert.ok(queries > 0);
    if (COVERED.includes(familyOf(name)) && !MIXED.includes(name)) assert.ok(covered, 'is not covered');
  });

test('the slice is all there', () => {
  assert.is.not(cases.length, 0);
  for (const family of COVERED) assert.ok(cases.map(familyOf).includes(family), family);
});

test.run();
