/** Runs a command line within the process of a test, from the root of the checkout. */
import type { Io } from '../src/cli/io.ts';
import { run } from '../src/cli/run.ts';
import { root } from './paths.ts';

export type Said = { readonly code: number; readonly out: string; readonly err: string };

const silent = async function* (): AsyncIterable<Uint8Array> {};

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

export const cli = (...args: string[]): Promise<Said> => cliWith({}, ...args);

export async function cliWith(more: Partial<Io>, ...args: string[]): Promise<Said> {
  process.chdir(root);
  let out = '';
  let err = '';
  const io = ioOf({
    out: async (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    ...more,
  });
  return { code: await run(args, io), out, err };
}
