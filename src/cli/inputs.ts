import { listInputs } from '../capture/list.ts';
import { openTraffic } from '../capture/open.ts';
import { openLater } from '../capture/open-later.ts';
import type { Traffic } from '../packet/traffic.ts';
import { plain } from '../report/escape.ts';
import { CaptureError } from '../source/errors.ts';
import type { Io } from './io.ts';

/** Opens every input that a command line names; null when one was refused, and then each refusal has been told.
 * `whole`: batches without rows as well. */
export async function openInputs(paths: readonly string[], io: Io, whole = false): Promise<Traffic[] | null> {
  const files = listInputs(paths);
  const open = files.length === 1 ? openTraffic : openLater;
  const inputs: Traffic[] = [];
  let refused = false;
  for (const path of files) {
    try {
      inputs.push(await open(path, { signal: io.signal, stdin: io.stdin, whole }));
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      io.err(`error: ${plain(error.message)}\n`);
      refused = true;
    }
  }
  return refused ? null : inputs;
}

/** Which inputs were not read to their ends, a line each. */
export const faultsOf = (inputs: readonly Traffic[]): string[] =>
  inputs.flatMap(({ fault }) =>
    fault === null ? [] : [`error: ${plain(fault.message)} (what came before was replayed)\n`],
  );
