/**
 * The papers hold: every `sh` and `ts` block of the README and of docs/ is run, and where a `text` or `json` block
 * follows one directly, it is what the block prints (times, sizes of memory and blanks left out, see papers.ts).
 * `bash` blocks need a cluster: their syntax is checked, and that they are about nothing else.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FLAGS, REASONS } from '../src/index.ts';
import { type Block, blocksOf, masked, papers } from './papers.ts';
import { command, root } from './paths.ts';

const RUN = ['sh', 'ts'];
const OUTPUT = ['text', 'json'];
const NEEDS_A_CLUSTER = 'bash';
const CLUSTER_PROGRAMS = /^(sudo )?(kubectl|tcpdump|netpol-replay) /;
/** The README's two commands. Tests cannot run all tests, so of the second one only its beginning is run. */
const START = 'npm start';
const TESTS_THEMSELVES = 'npm test';

const blocks = papers.flatMap(blocksOf);
const outputOf = (block: Block): Block | undefined => {
  const next = blocks[blocks.indexOf(block) + 1];
  return next?.paper === block.paper && next.follows && OUTPUT.includes(next.info) ? next : undefined;
};

/** A folder for the PATH in which the command has its name. */
const shim = mkdtempSync(join(tmpdir(), 'netpol-replay-'));
test.after(() => rmSync(shim, { recursive: true, force: true }));
writeFileSync(join(shim, 'netpol-replay'), `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`, {
  mode: 0o755,
});
symlinkSync(process.execPath, join(shim, 'node'));
const PATH = `${shim}${delimiter}${process.env['PATH']}`;
const sh = (...args: string[]) =>
  spawnSync('sh', args, { cwd: root, encoding: 'utf8', env: { ...process.env, PATH }, timeout: 60_000 });

const named = ({ paper, line, text }: Block): string => `${paper}:${line} \`${text.split('\n')[0]}\``;

for (const block of blocks.filter(({ info }) => info === 'sh'))
  test(`${named(block)} does what the paper says`, () => {
    const { text } = block;
    if (/\bjq\b/.test(text) && sh('-c', 'command -v jq').status !== 0) {
      console.log(`# ${named(block)} was not run: there is no jq here`);
      assert.is(sh('-n', '-c', text).status, 0);
      return;
    }
    const { status, stdout, stderr } = sh('-c', text === TESTS_THEMSELVES ? `${text} -- '^layers'` : text);
    assert.is(status, 0, stderr);
    const expected = outputOf(block);
    if (expected !== undefined) assert.fixture(masked(stdout), masked(expected.text));
    if (text === START) assert.match(stdout, /\ndropped +138 .*rules hit: 5 of 5\n/s);
    if (text === TESTS_THEMSELVES) assert.match(stdout, /\n\d+ passed, 0 failed\n$/);
  });

test('the two commands come first', () => {
  const texts = blocks.filter(({ paper, info }) => paper === 'README.md' && info === 'sh').map(({ text }) => text);
  assert.equal(texts.slice(0, 2), [START, TESTS_THEMSELVES]);
});

test('every ts block compiles as a user would compile it, and prints what the paper says', () => {
  const examples = blocks.filter(({ info }) => info === 'ts');
  assert.ok(examples.length > 0);
  // Below the package, so that its own name leads to its exports.
  const folder = join(dirname(dirname(command)), '..', 'examples');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = examples.map((_, i) => join(folder, `example-${i}.mts`));
  examples.forEach(({ text }, i) => {
    writeFileSync(files[i]!, text);
  });
  const options = '--strict --exactOptionalPropertyTypes --target ES2022 --module NodeNext --types node'.split(' ');
  const tsc = [join(root, 'node_modules/typescript/bin/tsc'), ...options, '--ignoreConfig', ...files];
  const compiled = spawnSync(process.execPath, tsc, { cwd: root, encoding: 'utf8' });
  assert.is(compiled.status, 0, compiled.stdout);
  examples.forEach((block, i) => {
    const printed = execFileSync(process.execPath, [join(folder, `example-${i}.mjs`)], { cwd: root, encoding: 'utf8' });
    const expected = outputOf(block);
    if (expected !== undefined) assert.fixture(masked(printed), masked(expected.text));
  });
  rmSync(folder, { recursive: true, force: true });
});

test('blocks that need a cluster can be read by a shell', () => {
  for (const { info, text } of blocks) {
    if (info !== NEEDS_A_CLUSTER) continue;
    assert.is(sh('-n', '-c', text).status, 0, text);
    for (const line of text.split('\n')) assert.match(line, CLUSTER_PROGRAMS);
  }
});

test('every block says what it is', () => {
  for (const block of blocks) assert.ok([...RUN, ...OUTPUT, NEEDS_A_CLUSTER].includes(block.info), named(block));
});

test('the papers name no file that is not there', () => {
  for (const paper of papers) {
    const text = readFileSync(join(root, paper), 'utf8');
    for (const [, path] of text.matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.ts)`/g))
      assert.ok(existsSync(join(root, 'src', path!)) || existsSync(join(root, path!)), `${paper}: ${path}`);
    for (const [, target] of text.matchAll(/\]\(((?!https?:)[^)#]+)/g))
      assert.ok(existsSync(join(root, dirname(paper), target!)), `${paper}: ${target}`);
  }
});

test('every word that a line may hold is explained', () => {
  const text = readFileSync(join(root, 'docs/semantics.md'), 'utf8');
  for (const word of [...REASONS, ...FLAGS]) assert.match(text, `\`${word}\``);
});

test.run();
