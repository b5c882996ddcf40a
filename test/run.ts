/**
 * Runs the test files and prints `N passed, N failed` last, and `, N skipped` behind it where a file says what this
 * machine lacks for it (`# SKIPPED (why)`). Each file runs in a process of its own, as many at once
 * as there are processors. A file that registers no test has forgotten its `.run()`: that is a failure, as uvu itself
 * would let it pass.
 *
 *     node dist/test/run.js [PATTERN]     only the files whose path matches
 */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const pattern = new RegExp(process.argv[2] ?? '.');
const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.js') && pattern.test(name))
  .sort();

let passed = 0;
let failed = 0;
let skippedInAll = 0;
const queue = [...files];
await Promise.all(Array.from({ length: availableParallelism() }, work));
if (files.length === 0) {
  console.log(`no test file matches ${pattern}`);
  failed++;
}
console.log(`${passed} passed, ${failed} failed${skippedInAll > 0 ? `, ${skippedInAll} skipped` : ''}`);
process.exitCode = failed === 0 ? 0 : 1;

async function work(): Promise<void> {
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) await runFile(name);
}

function runFile(name: string): Promise<void> {
  const path = relative(process.cwd(), join(here, name));
  const started = Date.now();
  return new Promise((resolve) => {
    execFile(process.execPath, [path], { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      const total = Number(/Total: +(\d+)/.exec(stdout)?.[1] ?? 0);
      const good = Number(/Passed: +(\d+)/.exec(stdout)?.[1] ?? 0);
      const skipped = Number(/Skipped: +(\d+)/.exec(stdout)?.[1] ?? 0);
      const bad = total - good; // uvu's total is without those that were skipped
      // What a machine lacks may be said, and is counted; a test that is switched off is no test.
      const isTold = skipped > 0 && good === 0 && /^# SKIPPED \(.+\)$/m.test(stdout);
      const broken = bad === 0 && (error !== null || (total === 0 && !isTold) || (skipped > 0 && !isTold));
      passed += good;
      if (isTold) skippedInAll += skipped;
      failed += broken ? 1 : bad;
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      const notes = extra(stdout);
      console.log(`${bad > 0 || broken ? 'FAIL' : 'ok  '} ${name} ${good}/${total} (${seconds} s)${notes}`);
      if (total === 0 && !isTold) console.log('     no test ran: does the file end in `test.run();`?');
      if (skipped > 0 && !isTold) console.log(`     ${skipped} skipped: a test that does not run is no test`);
      if (bad > 0 || broken) console.log(stdout, stderr);
      resolve();
    });
  });
}

/** Lines that a test prints for people, marked `# `. */
function extra(stdout: string): string {
  const lines = stdout.split('\n').filter((line) => line.startsWith('# '));
  return lines.map((line) => `\n     ${line.slice(2)}`).join('');
}
