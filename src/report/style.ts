import { type Cell, type Column, columns } from './columns.ts';
import { markdown, plain } from './escape.ts';
import { type Palette, PLAIN } from './palette.ts';

/** How the parts of a summary are written. What they say is the same in every style. */
export type Style = {
  readonly palette: Palette;
  /** Tables show all that is known of a line, not only what most readers need. */
  readonly wide: boolean;
  readonly table: (heads: readonly Column[], rows: readonly (readonly Cell[])[]) => string;
  /** One sentence. */
  readonly line: (text: string) => string;
  /** One that explains what stands above it. */
  readonly aside: (text: string) => string;
  /** What stands above the summary: keys and their values. */
  readonly keys: (lines: readonly (readonly [string, string])[]) => string;
};

const KEY_WIDTH = 14;

/** For a terminal: columns between blanks. */
export const textStyle = (palette: Palette, wide = false): Style => ({
  palette,
  wide,
  table: (heads, rows) => columns(heads, rows, palette.heading),
  line: (text) => `${plain(text)}\n`,
  aside: (text) => palette.faint(`${plain(text)}\n`),
  keys: (lines) => lines.map(([key, value]) => `${key.padEnd(KEY_WIDTH)}${plain(value)}\n`).join(''),
});

/** For a pull request: tables of GitHub Flavored Markdown. */
export const MARKDOWN: Style = {
  palette: PLAIN,
  wide: false,
  table: (heads, rows) => {
    const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
    const texts = rows.map((row) => row.map((cell) => markdown(typeof cell === 'string' ? cell : cell.text)));
    const edges = heads.map(({ right }) => (right ? '---:' : '---'));
    return line(heads.map(({ title }) => markdown(title))) + line(edges) + texts.map(line).join('');
  },
  line: (text) => `\n${markdown(text)}\n`,
  aside: (text) => `\n${markdown(text)}\n`,
  keys: (lines) => lines.map(([key, value]) => `- **${markdown(key)}** ${markdown(value)}\n`).join(''),
};
