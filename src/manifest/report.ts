import type { Diagnostic } from '../source/errors.ts';
import type { SourcePos } from '../source/position.ts';
import { type Node, positionOf } from './node.ts';

/** Where a reader says what it has to say. One report lives for a whole run. */
export class Report {
  readonly #diagnostics: Diagnostic[] = [];
  #errors = 0;
  #fatal = 0;
  readonly #files: string[] = [];

  /** How many errors were reported so far: an object during whose reading it grew is left out of the model. */
  get errors(): number {
    return this.#errors;
  }

  /** How many of them refuse the run even when errors are to be warnings: an input that was not read at all. */
  get fatalErrors(): number {
    return this.#fatal;
  }

  error(code: string, at: Node | SourcePos, message: string): void {
    this.#errors++;
    this.#diagnostics.push({ severity: 'error', code, at: placeOf(at), message });
  }

  fatal(code: string, at: SourcePos, message: string): void {
    this.#fatal++;
    this.error(code, at, message);
  }

  warning(code: string, at: Node | SourcePos, message: string): void {
    this.#diagnostics.push({ severity: 'warning', code, at: placeOf(at), message });
  }

  /** An input is about to be read: what is said is shown in the order of the inputs, whenever it was found. */
  begin(file: string): void {
    this.#files.push(file);
  }

  /**
   * Everything that was said, each thing once (what an alias stands for is read wherever it is used): what kept an
   * input from being read, then each input from its top down.
   */
  inOrder(): Diagnostic[] {
    const rank = new Map(this.#files.map((file, i) => [file, i + 1]));
    const order = (a: SourcePos, b: SourcePos): number =>
      (rank.get(a.file) ?? 0) - (rank.get(b.file) ?? 0) || a.line - b.line || a.column - b.column;
    const once = new Map(this.#diagnostics.map((d) => [`${d.at.line}:${d.at.column}:${d.at.file} ${d.message}`, d]));
    return [...once.values()].sort((a, b) => order(a.at, b.at));
  }
}

const placeOf = (at: Node | SourcePos): SourcePos => ('offset' in at ? positionOf(at) : at);
