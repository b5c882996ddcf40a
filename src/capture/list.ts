import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CaptureError } from '../source/errors.ts';
import { filesOfPattern, isPattern } from './glob.ts';

/** Of one folder, or one pattern. Each is looked at before the first is replayed: their first timestamps put them in order. */
const MAX_FILES = 100_000;

/**
 * The inputs that a command line names: a folder stands for the regular files in it (not for those of folders in it,
 * nor for hidden ones), in the order of their names; links to regular files are files. A pattern that no shell has
 * expanded stands for the files that it matches. Anything else is named as it is, `-` too. Each file is given once.
 * @throws CaptureError UNREADABLE for a folder that cannot be read or a pattern that matches nothing, EMPTY for a
 * folder without files, UNSUPPORTED for too many of them
 */
export function listInputs(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap(filesNamed))];
}

function filesNamed(path: string): string[] {
  const kind = path === '-' ? undefined : statSync(path, { throwIfNoEntry: false });
  if (kind?.isDirectory()) return checked(path, 'a folder', filesOf(path));
  if (kind !== undefined || !isPattern(path)) return [path];
  const files = filesOfPattern(path);
  if (files.length === 0) throw new CaptureError('UNREADABLE', path, 0, 'is a pattern that matches no file');
  return checked(path, 'a pattern', files);
}

function checked(path: string, what: string, files: string[]): string[] {
  if (files.length <= MAX_FILES) return files;
  const message = `is ${what} of ${files.length} files, expected at most ${MAX_FILES}`;
  throw new CaptureError('UNSUPPORTED', path, 0, message);
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
  return files;
}
