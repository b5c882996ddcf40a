import { parseArgs } from 'node:util';
import { type Command, HELP, type Option } from './command.ts';
import { UsageError } from './io.ts';
import { didYouMean } from './suggest.ts';

/** A command line that was checked against its command: values are among the choices, numbers are numbers. */
export type Parsed = {
  readonly has: (option: string) => boolean;
  readonly all: (option: string) => readonly string[];
  /** The value, or the option's default. */
  readonly one: (option: string) => string | undefined;
  readonly number: (option: string) => number | undefined;
  readonly operands: readonly string[];
};

/** @throws UsageError for the first thing that is wrong */
export function parse(command: Command, args: readonly string[]): Parsed {
  const options = new Map([...command.options, HELP].map((option) => [option.name, option]));
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries([...options.values()].map(parseArgsOption)),
  });
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const option = options.get(token.name);
    if (option === undefined) throw new UsageError(`unknown option \`${token.rawName}\`${nearest(token, options)}`);
    const known = values.get(option.name) ?? [];
    if (known.length > 0 && option.value !== undefined && !option.repeatable)
      throw new UsageError(`option \`--${option.name}\` is given twice`);
    values.set(option.name, [...known, checkedValue(option, token)]);
  }
  const parsed = access(options, values, operands);
  if (!parsed.has(HELP.name)) checkOperands(command, operands);
  return parsed;
}

type Token = {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
};

const parseArgsOption = (option: Option): [string, { type: 'string' | 'boolean'; short?: string }] => [
  option.name,
  { type: option.value === undefined ? 'boolean' : 'string', ...(option.short && { short: option.short }) },
];

function nearest({ rawName }: Token, options: ReadonlyMap<string, Option>): string {
  return didYouMean(
    rawName,
    [...options.keys()].map((name) => `--${name}`),
  );
}

function checkedValue(option: Option, { rawName, value, inlineValue }: Token): string {
  if (option.value === undefined) {
    if (value !== undefined) throw new UsageError(`option \`${rawName}\` takes no value, got \`${value}\``);
    return '';
  }
  // `-f --top 5` forgot the value of -f; `-f -` means standard input.
  if (value === undefined || (!inlineValue && value.startsWith('-') && value !== '-'))
    throw new UsageError(`option \`${rawName}\` needs a value: ${option.choices?.join(', ') ?? option.value}`);
  if (option.choices && !option.choices.includes(value))
    throw new UsageError(
      `option \`${rawName}\`: \`${value}\` is none of ${option.choices.join(', ')}${didYouMean(value, option.choices)}`,
    );
  if (option.atLeast !== undefined) {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : -1;
    if (number < option.atLeast)
      throw new UsageError(`option \`${rawName}\`: \`${value}\` is no whole number of at least ${option.atLeast}`);
    if (option.atMost !== undefined && number > option.atMost)
      throw new UsageError(`option \`${rawName}\`: \`${value}\` is more than ${option.atMost}`);
  }
  return value;
}

function checkOperands({ operands: { least, most, called } }: Command, operands: readonly string[]): void {
  if (operands.length < least) throw new UsageError(`${called} is missing`);
  if (operands.length > most) throw new UsageError(`unexpected argument \`${operands[most]}\``);
}

function access(
  options: ReadonlyMap<string, Option>,
  values: ReadonlyMap<string, readonly string[]>,
  operands: readonly string[],
): Parsed {
  const one = (name: string): string | undefined => values.get(name)?.at(-1) ?? options.get(name)?.default;
  const number = (name: string): number | undefined => {
    const value = one(name);
    return value === undefined ? undefined : Number(value);
  };
  return { has: (name) => values.has(name), all: (name) => values.get(name) ?? [], one, number, operands };
}
