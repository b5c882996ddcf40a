import { listInputs } from '../capture/list.ts';
import { type OpenOptions, openTraffic } from '../capture/open.ts';
import { openLater } from '../capture/open-later.ts';
import type { Traffic } from '../packet/traffic.ts';
import { plain } from '../report/escape.ts';
import { counted } from '../report/numbers.ts';
import { CaptureError } from '../source/errors.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { Io } from './io.ts';
import type { Spans } from './spans.ts';

/** Opens every input that a command line names; null when one was refused, and then each refusal has been told. */
export async function openAll(paths: readonly string[], options: OpenOptions, io: Io): Promise<Traffic[] | null> {
  const files = listInputs(paths);
  const open = files.length === 1 ? openTraffic : openLater;
  const inputs: Traffic[] = [];
  let refused = false;
  for (const path of files) {
    try {
      inputs.push(await open(path, options));
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      io.err(`error: ${plain(error.message)}\n`);
      refused = true;
    }
  }
  return refused ? null : inputs;
}

/** Policies without pods judge nothing: all traffic would look forwarded, which is an answer to another question. */
export function hasNobodyToJudge({ stats }: MatchTable, io: Io, keepGoing: boolean): boolean {
  if (stats.policies === 0 || stats.endpoints > 0) return false;
  const message = `${counted(stats.policies, 'policy', 'policies')} and no pod among the manifests: every packet would be forwarded, as nobody is policed; add the cluster's pods with \`-f\` (kubectl get pods -A -o json)`;
  io.err(keepGoing ? `warning: ${message}\n` : `error: ${message}; --keep-going goes on without\n`);
  return !keepGoing;
}

/** What looks at pods alone says so where policies police nodes, too: its silence about those means nothing. */
export function warnOfHosts(tables: readonly MatchTable[], io: Io): void {
  if (tables.every(({ hosts }) => hosts == null)) return;
  io.err(
    'warning: host endpoints are left out: this looks at pods alone, `replay` and `diff` with traffic at nodes too\n',
  );
}

/** Says which inputs were not read to their end, and which overlap in time. */
export function tellOfInputs(inputs: readonly Traffic[], spans: Spans, io: Io): void {
  for (const { fault } of inputs)
    if (fault !== null) io.err(`error: ${plain(fault.message)} (what came before was replayed)\n`);
  const files = inputs.map((input) => plain(input.file));
  for (const [one, other] of spans.overlaps())
    io.err(`warning: ${files[one]} and ${files[other]} overlap in time, and were replayed one after the other\n`);
}
