import type { Command } from './command.ts';
import { SHELLS } from './completion.ts';
import { EXIT_FINE, UsageError } from './io.ts';
import { didYouMean } from './suggest.ts';

/** `commands` are all of the program, this one among them. */
export const completion = (commands: () => readonly Command[]): Command => ({
  name: 'completion',
  about: 'print what completes the command line in a shell',
  usage: 'completion bash|zsh|fish',
  options: [],
  operands: { least: 1, most: 1, called: 'the shell (bash, zsh, fish)', choices: [...SHELLS.keys()] },
  examples: ['completion bash > ~/.local/share/bash-completion/completions/netpol-replay'],
  notes: [
    'bash: source <(netpol-replay completion bash)',
    'zsh:  source <(netpol-replay completion zsh)',
    'fish: netpol-replay completion fish | source',
  ],
  run: async ({ operands }, io) => {
    const shell = operands[0]!;
    const write = SHELLS.get(shell);
    if (write === undefined)
      throw new UsageError(
        `\`${shell}\` is none of ${[...SHELLS.keys()].join(', ')}${didYouMean(shell, SHELLS.keys())}`,
      );
    await io.out(write(commands()));
    return EXIT_FINE;
  },
});
