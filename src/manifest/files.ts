import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { SourcePos } from '../source/position.ts';
import { quote } from '../source/quote.ts';
import { type SourceText, sourceText } from '../source/text.ts';
import { MAX_FILE_BYTES, MAX_FILES } from './limits.ts';
import type { Report } from './report.ts';

/** What stands for standard input among the paths, and the name that positions in it have. */
export const STDIN = '-';
const STDIN_NAME = 'stdin';

const EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json']);
const MAX_MEGABYTES = MAX_FILE_BYTES / 1024 / 1024;
const REPLACEMENT = '\ufffd';

/** A manifest to read. `named`: the user named it, rather than a folder that it lies in. */
export type InputFile = { readonly path: string; readonly named: boolean };
export type Input = { readonly source: SourceText; readonly named: boolean };

/**
 * The manifests behind the paths, in the order given, those of a folder sorted by name. Only regular files are
 * opened: pipes and devices are refused by name; links in a folder are followed only to files inside it. A file that
 * is reached twice is read once.
 */
export async function listFiles(paths: readonly string[], report: Report): Promise<InputFile[]> {
  const list = new FileList(report);
  for (const path of paths) {
    if (path === STDIN) list.files.push({ path, named: true });
    else await list.addNamed(path);
  }
  return list.files;
}

class FileList {
  readonly files: InputFile[] = [];
  readonly #seen = new Set<string>();
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  async addNamed(path: string): Promise<void> {
    try {
      const found = await stat(path);
      if (!found.isDirectory()) return await this.#addFile(path, true);
      const before = this.files.length + this.#report.errors;
      await this.#addFolder(path, `${await realpath(path)}${sep}`);
      if (this.files.length + this.#report.errors > before) return;
      this.#report.warning('NO_OBJECTS', start(path), 'the folder has no file named .yaml, .yml or .json');
    } catch (error) {
      this.#unreadable(path, error);
    }
  }

  async #addFolder(folder: string, inside: string): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await this.#addFolder(path, inside);
      else if (!EXTENSIONS.has(extname(entry.name).toLowerCase())) continue;
      else if (!entry.isSymbolicLink() || (await this.#linkStaysInside(path, inside))) await this.#addFile(path, false);
    }
  }

  async #linkStaysInside(path: string, inside: string): Promise<boolean> {
    const target = await realpath(path).catch(() => null);
    if (target?.startsWith(inside) && (await lstat(target)).isFile()) return true;
    this.#report.warning('LINK_SKIPPED', start(path), 'not read: the link leads to no file inside the folder');
    return false;
  }

  async #addFile(path: string, named: boolean): Promise<void> {
    const found = await stat(path, { bigint: true });
    if (!found.isFile()) {
      const way = named ? '; give pipes as `-` on standard input' : '';
      return this.#report.fatal('UNREADABLE', start(path), `not a regular file${way}`);
    }
    if (found.size > BigInt(MAX_FILE_BYTES)) {
      const message = `the file has ${found.size} bytes, more than the ${MAX_MEGABYTES} MB that a manifest may have`;
      return this.#report.fatal('LIMIT', start(path), message);
    }
    if (this.files.length >= MAX_FILES) {
      return this.#report.fatal('LIMIT', start(path), `more than ${MAX_FILES} files`);
    }
    const identity = `${found.dev}:${found.ino}`;
    if (this.#seen.has(identity)) return;
    this.#seen.add(identity);
    this.files.push({ path, named });
  }

  #unreadable(path: string, error: unknown): void {
    this.#report.fatal('UNREADABLE', start(path), `cannot be read: ${reason(error)}`);
  }
}

/** The text of a file or of standard input; null when it was refused, which has then been reported. */
export async function readInput(
  { path, named }: InputFile,
  stdin: AsyncIterable<Uint8Array>,
  report: Report,
): Promise<Input | null> {
  const name = path === STDIN ? STDIN_NAME : path;
  report.begin(name);
  try {
    const bytes = path === STDIN ? await gather(stdin) : await readBytes(path);
    if (bytes === null) {
      report.fatal('LIMIT', start(name), `more than the ${MAX_MEGABYTES} MB that a manifest may have`);
      return null;
    }
    const text = decode(name, bytes, report);
    return text === null ? null : { source: sourceText(name, text), named };
  } catch (error) {
    report.fatal('UNREADABLE', start(name), `cannot be read: ${reason(error)}`);
    return null;
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** All of a stream, or null when it is larger than a manifest may be. */
async function gather(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > MAX_FILE_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** UTF-8 read strictly, a byte order mark left out: a replaced byte could be a label that then matches nothing. */
function decode(name: string, bytes: Uint8Array, report: Report): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const before = new TextDecoder('utf-8').decode(bytes).split(REPLACEMENT, 1)[0]!;
    const lines = before.split('\n');
    const at = { file: name, line: lines.length, column: lines.at(-1)!.length + 1 };
    report.error('NOT_UTF8', at, 'the text is not UTF-8: convert it, or remove the bytes here');
    return null;
  }
}

const start = (file: string): SourcePos => ({ file, line: 1, column: 1 });

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file or folder'],
  ['EACCES', 'permission denied'],
  ['EISDIR', 'it is a folder'],
  ['ELOOP', 'links lead in a circle'],
]);
const reason = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS.get(code ?? '') ?? quote(message ?? error);
};
