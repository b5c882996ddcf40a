import { DATAPLANES } from '../model/dataplane.ts';
import type { Enforcement } from '../model/enforcement.ts';
import { isValueOf, type Settings, SWITCH_NAMES, SWITCHES, type SwitchName } from '../model/switches.ts';
import type { Option } from './command.ts';
import { UsageError } from './io.ts';
import type { Parsed } from './parse.ts';
import { didYouMean } from './suggest.ts';

const DATAPLANE = 'dataplane';
const SWITCH = 'switch';

/** Whose behaviour is followed: the same for every command that judges. */
export const ENFORCEMENT_OPTIONS: readonly Option[] = [
  {
    name: DATAPLANE,
    value: 'NAME',
    choices: DATAPLANES,
    about: 'what enforces the policies: else what FelixConfiguration says, else calico-iptables',
  },
  {
    name: SWITCH,
    value: 'NAME=VALUE',
    repeatable: true,
    about: 'one thing that the dataplane does otherwise; `help switches` lists them',
  },
];

/** @throws UsageError for a switch or a value that is none */
export function enforcementOf(parsed: Parsed): Enforcement {
  const switches: Record<string, string> = {};
  for (const text of parsed.all(SWITCH)) {
    const [name, value] = readSwitch(text);
    if (name in switches) throw new UsageError(`option \`--${SWITCH}\`: \`${name}\` is set twice`);
    switches[name] = value;
  }
  return {
    dataplane: DATAPLANES.find((name) => name === parsed.one(DATAPLANE)),
    switches: switches as Partial<Settings>,
  };
}

function readSwitch(text: string): [SwitchName, string] {
  const [written, value, ...more] = text.split('=') as [string, string?, ...string[]];
  const name = SWITCH_NAMES.find((known) => known === written);
  if (name === undefined) throw refused(`no switch is called \`${written}\`${hint(written, SWITCH_NAMES)}`);
  const { values } = SWITCHES[name];
  if (value === undefined || more.length > 0) throw refused(`\`${text}\`: expected \`${name}=${values.join('|')}\``);
  if (!isValueOf(name, value))
    throw refused(
      `\`${value}\` is no value of \`${name}\`: expected ${values.join(' or ')}${didYouMean(value, values)}`,
    );
  return [name, value];
}

const hint = (word: string, names: readonly string[]): string =>
  didYouMean(word, names) || `: expected one of ${names.join(', ')}`;

const refused = (why: string): UsageError => new UsageError(`option \`--${SWITCH}\`: ${why}`);
