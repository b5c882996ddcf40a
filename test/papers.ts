import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.ts';

/** One fenced block of a Markdown file. */
export type Block = {
  readonly paper: string;
  /** Line of the fence, from 1. */
  readonly line: number;
  /** What stands behind the opening fence: `sh`, `ts`, `text`, ... */
  readonly info: string;
  readonly text: string;
  /** Does it follow the block before it directly, with blank lines alone between them? */
  readonly follows: boolean;
};

/** The README and all of docs/. */
export const papers: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => join('docs', name)),
];

export function blocksOf(paper: string): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; info: string; text: string[]; follows: boolean } | null = null;
  let onlyBlanks = false;
  const lines = readFileSync(join(root, paper), 'utf8').split('\n');
  lines.forEach((text, i) => {
    const fence = /^```(.*)$/.exec(text);
    if (fence === null) {
      if (open !== null) open.text.push(text);
      else if (text.trim() !== '') onlyBlanks = false;
    } else if (open === null) open = { line: i + 1, info: fence[1]!, text: [], follows: onlyBlanks };
    else {
      blocks.push({ paper, line: open.line, info: open.info, text: open.text.join('\n'), follows: open.follows });
      open = null;
      onlyBlanks = true;
    }
  });
  if (open !== null) throw new Error(`${paper}: a block is not closed`);
  return blocks;
}

/** What an output shows when the clock, the machine's memory and the widths of columns are left out. */
export const masked = (output: string): string =>
  output
    .replace(/\d+(\.\d+)? ms/g, 'N ms')
    .replace(/\d+(\.\d+)? ([KMG]iB)/g, 'N MEMORY')
    .replace(/ +/g, ' ')
    .replace(/^ | $/gm, '')
    .trim();
