import { admit } from './admit-command.ts';
import { collect } from './collect-command.ts';
import type { Command } from './command.ts';
import { compareCommand } from './compare-command.ts';
import { completion } from './completion-command.ts';
import { conformance } from './conformance-command.ts';
import { connectivityCommand } from './connectivity-command.ts';
import { coverageCommand } from './coverage-command.ts';
import { diffCommand } from './diff-command.ts';
import { explainCommand } from './explain-command.ts';
import { info } from './info-command.ts';
import { replayCommand } from './replay-command.ts';
import { reportCommand } from './report-command.ts';
import { table } from './table-command.ts';
import { validate } from './validate-command.ts';

/** Every command, in the order of the help. To add one: a file beside this one and a line here. */
export const COMMANDS: readonly Command[] = [
  replayCommand,
  diffCommand,
  compareCommand,
  reportCommand,
  connectivityCommand,
  coverageCommand,
  explainCommand,
  info,
  admit,
  validate,
  table,
  collect,
  conformance,
  completion(() => COMMANDS),
];

/** Names of the contract that this version does not have: refused by name, not as unknown. */
export const ABSENT: ReadonlySet<string> = new Set(['bench']);
