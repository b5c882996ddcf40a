import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { OutputError, systemWords } from '../source/errors.ts';

/**
 * A file that is written whole or not at all: under a hidden name beside its own, which it gets once every byte is on
 * the disk. Killed in between, it leaves what was there before, and the hidden file.
 */
export class OutputFile {
  /** As the user named it. */
  readonly name: string;
  /** Where it really lies. */
  readonly target: string;
  readonly #temporary: string;
  readonly #fd: number;
  #isOpen = true;
  /** A reader of standard output that has gone ends the process at once: that leaves nothing either. */
  readonly #onExit = (): void => this.discard();

  /** @throws OutputError when it cannot be written, or is one of `inputs`, also through a link */
  constructor(name: string, inputs: readonly string[]) {
    this.name = name;
    this.target = targetOf(name);
    refuseInput(name, this.target, inputs);
    const hidden = `.${basename(this.target)}.${process.pid}-${randomBytes(4).toString('hex')}`;
    this.#temporary = join(dirname(this.target), hidden);
    this.#fd = this.#orRefuse(() => openSync(this.#temporary, 'wx'));
    process.once('exit', this.#onExit);
  }

  /** @throws OutputError, and then nothing of it is left */
  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += this.#orRefuse(() => writeSync(this.#fd, bytes, at, bytes.length - at));
  }

  /** @throws OutputError, and then nothing of it is left */
  commit(): void {
    this.#orRefuse(() => fsyncSync(this.#fd));
    this.#close();
    this.#orRefuse(() => renameSync(this.#temporary, this.target));
  }

  /** Leaves nothing; does nothing to a file that is committed. */
  discard(): void {
    if (!this.#isOpen) return;
    this.#close();
    unlinkSync(this.#temporary);
  }

  #close(): void {
    this.#isOpen = false;
    process.off('exit', this.#onExit);
    closeSync(this.#fd);
  }

  #orRefuse<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (this.#fd !== undefined) this.discard();
      throw new OutputError(this.name, `cannot be written: ${systemWords(error)}`);
    }
  }
}

/** Where the file really lies: a link stays a link, and what it leads to is written. */
function targetOf(name: string): string {
  const kind = statSync(name, { throwIfNoEntry: false });
  if (kind === undefined) {
    if (lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink())
      throw new OutputError(name, 'cannot be written: is a link that leads nowhere');
    return resolve(name);
  }
  if (!kind.isFile()) throw new OutputError(name, 'cannot be written: is no regular file');
  return realpathSync(name);
}

/** The same file by device and number, whatever its name; or any below a folder that is read. */
function refuseInput(name: string, target: string, inputs: readonly string[]): void {
  const own = statSync(target, { throwIfNoEntry: false });
  for (const input of inputs) {
    const other = input === '-' ? fstatSync(0) : statSync(input, { throwIfNoEntry: false });
    if (own === undefined || other === undefined) continue;
    const isSame = other.dev === own.dev && other.ino === own.ino;
    const isBelow = other.isDirectory() && input !== '-' && !relative(realpathSync(input), target).startsWith('..');
    if (isSame || isBelow)
      throw new OutputError(name, `cannot be written: ${isSame ? 'it is' : 'it lies in'} the input ${input}`);
  }
}
