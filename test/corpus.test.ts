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
/** Every family of the slice is here, lest one is lost without a word. */
const FAMILIES = ['anp', 'calico', 'cnp', 'doubt', 'np', 'np-many', 'stateful'];

for (const name of cases)
  test(`${name}: every verdict is the kernel's`, async () => {
    const { queries, covered, differences, failure } = await runCase(join(corpus, name), name, true);
    assert.is(failure, null);
    assert.equal(differences, []);
    assert.ok(queries > 0);
    assert.ok(covered, 'is not covered');
  });

test('the slice is all there', () => {
  assert.equal([...new Set(cases.map(familyOf))].sort(), FAMILIES);
});

test.run();
