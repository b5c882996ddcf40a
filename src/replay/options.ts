import { LimitError } from '../source/errors.ts';
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
  readonly duplicates: 'leave-out' | 'count';
  readonly fragmentWait: number;
};

/**
 * @throws RangeError when `maxConnections` is no whole number above 0, or `fragmentWait` none from 0 to MOST_WAITING
 * @throws LimitError when it is more than a process can hold
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
    duplicates: options.duplicates ?? 'leave-out',
    fragmentWait,
  };
}
