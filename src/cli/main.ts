#!/usr/bin/env node
import { once } from 'node:events';
import type { Io } from './io.ts';
import { EXIT_FINE, EXIT_TROUBLE } from './io.ts';
import { run } from './run.ts';

const { stdout, stderr, env, argv } = process;
const stop = new AbortController();
// The first SIGINT ends the run with what it has, a second one ends the process as usual.
process.once('SIGINT', () => stop.abort());

// A reader that has seen enough (`| head`) is no failure; a full disk is.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT_FINE);
  stderr.write(`error: standard output: ${error.message}\n`);
  process.exit(EXIT_TROUBLE);
});
stderr.on('error', () => {});

const io: Io = {
  out: async (text) => {
    if (text !== '' && !stdout.write(text)) await once(stdout, 'drain');
  },
  err: (text) => void stderr.write(text),
  // Opened when it is asked for alone.
  get stdin() {
    return process.stdin as AsyncIterable<Uint8Array>;
  },
  signal: stop.signal,
  outIsTerminal: stdout.isTTY === true,
  errIsTerminal: stderr.isTTY === true,
  env,
};

const code = await run(argv.slice(2), io).catch((error: unknown) => {
  // Not the user's fault; and not 1, which would say that something was found.
  stderr.write(`error: internal: ${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT_TROUBLE;
});
// What was written may still be on its way; then leave, though standard input may be open.
stdout.write('', () => process.exit(code));
