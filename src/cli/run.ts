import { plain } from '../report/escape.ts';
import { CaptureError, LimitError, ManifestError, OutputError } from '../source/errors.ts';
import type { Command } from './command.ts';
import { ABSENT, COMMANDS } from './commands.ts';
import { printDiagnostics } from './diagnostics.ts';
import { commandHelp, programHelp, switchesHelp } from './help.ts';
import { EXIT_FINE, EXIT_INTERRUPTED, EXIT_TROUBLE, type Io, UsageError } from './io.ts';
import { parse } from './parse.ts';
import { didYouMean } from './suggest.ts';
import { version } from './version.ts';

/** Runs one command line. Never throws for what the user did; what it throws is a bug. @returns the exit code */
export async function run(args: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(args, io);
  } catch (error) {
    if (io.signal.aborted) return EXIT_INTERRUPTED;
    return explainFailure(error, args, io);
  }
}

async function dispatch([name, ...rest]: readonly string[], io: Io): Promise<number> {
  if (name === undefined) {
    io.err(programHelp(COMMANDS));
    return EXIT_TROUBLE;
  }
  if (name === '-V' || name === '--version') return await print(io, `netpol-replay ${version()}\n`);
  if (name === '-h' || name === '--help') return await print(io, programHelp(COMMANDS));
  if (name === 'help' && rest[0] === 'switches') return await print(io, switchesHelp());
  if (name === 'help')
    return await print(io, rest[0] === undefined ? programHelp(COMMANDS) : commandHelp(find(rest[0])));
  const command = find(name);
  const parsed = parse(command, rest);
  if (parsed.has('help')) return await print(io, commandHelp(command));
  return await command.run(parsed, io);
}

async function print(io: Io, text: string): Promise<number> {
  await io.out(text);
  return EXIT_FINE;
}

function find(name: string): Command {
  const command = COMMANDS.find((known) => known.name === name);
  if (command !== undefined) return command;
  const names = COMMANDS.map((known) => known.name);
  if (ABSENT.has(name))
    throw new UsageError(`\`${name}\` is not in this version (${version()}), which has ${names.join(', ')}`);
  if (name.startsWith('-'))
    throw new UsageError(`unknown option \`${name}\`: the command comes first, one of ${names.join(', ')}`);
  throw new UsageError(
    `unknown command \`${name}\`${didYouMean(name, names) || `, expected one of ${names.join(', ')}`}`,
  );
}

/** Says on standard error why a command gave up. Errors that are not the user's are thrown on. */
function explainFailure(error: unknown, args: readonly string[], io: Io): number {
  if (error instanceof UsageError) {
    const command = COMMANDS.find((known) => known.name === args[0]);
    const hint = `netpol-replay ${command === undefined ? '' : `${command.name} `}--help`;
    io.err(`error: ${plain(error.message)}\nsee \`${hint}\`\n`);
  } else if (error instanceof ManifestError) printDiagnostics(error.diagnostics, io);
  else if (error instanceof CaptureError || error instanceof LimitError || error instanceof OutputError)
    io.err(`error: ${plain(error.message)}\n`);
  else if (isSystemError(error)) io.err(`error: ${plain(error.message)}\n`);
  else throw error;
  return EXIT_TROUBLE;
}

/** What the operating system says of a path: ENOENT, EACCES, EISDIR, ... */
const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'code' in error;
