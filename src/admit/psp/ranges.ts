import type { IdRange } from '../../model/pod-security-policy.ts';

export const isWithin = (id: number, ranges: readonly IdRange[]): boolean =>
  ranges.some(({ min, max }) => min <= id && id <= max);

export const rangesText = (ranges: readonly IdRange[]): string =>
  ranges.length === 0 ? 'none' : ranges.map(({ min, max }) => (min === max ? `${min}` : `${min}-${max}`)).join(', ');
