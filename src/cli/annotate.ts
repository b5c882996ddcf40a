import { type Copier, Growing } from '../capture/copy.ts';
import { copierOf } from '../capture/registry.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { Traffic } from '../packet/traffic.ts';
import { Comments, NOT_JUDGED_COMMENT } from '../report/comment.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import { DROPPED, FORWARDED } from '../verdict/reasons.ts';
import type { Option } from './command.ts';
import { UsageError } from './io.ts';
import { FILENAME, STDIN } from './manifests.ts';
import { OutputFile } from './output-file.ts';
import type { Parsed } from './parse.ts';

/** Which packets each option writes; null for all, those that were not judged among them. */
const KINDS: readonly { readonly name: string; readonly verdict: number | null; readonly about: string }[] = [
  { name: 'write', verdict: null, about: 'write every packet, with its verdict and why as a comment, as pcapng' },
  { name: 'write-dropped', verdict: DROPPED, about: 'write the packets that are dropped alone' },
  { name: 'write-forwarded', verdict: FORWARDED, about: 'write the packets that are forwarded alone' },
];

export const WRITE_OPTIONS: readonly Option[] = KINDS.map(({ name, about }) => ({ name, value: 'FILE', about }));

export const writes = (parsed: Parsed): boolean => KINDS.some(({ name }) => parsed.has(name));

/** The annotated captures of one command line. Each input becomes a section of each file. */
export class Annotations {
  readonly #comments: Comments;
  readonly #files: readonly {
    readonly file: OutputFile;
    readonly verdict: number | null;
    readonly copiers: WeakMap<Traffic, Copier>;
  }[];
  readonly #into = new Growing();

  /**
   * @throws UsageError when an input has no packets to write
   * @throws OutputError when a file cannot be written, is an input, or is named twice
   */
  constructor(parsed: Parsed, table: MatchTable, inputs: readonly Traffic[]) {
    this.#comments = new Comments(table);
    const wanted = KINDS.filter(({ name }) => parsed.has(name));
    const other = inputs.find((input) => copierOf(input) === null);
    if (wanted.length > 0 && other !== undefined)
      throw new UsageError(
        `option \`--${wanted[0]!.name}\`: \`${other.file}\` is no capture, and has no packets to write`,
      );
    const files: OutputFile[] = [];
    try {
      for (const { name } of wanted) {
        const file = new OutputFile(pathOf(parsed, name), inputsOf(parsed, inputs));
        files.push(file);
        if (files.some((one) => one !== file && one.target === file.target))
          throw new UsageError(`option \`--${name}\`: \`${file.name}\` is written already`);
      }
    } catch (error) {
      for (const file of files) file.discard();
      throw error;
    }
    this.#files = files.map((file, i) => ({ file, verdict: wanted[i]!.verdict, copiers: new WeakMap() }));
  }

  /** Writes the records of a batch. @throws OutputError */
  add(batch: PacketBatch, verdicts: VerdictBatch, input: Traffic): void {
    for (const { file, verdict, copiers } of this.#files) {
      const into = this.#into;
      into.length = 0;
      let copier = copiers.get(input);
      if (copier === undefined) {
        copier = copierOf(input)!;
        copiers.set(input, copier);
        file.write(copier.head);
      }
      let row = 0;
      copier.copy(
        batch.buffer,
        batch.from,
        batch.to,
        (record) => {
          while (row < batch.count && batch.n[row]! < record) row++;
          if (row === batch.count || batch.n[row] !== record) return verdict === null ? NOT_JUDGED_COMMENT : null;
          return verdict === null || verdicts.verdict[row] === verdict ? this.#comments.of(verdicts, row) : null;
        },
        into,
      );
      file.write(into.written);
    }
  }

  commit(): void {
    for (const { file } of this.#files) file.commit();
  }

  /** Leaves none that is not committed. */
  discard(): void {
    for (const { file } of this.#files) file.discard();
  }
}

function pathOf(parsed: Parsed, option: string): string {
  const path = parsed.one(option)!;
  if (path === STDIN) throw new UsageError(`option \`--${option}\`: standard output has the report, name a file`);
  return path;
}

/** All that is read. */
const inputsOf = (parsed: Parsed, inputs: readonly Traffic[]): string[] => [
  ...parsed.all(FILENAME.name),
  ...inputs.map((input) => input.file),
];
