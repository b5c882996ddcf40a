/**
 * How pieces of a report are marked. Reports are pure and know no terminal: whoever prints hands in a palette, and one
 * that marks nothing is the default. A mark adds no visible width.
 */
export type Palette = {
  readonly heading: Mark;
  readonly forwarded: Mark;
  readonly dropped: Mark;
  readonly undetermined: Mark;
  /** What explains, beside what is told. */
  readonly faint: Mark;
};

export type Mark = (text: string) => string;

const unmarked: Mark = (text) => text;

export const PLAIN: Palette = {
  heading: unmarked,
  forwarded: unmarked,
  dropped: unmarked,
  undetermined: unmarked,
  faint: unmarked,
};
