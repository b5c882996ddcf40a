import type { Io } from '../src/cli/io.ts';
import { run } from '../src/cli/run.ts';

export type Outcome = { code: number; out: string; err: string };

export const silent = async function* (): AsyncIterable<Uint8Array> {};

/** A command line's surroundings that print nowhere; `more` replaces some of them. */
export const ioOf = (more: Partial<Io> = {}): Io => ({
  out: async () => {},
  err: () => {},
  stdin: silent(),
  signal: new AbortController().signal,
  outIsTerminal: false,
  errIsTerminal: false,
  env: {},
  ...more,
});

/** Runs a command line within this process. */
export async function cli(...args: string[]): Promise<Outcome> {
  const outcome = { code: -1, out: '', err: '' };
  const io = ioOf({
    out: async (text) => {
      outcome.out += text;
    },
    err: (text) => {
      outcome.err += text;
    },
  });
  outcome.code = await run(args, io);
  return outcome;
}
