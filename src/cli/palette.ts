import { styleText } from 'node:util';
import { type Palette, PLAIN } from '../report/palette.ts';
import type { Io } from './io.ts';

const COLOURS: Palette = {
  heading: (text) => styleText('bold', text),
  forwarded: (text) => styleText('green', text),
  dropped: (text) => styleText('red', text),
  undetermined: (text) => styleText('yellow', text),
  faint: (text) => styleText('dim', text),
};

/** Colours on a terminal alone; never under NO_COLOR (no-color.org: set and not empty) or on a terminal that has none. */
export const paletteFor = ({ outIsTerminal, env }: Io): Palette =>
  outIsTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? COLOURS : PLAIN;
