import { CaptureError } from '../../source/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { Window } from '../window.ts';
import { type Compression, END, type Flaw, MAGIC_BYTES, MORE_INPUT } from './compression.ts';
import { compressions } from './registry.ts';

/** Compressed once, and once more: what is deeper was made to keep a reader busy. */
const MAX_DEPTH = 2;

export type Unwrapped = {
  readonly window: Window;
  /** Outermost first. */
  readonly compressions: readonly string[];
};

/**
 * Looks through the compression around an input, which its first bytes tell, never its name.
 * @throws CaptureError when it is compressed more than twice
 */
export async function unwrap(outer: Window, file: string, signal: AbortSignal | undefined): Promise<Unwrapped> {
  const names: string[] = [];
  let window = outer;
  for (;;) {
    const found = await recognise(window);
    if (found === undefined) return { window, compressions: names };
    if (names.length === MAX_DEPTH) {
      const message = `is compressed more than ${MAX_DEPTH} times (${[...names, found.name].join(', then ')})`;
      throw new CaptureError('UNSUPPORTED', file, 0, message);
    }
    names.push(found.name);
    window = new Window(decompressed(window, found, file), signal);
  }
}

async function recognise(window: Window): Promise<Compression | undefined> {
  for (;;) {
    const head = window.unread.subarray(0, MAGIC_BYTES);
    if (head.length === MAGIC_BYTES || window.ended)
      return compressions.find((compression) => compression.recognise(head));
    await window.more();
  }
}

/** What the bytes of a window were before they were compressed. */
function decompressed(input: Window, compression: Compression, file: string): ByteSource {
  const decoder = compression.start();
  let piece = new Uint8Array(0);
  let given = 0;
  let fault: CaptureError | null = null;
  return {
    get fault() {
      return fault;
    },
    close: () => input.close(),
    read: async (into, from, length) => {
      let filled = 0;
      while (filled < length && fault === null) {
        if (piece.length > 0) {
          const taken = Math.min(piece.length, length - filled);
          into.set(piece.subarray(0, taken), from + filled);
          piece = piece.subarray(taken);
          filled += taken;
          continue;
        }
        const next = await decoder.next(input);
        if (next instanceof Uint8Array) piece = next as Uint8Array<ArrayBuffer>;
        else if (next === END) break;
        else if (next !== MORE_INPUT) fault = faultOf(next, input, compression, file, given + filled);
        // What is there is handed on before anybody waits.
        else if (filled > 0) break;
        else await input.more();
      }
      given += filled;
      return filled;
    },
  };
}

/** A fault further out is the reason of one further in. */
function faultOf(flaw: Flaw, input: Window, { name }: Compression, file: string, decoded: number): CaptureError {
  if (input.fault !== null) return input.fault;
  const where = `at byte ${input.offsetOf(input.at)} of what is compressed`;
  return new CaptureError(flaw.code, file, decoded, `the ${name} stream ${flaw.why}, ${where}`);
}
