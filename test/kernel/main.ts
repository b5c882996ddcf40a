/**
 * Holds our connection tracking against Linux's own: `npm run test:kernel [-- --record]`, as root. It makes a network
 * namespace of its own with two TUN devices, and feeds the same packets to both. Prints `N passed, N failed, N
 * skipped` last: each sequence is a check in each mode. `--record` writes the kernel's answers into the fixtures that
 * `npm test` reads.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../paths.ts';
import { CHECKS, compare } from './compare.ts';

/** Set in the process that is within the namespace. */
const INSIDE = 'NETPOL_KERNEL_NAMESPACE';
const TOOLS = ['nft', 'ip', 'conntrack', 'python3', 'unshare'];
const TRIAL = [
  'nft add table inet t',
  'nft "add chain inet t c { type nat hook prerouting priority -100; }"',
  'nft add rule inet t c ct state new counter',
  'test -e /proc/net/nf_conntrack',
  'ip tuntap add dev t0 mode tun',
].join(' && ');

if (process.env[INSIDE] !== undefined) process.exitCode = await compare(process.argv.includes('--record'));
else {
  const why = whyNot();
  if (why === null) process.exitCode = enter();
  else {
    console.log(`SKIPPED (${why})`);
    console.log(`0 passed, 0 failed, ${CHECKS} skipped`);
  }
}

/** Why it cannot run here, or null. */
function whyNot(): string | null {
  if (process.platform !== 'linux') return `this is ${process.platform}, not Linux`;
  if (process.getuid?.() !== 0) return 'it needs root, to make a network namespace';
  if (!existsSync('/dev/net/tun')) return 'there is no /dev/net/tun';
  for (const tool of TOOLS)
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0) return `\`${tool}\` is not installed`;
  const trial = spawnSync('unshare', ['-n', 'sh', '-c', TRIAL], { encoding: 'utf8' });
  return trial.status === 0 ? null : `the kernel lacks what it takes: ${trial.stderr.trim().split('\n')[0]}`;
}

/** This program again, in a namespace, with the devices open. Its exit code. */
function enter(): number {
  const python = ['python3', join(root, 'test', 'kernel', 'tun.py')];
  const node = [process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const env = { ...process.env, [INSIDE]: 'yes' };
  return spawnSync('unshare', ['-n', ...python, ...node], { stdio: 'inherit', env }).status ?? 1;
}
