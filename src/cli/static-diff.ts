import { staticDiff } from '../reach/static-diff.ts';
import { plain } from '../report/escape.ts';
import { staticAnswer, staticDiffJson, staticDiffText } from '../report/reach/static-diff.ts';
import { BUDGET } from './budget.ts';
import type { Option } from './command.ts';
import { hasNobodyToJudge, warnOfHosts } from './inputs.ts';
import { EXIT_FINDINGS, EXIT_FINE, EXIT_TROUBLE, type Io, UsageError } from './io.ts';
import { compileTwo, KEEP_GOING } from './manifests.ts';
import { paletteFor } from './palette.ts';
import type { Parsed } from './parse.ts';
import { REPLAY_OPTIONS } from './replay-options.ts';
import type { NamedSide } from './run-diff.ts';

export const STATIC: Option = {
  name: 'static',
  about: 'without traffic: all packets there are that the two sides judge differently',
};

/** Compares two sets of manifests for all packets, and prints it. @returns the exit code */
export async function runStaticDiff(old: NamedSide, next: NamedSide, parsed: Parsed, io: Io): Promise<number> {
  refuseOfTraffic(parsed);
  const tables = await compileTwo([old, next], parsed, io);
  warnOfHosts(tables, io);
  if (tables.some((table) => hasNobodyToJudge(table, io, parsed.has(KEEP_GOING.name)))) return EXIT_TROUBLE;
  const diff = staticDiff({ name: old.name, table: tables[0] }, { name: next.name, table: tables[1] });
  const isJson = parsed.one('output') === 'json';
  await io.out(isJson ? staticDiffJson(diff) : staticDiffText(diff, paletteFor(io), parsed.number('top')!));
  if (isJson) io.err(`${plain(staticAnswer(diff))}\n`);
  return diff.differs ? EXIT_FINDINGS : EXIT_FINE;
}

/** @throws UsageError for what only traffic can answer */
function refuseOfTraffic(parsed: Parsed): void {
  if (parsed.operands.length > 0)
    throw new UsageError(`\`--static\` reads no traffic: \`${parsed.operands[0]}\` is too much`);
  const output = parsed.one('output')!;
  if (output !== 'text' && output !== 'json')
    throw new UsageError(`\`-o ${output}\` shows traffic; \`--static\` has text and json`);
  const refused = [...REPLAY_OPTIONS, BUDGET].find(({ name }) => parsed.has(name));
  if (refused !== undefined)
    throw new UsageError(`\`--${refused.name}\` is about traffic, and \`--static\` reads none`);
}
