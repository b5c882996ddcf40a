/** What a user installs, what a checkout fetches, and what lies where: what the package promises. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from './paths.ts';

type Manifest = {
  readonly type: string;
  readonly license: string;
  readonly engines: { readonly node: string };
  readonly bin: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};
type Locked = {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
};

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const lock = JSON.parse(read('package-lock.json')) as { readonly packages: Readonly<Record<string, Locked>> };
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** All that a user installs beside this package, what its dependencies need included. */
const INSTALLED = ['fzstd', 'ip-num', 'yaml'];
/** The only packages that may be locked without a checksum: builds of the lint tool for other platforms. */
const OTHER_PLATFORMS = /^@biomejs\/cli-/;
/** npm's own words for steps that it runs unasked. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish', 'preprepare', 'postprepare'];

test('a user installs three packages and nothing behind them', () => {
  assert.equal(Object.keys(manifest.dependencies).sort(), INSTALLED);
  assert.equal(
    locked
      .filter(([, one]) => !one.dev)
      .map(([path]) => nameOf(path))
      .sort(),
    INSTALLED,
  );
});

test('nothing runs on install', () => {
  for (const step of INSTALL_SCRIPTS) assert.is(manifest.scripts[step], undefined, step);
  for (const [path, one] of locked) assert.not.ok(one.hasInstallScript, path);
});

test('every package is locked with its checksum, and without the host that it came from', () => {
  for (const [path, { integrity, resolved }] of locked) {
    assert.is(resolved, undefined, path);
    if (integrity === undefined) assert.match(nameOf(path), OTHER_PLATFORMS);
    else assert.match(integrity, /^sha512-/, path);
  }
});

test('TypeScript is pinned to the minor version that the sources were written for', () => {
  assert.is(manifest.devDependencies['typescript'], '~6.0.3');
  assert.equal([manifest.type, manifest.license, manifest.engines.node], ['module', 'Apache-2.0', '>=20']);
});

const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
const TOP = /^(package\.json|package-lock\.json|tsconfig\.json|README\.md|CHANGELOG\.md|SECURITY\.md|LICENSE|\..+)$/;
const TOP_FOLDERS = ['src', 'bench', 'test', 'samples', 'docs'];

test('the top level holds what it should and nothing else', () => {
  for (const path of tracked) {
    const [top, ...below] = path.split('/') as [string, ...string[]];
    assert.ok(below.length === 0 ? TOP.test(top) : TOP_FOLDERS.includes(top) || top.startsWith('.'), path);
  }
  for (const path of ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'LICENSE', '.ci/run'])
    assert.ok(tracked.includes(path), path);
});

test('no file names a package registry', () => {
  // Put together here, so that this file does not name what it looks for.
  const hosts = new RegExp(['registry\\.(npmjs|yarnpkg)', 'npm\\.pkg', 'artifactory', '_authToken'].join('|'), 'i');
  for (const path of tracked) {
    if (path === 'test/package.test.ts' || path.endsWith('.pcap') || path.endsWith('.pcapng')) continue;
    const found = hosts.exec(read(path));
    assert.is(found, null, `${path}: ${found?.[0]}`);
  }
});

test('what is packed is the compiled sources and the papers', () => {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const out = execFileSync(npm, ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 26,
  });
  const [{ files }] = JSON.parse(out) as [{ readonly files: readonly { readonly path: string }[] }];
  const paths = files.map((file) => file.path);
  const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
  assert.equal(paths.filter((path) => !path.startsWith('dist/src/')).sort(), papers);
  for (const path of [manifest.bin['netpol-replay']!, 'dist/src/index.js', 'dist/src/index.d.ts'])
    assert.ok(paths.includes(path), path);
});

test('every compiled file has a source', () => {
  const sources = new Set(readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }));
  for (const name of readdirSync(join(root, 'dist', 'src'), { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('.js')) assert.ok(sources.has(name.replace(/\.js$/, '.ts')), `dist/src/${name} is left over`);
});

test.run();
