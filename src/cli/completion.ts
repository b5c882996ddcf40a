import { type Command, HELP, type Option } from './command.ts';

/** What completes the command line in a shell, made from the commands' own data. */
export const SHELLS: ReadonlyMap<string, (commands: readonly Command[]) => string> = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
]);

const PROGRAM = 'netpol-replay';
const optionsOf = (command: Command): readonly Option[] => [...command.options, HELP];
const flagsOf = ({ name, short }: Option): string[] => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
/** Operands that are one of few words, such as the shells themselves. */
const wordsOf = ({ operands }: Command): readonly string[] => operands.choices ?? [];

/** One word of a shell, whatever is in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function bash(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const values = optionsOf(command)
      .filter(({ choices }) => choices !== undefined)
      .map((option) => `        ${flagsOf(option).join('|')}) words=${quoted(option.choices!.join(' '))} ;;\n`);
    const files = optionsOf(command)
      .filter(({ value, choices }) => value !== undefined && choices === undefined)
      .flatMap(flagsOf);
    return [
      `    ${command.name})\n`,
      `      flags=${quoted(optionsOf(command).flatMap(flagsOf).join(' '))}\n`,
      `      words=${quoted(wordsOf(command).join(' '))}\n`,
      '      case "$previous" in\n',
      ...values,
      ...(files.length === 0 ? [] : [`        ${files.join('|')}) flags= words= ;;\n`]),
      '      esac ;;\n',
    ].join('');
  });
  return `# ${PROGRAM} in bash: source <(${PROGRAM} completion bash)
_netpol_replay() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} flags='' words=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted(commands.map(({ name }) => name).join(' '))} -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('')}  esac
  if [[ $word == -* ]]; then words=$flags; fi
  COMPREPLY=()
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$word")); fi
}
complete -o default -F _netpol_replay ${PROGRAM}
`;
}

function zsh(commands: readonly Command[]): string {
  const described = commands.map(({ name, about }) => `    ${quoted(`${name}:${about}`)}\n`);
  const cases = commands.map((command) => {
    const specs = optionsOf(command).flatMap((option) => zshSpecs(option));
    const words = wordsOf(command);
    const rest = words.length > 0 ? `:word:(${words.join(' ')})` : '*:file:_files';
    return `    ${command.name}) _arguments ${[...specs, rest].map(quoted).join(' ')} ;;\n`;
  });
  return `#compdef ${PROGRAM}
# ${PROGRAM} in zsh: source <(${PROGRAM} completion zsh)
_netpol_replay() {
  local -a commands=(
${described.join('')}  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local name=$words[2]
  shift words
  (( CURRENT-- ))
  case "$name" in
${cases.join('')}  esac
}
compdef _netpol_replay ${PROGRAM}
`;
}

function zshSpecs(option: Option): string[] {
  const about = option.about.replace(/[[\]:\\]/g, '\\$&');
  const value =
    option.value === undefined
      ? ''
      : `:${option.value.replaceAll(':', '\\:')}:${option.choices === undefined ? '_files' : `(${option.choices.join(' ')})`}`;
  return flagsOf(option).map((flag) => `${option.repeatable ? '*' : ''}${flag}[${about}]${value}`);
}

function fish(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => {
    const within = `complete -c ${PROGRAM} -n ${quoted(`__fish_seen_subcommand_from ${command.name}`)}`;
    const words = wordsOf(command);
    return [
      `complete -c ${PROGRAM} -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.about)}`,
      ...(words.length === 0 ? [] : [`${within} -f -a ${quoted(words.join(' '))}`]),
      ...optionsOf(command).map((option) => `${within} ${fishFlags(option)} -d ${quoted(option.about)}`),
    ];
  });
  return [`# ${PROGRAM} in fish: ${PROGRAM} completion fish | source`, ...lines, ''].join('\n');
}

function fishFlags({ name, short, value, choices }: Option): string {
  const flags = `-l ${name}${short === undefined ? '' : ` -s ${short}`}`;
  if (value === undefined) return flags;
  return choices === undefined ? `${flags} -r` : `${flags} -x -a ${quoted(choices.join(' '))}`;
}
