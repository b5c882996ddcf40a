import { LimitError } from '../source/errors.ts';
import { LINUX_TIMEOUTS, type Timeouts } from './timeouts.ts';
import { MOST_WAITING } from './waiting.ts';

/** How packets without a known connection are read: see docs/semantics.md, section E. */
export type Midstream = 'infer' | 'loose' | 'strict';

export type ReplayOptions = {
  /** Default `infer`. */
  readonly midstream?: Midstream;
  /** False: no connection state; every packet is judged alone in its own direction. Default true. */
  readonly track?: boolean;
  /** Most connections remembered at once; the least recently seen is forgotten first. Default 2^20. */
  readonly maxConnections?: number;
  /** How an address of a pod range that no pod has is judged. Default `outside`: as an address without an endpoint. */
  readonly unknownWorkload?: 'outside' | 'undetermined';
  /**
   * How long connections are remembered, in seconds, where the nodes' switches (net.netfilter.nf_conntrack_*) are not
   * the dataplane's defaults.
   */
  readonly timeouts?: Partial<Timeouts>;
  /**
   * What becomes of a packet that was captured before, on another device or in a tunnel: it is flagged and left out of
   * the totals (default), or judged and counted like any other. See duplicates.ts for the rule.
   */
  readonly duplicates?: 'leave-out' | 'count';
  /** How many rows a later fragment waits for its first; 0: not at all. Default 64. */
  readonly fragmentWait?: number;
  readonly signal?: AbortSignal;
};

export const DEFAULT_MAX_CONNECTIONS = 1 << 20;

export const DEFAULT_FRAGMENT_WAIT = 64;

/** 64 bytes an entry make this 4 GiB. */
export const MOST_CONNECTIONS = 1 << 26;

/** The options with their defaults. */
export type Settings = {
  readonly midstream: Midstream;
  readonly track: boolean;
  readonly maxConnections: number;
  readonly unknownWorkload: 'outside' | 'undetermined';
  /** Where they are not the dataplane's own. */
  readonly timeouts: Partial<Timeouts>;
  readonly duplicates: 'leave-out' | 'count';
  readonly fragmentWait: number;
};

/**
 * @throws RangeError when `maxConnections` is no whole number above 0, or `fragmentWait` none from 0 to MOST_WAITING
 * @throws RangeError for a timeout that Linux does not have, or that is no whole number of seconds from 1 to 2,147,483
 * @throws LimitError when `maxConnections` is more than a process can hold
 */
export function settle(options: ReplayOptions): Settings {
  const maxConnections = options.maxConnections ?? DEFAULT_MAX_CONNECTIONS;
  if (!Number.isInteger(maxConnections) || maxConnections < 1)
    throw new RangeError(`max connections \`${maxConnections}\`: expected a whole number from 1`);
  if (maxConnections > MOST_CONNECTIONS)
    throw new LimitError(
      `max connections \`${maxConnections}\`: expected at most ${MOST_CONNECTIONS}, which takes 4 GiB at 64 bytes each`,
    );
  const fragmentWait = options.fragmentWait ?? DEFAULT_FRAGMENT_WAIT;
  if (!Number.isInteger(fragmentWait) || fragmentWait < 0 || fragmentWait > MOST_WAITING)
    throw new RangeError(`fragment wait \`${fragmentWait}\`: expected a whole number from 0 to ${MOST_WAITING} rows`);
  return {
    midstream: options.midstream ?? 'infer',
    track: options.track ?? true,
    maxConnections,
    unknownWorkload: options.unknownWorkload ?? 'outside',
    timeouts: timeoutsOf(options.timeouts ?? {}),
    duplicates: options.duplicates ?? 'leave-out',
    fragmentWait,
  };
}

/** Times are compared modulo 2^32 ms, and counted in signed words. */
const LONGEST = 2_147_483;

function timeoutsOf(given: Partial<Timeouts>): Partial<Timeouts> {
  for (const [name, seconds] of Object.entries(given)) {
    if (!Object.hasOwn(LINUX_TIMEOUTS, name))
      throw new RangeError(`timeout \`${name}\`: expected one of ${Object.keys(LINUX_TIMEOUTS).join(', ')}`);
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST)
      throw new RangeError(`timeout \`${name}\` of \`${seconds}\`: expected whole seconds from 1 to ${LONGEST}`);
  }
  return given;
}
