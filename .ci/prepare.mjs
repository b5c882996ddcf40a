// Makes a checkout ready to run with Node and npm alone: installs what package-lock.json names, compiles what
// changed. Quick when nothing did. Prints only when it works or fails.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(`netpol-replay needs Node 20 or newer, this is ${process.version}`);
  process.exit(2);
}
process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const FOLDERS = ['src', 'test', 'bench'];
/** Its time is when the last build that succeeded began. */
const STAMP = 'dist/.built';
const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

if (modified('node_modules/.package-lock.json') < modified('package-lock.json')) {
  console.error('installing what package-lock.json names, once');
  run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}
const removed = removeLeftOvers();
if (removed > 0 || newestInput() >= modified(STAMP)) build();

function build() {
  if (!existsSync(STAMP)) console.error('compiling, once');
  const began = new Date();
  run(process.execPath, ['node_modules/typescript/bin/tsc', '--pretty', 'false']);
  mkdirSync('dist', { recursive: true });
  writeFileSync(STAMP, '');
  utimesSync(STAMP, began, began);
}

/** When the newest of all that a build reads was changed. */
function newestInput() {
  const sources = FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  return Math.max(...['tsconfig.json', 'package.json', 'node_modules/.package-lock.json', ...sources].map(modified));
}

/** What was compiled from a source that is gone would still be run, tested and packed. Returns how many there were. */
function removeLeftOvers() {
  let removed = 0;
  for (const folder of FOLDERS) {
    if (!existsSync(`dist/${folder}`)) continue;
    for (const name of readdirSync(`dist/${folder}`, { recursive: true })) {
      const source = name.match(/^(.*)(\.js|\.js\.map|\.d\.ts)$/)?.[1];
      if (source === undefined || existsSync(`${folder}/${source}.ts`)) continue;
      rmSync(`dist/${folder}/${name}`);
      removed++;
    }
  }
  return removed;
}

/** Output of the steps goes to standard error: standard output belongs to the command that follows. */
function run(command, args) {
  try {
    execFileSync(command, args, { stdio: ['ignore', 2, 2] });
  } catch (error) {
    process.exit(error.status ?? 1);
  }
}
