import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCluster } from '../../src/manifest/load.ts';
import { ManifestError } from '../../src/source/errors.ts';

const files = suite<{ folder: string }>('files');
files.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'manifests-'));
});
files.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const node = (name: string): string => `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}}\n`;
function write(folder: string, texts: Record<string, string>): void {
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
const nodes = async (...paths: string[]): Promise<string[]> =>
  (await loadCluster(paths)).cluster.nodes.map((n) => n.name);
const said = async (paths: string[], keepGoing = false): Promise<string[]> => {
  try {
    return (await loadCluster(paths, { keepGoing })).diagnostics.map((d) => `${d.severity} ${d.code}`);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return error.diagnostics.map((d) => `${d.severity} ${d.code}`);
  }
};

files('a folder is read with its folders, by name, manifests only', async ({ folder }) => {
  write(folder, {
    'b.yml': node('b'),
    'a/z.json': '{"apiVersion":"v1","kind":"Node","metadata":{"name":"z"}}',
    'a/c.YAML': node('c'),
    'x.txt': 'no',
  });
  assert.equal(await nodes(folder), ['c', 'z', 'b']);
});

files('paths are read in the order given, and no file twice', async ({ folder }) => {
  write(folder, { 'a.yaml': node('a'), 'b.yaml': node('b') });
  assert.equal(await nodes(join(folder, 'b.yaml'), folder), ['b', 'a']);
});

files('errors of all files come at once, in the order of the files', async ({ folder }) => {
  write(folder, { 'a.yaml': 'kind: [\n', 'b.yaml': node('b'), 'c.yaml': 'apiVersion: v1\nkind: Node\n' });
  try {
    await loadCluster([folder]);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ManifestError);
    const places = (error as ManifestError).diagnostics.map((d) => `${d.at.file.slice(folder.length + 1)} ${d.code}`);
    assert.equal([places[0], places.at(-1)], ['a.yaml YAML_SYNTAX', 'c.yaml MISSING_FIELD']);
    assert.match(
      (error as ManifestError).message,
      `${join(folder, 'c.yaml')}:1:1: error: field \`metadata\` is missing`,
    );
  }
});

files('links are followed to files inside the folder, and nowhere else', async ({ folder }) => {
  write(folder, { 'in/a.yaml': node('a'), 'out.yaml': node('out'), 'in/deep/b.txt': node('b') });
  symlinkSync(join(folder, 'out.yaml'), join(folder, 'in', 'out.yaml'));
  symlinkSync(join(folder, 'in', 'deep', 'b.txt'), join(folder, 'in', 'inside.yaml'));
  symlinkSync(join(folder, 'in'), join(folder, 'in', 'deep', 'again.yaml'));
  symlinkSync('loop.yaml', join(folder, 'in', 'loop.yaml'));
  assert.equal(await nodes(join(folder, 'in')), ['a', 'b']);
  assert.equal(await said([join(folder, 'in')]), Array(3).fill('warning LINK_SKIPPED'));
});

files('a link that the user names is followed', async ({ folder }) => {
  write(folder, { 'a.yaml': node('a') });
  symlinkSync('a.yaml', join(folder, 'b'));
  assert.equal(await nodes(join(folder, 'b')), ['a']);
});

files('pipes, devices and missing paths are refused, kept going or not', async ({ folder }) => {
  const pipe = join(folder, 'pipe.yaml');
  execFileSync('mkfifo', [pipe]);
  for (const path of [pipe, folder, '/dev/null', join(folder, 'missing.yaml')]) {
    assert.equal(await said([path], true), ['error UNREADABLE'], path);
  }
});

files('other files than manifests are an error when named, a warning in a folder', async ({ folder }) => {
  write(folder, { 'values.yaml': 'replicas: 3\n' });
  assert.equal(await said([folder]), ['warning NOT_AN_OBJECT']);
  assert.equal(await said([join(folder, 'values.yaml')]), ['error NOT_AN_OBJECT']);
});

files('a folder without manifests is told of', async ({ folder }) => {
  assert.equal(await said([folder]), ['warning NO_OBJECTS']);
});

files.run();
