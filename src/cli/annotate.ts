import { type CommentOf, type Copier, Growing } from '../capture/copy.ts';
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

type Written = { readonly file: OutputFile; readonly verdict: number | null };

/**
 * The records of the input at hand: their bytes come when they are read, their verdicts later, and not always with the
 * same batch. What both are there for is written; left are at most the records that verdicts are awaited for.
 */
type Pending = {
  readonly bytes: Growing;
  readonly copiers: readonly Copier[];
  /** Record numbers of the last row that was read, and of the last that was judged. */
  read: number;
  judged: number;
};

/** Rows of an input that were judged. */
type Judged = { readonly batch: PacketBatch; readonly verdicts: VerdictBatch };

/** The annotated captures of one command line. Each input becomes a section of each file. */
export class Annotations {
  readonly #comments: Comments;
  readonly #written: readonly Written[];
  readonly #into = new Growing();
  #pending: Pending | null = null;

  /**
   * @throws UsageError when an input has no packets to write
   * @throws OutputError when a file cannot be written, is an input, or is named twice
   */
  constructor(parsed: Parsed, table: MatchTable, inputs: readonly Traffic[]) {
    this.#comments = new Comments(table);
    const wanted = KINDS.filter(({ name }) => parsed.has(name));
    if (wanted.length > 0) checkInputs(wanted[0]!.name, inputs);
    this.#written = openOutputs(parsed, wanted, inputs);
  }

  /** The inputs, to be replayed in place of the given: their records are seen as they are read. */
  of(inputs: readonly Traffic[]): readonly Traffic[] {
    if (this.#written.length === 0) return inputs;
    return inputs.map((input) => ({
      ...input,
      get counts() {
        return input.counts;
      },
      get fault() {
        return input.fault;
      },
      batches: () => this.#watch(input),
    }));
  }

  /** Rows of the input at hand that were judged, in their order. @throws OutputError */
  add(batch: PacketBatch, verdicts: VerdictBatch): void {
    const pending = this.#pending;
    if (pending === null || batch.count === 0) return;
    pending.judged = batch.n[batch.count - 1]!;
    this.#write(pending, isAllJudged(pending) ? Number.POSITIVE_INFINITY : pending.judged, { batch, verdicts });
  }

  /** Writes what is left, and gives the files their names. @throws OutputError */
  commit(): void {
    this.#end();
    for (const { file } of this.#written) file.commit();
  }

  /** Leaves none that is not committed. */
  discard(): void {
    for (const { file } of this.#written) file.discard();
  }

  async *#watch(input: Traffic): AsyncGenerator<PacketBatch, void, undefined> {
    this.#end();
    const copiers = this.#written.map(() => copierOf(input)!);
    this.#written.forEach(({ file }, i) => {
      file.write(copiers[i]!.head);
    });
    const pending = { bytes: new Growing(), copiers, read: 0, judged: 0 };
    this.#pending = pending;
    for await (const batch of input.batches()) {
      if (isAllJudged(pending)) this.#write(pending, Number.POSITIVE_INFINITY, null);
      pending.bytes.append(batch.buffer.subarray(batch.from, batch.to));
      if (batch.count === 0) continue;
      pending.read = batch.n[batch.count - 1]!;
      yield batch;
    }
  }

  /** Of an interrupted run, what was read and not judged is left out. */
  #end(): void {
    const pending = this.#pending;
    if (pending !== null) this.#write(pending, isAllJudged(pending) ? Number.POSITIVE_INFINITY : pending.judged, null);
    this.#pending = null;
  }

  #write({ bytes, copiers }: Pending, last: number, judged: Judged | null): void {
    let done = 0;
    const into = this.#into;
    this.#written.forEach(({ file, verdict }, i) => {
      into.length = 0;
      done = copiers[i]!.copy(bytes.written, last, this.#commentOf(judged, verdict), into);
      file.write(into.written);
    });
    bytes.drop(done);
  }

  /** Records are asked for in their order, as rows are. */
  #commentOf(judged: Judged | null, wanted: number | null): CommentOf {
    const otherwise = wanted === null ? NOT_JUDGED_COMMENT : null;
    if (judged === null) return () => otherwise;
    const { batch, verdicts } = judged;
    let row = 0;
    return (record) => {
      while (row < batch.count && batch.n[row]! < record) row++;
      if (row === batch.count || batch.n[row] !== record) return otherwise;
      return wanted === null || verdicts.verdict[row] === wanted ? this.#comments.of(verdicts, row) : null;
    };
  }
}

const isAllJudged = ({ read, judged }: Pending): boolean => read === judged;

/** @throws UsageError for inputs that have no packets, or that cannot wait for their turn */
function checkInputs(option: string, inputs: readonly Traffic[]): void {
  for (const input of inputs) {
    const quoted = `option \`--${option}\`: \`${input.file}\``;
    if (copierOf(input) === null) throw new UsageError(`${quoted} is no capture, and has no packets to write`);
    if (inputs.length > 1 && input.firstTime === undefined)
      throw new UsageError(`${quoted} is no regular file, and has to be the only input`);
  }
}

function openOutputs(parsed: Parsed, wanted: typeof KINDS, inputs: readonly Traffic[]): Written[] {
  const written: Written[] = [];
  try {
    for (const { name, verdict } of wanted) {
      const file = new OutputFile(pathOf(parsed, name), inputsOf(parsed, inputs));
      written.push({ file, verdict });
      if (written.some((one) => one.file !== file && one.file.target === file.target))
        throw new UsageError(`option \`--${name}\`: \`${file.name}\` is written already`);
    }
  } catch (error) {
    for (const { file } of written) file.discard();
    throw error;
  }
  return written;
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
