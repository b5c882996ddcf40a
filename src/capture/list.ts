import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CaptureError } from '../source/errors.ts';

/** All are open at once, as their first timestamps put them in order: a process may hold some thousand. */
const MAX_FILES = 1000;

/**
 * The inputs that a command line names: a folder stands for the regular files in it (not for those of folders in it,
 * nor for hidden ones), in the order of their names; links to regular files are files. Anything else is named as it
 * is, `-` too. Each file is given once.
 * @throws CaptureError UNREADABLE for a folder that cannot be read, EMPTY for one without files
 */
export function listInputs(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((path) => (isFolder(path) ? filesOf(path) : [path])))];
}

function isFolder(path: string): boolean {
  return path !== '-' && (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
}

function filesOf(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    throw new CaptureError('UNREADABLE', folder, 0, 'is a folder that cannot be read');
  }
  const files = names
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);
  if (files.length === 0) throw new CaptureError('EMPTY', folder, 0, 'is a folder without files, expected captures');
  if (files.length > MAX_FILES)
    throw new CaptureError(
      'UNSUPPORTED',
      folder,
      0,
      `is a folder of ${files.length} files, expected at most ${MAX_FILES}`,
    );
  return files;
}
