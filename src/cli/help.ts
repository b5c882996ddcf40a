import { DATAPLANES, dataplaneOf } from '../model/dataplane.ts';
import { SWITCH_NAMES, SWITCHES } from '../model/switches.ts';
import { type Command, HELP, type Option } from './command.ts';

const PROGRAM = 'netpol-replay';

/** Help of the whole program. */
export function programHelp(commands: readonly Command[]): string {
  return [
    'Which of the traffic that we really have would this network policy drop, and why?',
    '',
    'Usage:',
    `  ${PROGRAM} COMMAND [options] [arguments]`,
    '',
    'Commands:',
    ...aligned(commands.map((command) => [command.name, command.about])),
    '',
    'Options:',
    ...aligned([
      ['-h, --help', `print this help, or that of a command: ${PROGRAM} COMMAND --help`],
      ['-V, --version', 'print the version'],
      ['help switches', 'print the switches of a dataplane'],
    ]),
    '',
    'Examples:',
    ...commands.flatMap(({ examples }) => examples.slice(0, 1).map((example) => `  ${PROGRAM} ${example}`)),
    '',
    'Exit codes: 0 fine; 1 findings; 2 usage, refused input, or an input that was not read to its end; 130 interrupted.',
    '',
  ].join('\n');
}

/** Help of one command. */
export function commandHelp({ about, usage, options, examples, notes }: Command): string {
  return [
    `${about[0]!.toUpperCase()}${about.slice(1)}.`,
    '',
    'Usage:',
    `  ${PROGRAM} ${usage}`,
    '',
    'Options:',
    ...aligned([...options, HELP].map((option) => [optionTitle(option), optionAbout(option)])),
    '',
    ...(notes === undefined ? [] : [...notes, '']),
    'Examples:',
    ...examples.map((example) => `  ${PROGRAM} ${example}`),
    '',
  ].join('\n');
}

/** What `--switch` takes, by dataplane. */
export function switchesHelp(): string {
  const rows = SWITCH_NAMES.map((name): [string, string] => {
    const { values, about, ledger } = SWITCHES[name];
    return [`${name}=${values.join('|')}`, `${about} (ledger ${ledger.join(', ')})`];
  });
  const otherwise = DATAPLANES.map((name): [string, string] => {
    const plane = dataplaneOf(name);
    const differs = SWITCH_NAMES.filter((one) => plane[one] !== SWITCHES[one].values[0]);
    return [name, differs.map((one) => `${one}=${plane[one]}`).join(', ') || 'the first value of each'];
  });
  return [
    'Switches of a dataplane, for `--switch NAME=VALUE`:',
    ...aligned(rows),
    '',
    'Dataplanes, for `--dataplane NAME`:',
    ...aligned(otherwise),
    '',
  ].join('\n');
}

const optionTitle = ({ name, short, value }: Option): string =>
  `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;

const optionAbout = ({ about, choices, repeatable, default: usual }: Option): string =>
  [
    about,
    ...(choices === undefined ? [] : [`: ${choices.join(', ')}`]),
    ...(repeatable ? [' (repeatable)'] : []),
    ...(usual === undefined ? [] : [` (default ${usual})`]),
  ].join('');

function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`);
}
