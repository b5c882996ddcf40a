import type { Matcher } from '../table/matcher.ts';

/** What replay asks of a matcher, and all it asks: tests answer these questions without compiling a table. */
export type Questions = Pick<
  Matcher,
  'class4' | 'class6' | 'l4' | 'l4AnySource' | 'l4Unknown' | 'decide' | 'decisions'
>;
