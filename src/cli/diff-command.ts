import { DIFF_OUTPUTS } from '../report/diff/registry.ts';
import { DEFAULT_TOP } from '../report/text.ts';
import { BUDGET } from './budget.ts';
import type { Command, Option } from './command.ts';
import { ENFORCEMENT_OPTIONS } from './enforcement-options.ts';
import { type Io, UsageError } from './io.ts';
import { checkStdin, FILENAME, KEEP_GOING, MAX_TABLE_BYTES, STAGED, staged } from './manifests.ts';
import type { Parsed } from './parse.ts';
import { REPLAY_OPTIONS } from './replay-options.ts';
import { ROLLOUT_AT, runDiff } from './run-diff.ts';
import { runStaticDiff, STATIC } from './static-diff.ts';

export const OLD: Option = { name: 'old', value: 'FILE|DIR', repeatable: true, about: 'manifests as they are' };
export const NEW: Option = { name: 'new', value: 'FILE|DIR', repeatable: true, about: 'manifests as they would be' };

export const diffCommand: Command = {
  name: 'diff',
  about: 'replay traffic against two sets of policies in one pass: what would newly be dropped or forwarded, and why',
  usage: 'diff --old DIR --new DIR [-f COMMON] [options] CAPTURE...|--static',
  options: [
    OLD,
    NEW,
    { ...FILENAME, about: 'manifests that both have, as the cluster with its pods: a file, a folder, or -' },
    {
      name: 'output',
      short: 'o',
      value: 'FORMAT',
      choices: [...DIFF_OUTPUTS.keys()],
      default: 'text',
      about: 'format',
    },
    STATIC,
    ...REPLAY_OPTIONS,
    ...ENFORCEMENT_OPTIONS,
    { name: 'top', value: 'N', atLeast: 1, default: String(DEFAULT_TOP), about: 'lines of each list' },
    BUDGET,
    ROLLOUT_AT,
    STAGED,
    KEEP_GOING,
    MAX_TABLE_BYTES,
  ],
  operands: { least: 0, most: Number.POSITIVE_INFINITY, called: 'CAPTURE' },
  notes: [
    'What --old and --new name is read after what -f names: of two objects with one name the last counts.',
    'Exit code 1 when verdicts differ; with --budget, when one differs that the budget does not allow.',
  ],
  examples: [
    'diff -f cluster.json --old main/policies --new policies traffic.pcap',
    'diff -f cluster.json --old main/policies --new policies traffic.pcap -o md',
    'diff -f cluster.json --old main/policies --new policies --budget budget.yaml traffic.pcap',
    'diff -f cluster.json --old main/policies --new policies --static',
  ],
  run: (parsed: Parsed, io: Io): Promise<number> => {
    const [old, next] = [OLD, NEW].map((option) => sideOf(parsed, option)) as [string[], string[]];
    const common = parsed.all(FILENAME.name);
    checkStdin([...common, ...old, ...next, ...parsed.operands, ...parsed.all(BUDGET.name)]);
    const side = (own: readonly string[]) => ({
      name: own.join(', '),
      paths: [...common, ...own],
      staged: staged(parsed),
    });
    if (parsed.has(STATIC.name)) return runStaticDiff(side(old), side(next), parsed, io);
    if (parsed.operands.length === 0)
      throw new UsageError('CAPTURE is missing, or `--static` for a comparison without');
    return runDiff(side(old), side(next), parsed, io);
  },
};

/** @throws UsageError when nothing is named */
export function sideOf(parsed: Parsed, { name }: Option): readonly string[] {
  const paths = parsed.all(name);
  if (paths.length === 0) throw new UsageError(`no manifests of one side: name them with \`--${name} DIR\``);
  return paths;
}
