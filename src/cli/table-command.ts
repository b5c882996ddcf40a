import { tableJson, tableText } from '../report/table.ts';
import type { Command } from './command.ts';
import { ENFORCEMENT_OPTIONS } from './enforcement-options.ts';
import { EXIT_FINE, type Io } from './io.ts';
import { compileNamed, FILENAME, KEEP_GOING, MAX_TABLE_BYTES, STAGED } from './manifests.ts';
import { paletteFor } from './palette.ts';
import type { Parsed } from './parse.ts';

export const table: Command = {
  name: 'table',
  about: 'show what the policies compile into: classes, profiles, programs, cells, time, memory',
  usage: 'table -f FILE|DIR|- [options]',
  options: [
    FILENAME,
    { name: 'output', short: 'o', value: 'FORMAT', choices: ['text', 'json'], default: 'text', about: 'format' },
    ...ENFORCEMENT_OPTIONS,
    STAGED,
    KEEP_GOING,
    MAX_TABLE_BYTES,
  ],
  operands: { least: 0, most: 0, called: 'nothing' },
  examples: ['table -f k8s/', 'table -f k8s/ -o json | jq .bytes'],
  run: runTable,
};

async function runTable(parsed: Parsed, io: Io): Promise<number> {
  const compiled = await compileNamed(parsed, io);
  await io.out(parsed.one('output') === 'json' ? tableJson(compiled) : tableText(compiled, paletteFor(io)));
  return EXIT_FINE;
}
