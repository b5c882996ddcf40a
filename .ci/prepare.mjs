// Makes a checkout ready to run with Node and npm alone: installs what package-lock.json names, compiles what
// changed. Quick when nothing did. Prints only when it works or fails.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';

const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(`netpol-replay needs Node 20 or newer, this is ${process.version}`);
  process.exit(2);
}
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

if (modified('node_modules/.package-lock.json') < modified('package-lock.json')) {
  console.error('installing what package-lock.json names');
  run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}
removeLeftOvers();
run(process.execPath, ['node_modules/typescript/bin/tsc', '--pretty', 'false']);

/** What was compiled from a source that is gone would still be run, tested and packed. */
function removeLeftOvers() {
  for (const folder of ['src', 'test', 'bench']) {
    if (!existsSync(`dist/${folder}`)) continue;
    for (const name of readdirSync(`dist/${folder}`, { recursive: true })) {
      const source = name.match(/^(.*)(\.js|\.js\.map|\.d\.ts)$/)?.[1];
      if (source !== undefined && !existsSync(`${folder}/${source}.ts`)) rmSync(`dist/${folder}/${name}`);
    }
  }
}

/** Output of the steps goes to standard error: standard output belongs to the command that follows. */
function run(command, args) {
  try {
    execFileSync(command, args, { stdio: ['ignore', 2, 2] });
  } catch (error) {
    process.exit(error.status ?? 1);
  }
}
