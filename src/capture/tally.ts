import { MAX_SAMPLES, type TrafficCounts } from '../packet/traffic.ts';

/** The counts of one input while it is read. */
export type Tally = TrafficCounts;

export const createTally = (): Tally => ({
  records: 0,
  rows: 0,
  notIp: 0,
  undecodable: 0,
  rejected: 0,
  skipped: 0,
  unreadLink: 0,
  samples: [],
});

/** Keeps the place of a record that gave no row, while there are few. */
export function keepSample(tally: Tally, n: number, offset: number, why: string): void {
  if (tally.samples.length < MAX_SAMPLES) tally.samples.push({ n, offset, why });
}

/** Nothing is lost silently: a difference here is a mistake of ours. */
export function assertNothingLost(tally: Tally): void {
  const { records, rows, notIp, undecodable, rejected, skipped, unreadLink } = tally;
  if (records === rows + notIp + undecodable + rejected + skipped + unreadLink) return;
  throw new Error(
    `${records} records, but ${rows} rows, ${notIp} not IP, ${undecodable} undecodable, ${rejected} rejected, ${skipped} skipped, ${unreadLink} of other links`,
  );
}
