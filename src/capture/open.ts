import type { Traffic } from '../packet/traffic.ts';

export type OpenOptions = {
  readonly signal?: AbortSignal;
  /** What the path `-` reads: standard input, unless a test hands something else. */
  readonly stdin?: AsyncIterable<Uint8Array>;
};

/**
 * Opens a capture or a log; the format is found from the first bytes. Call it with `-` for standard input.
 * @throws CaptureError when it cannot be opened, is empty, or nobody reads its format
 */
export async function openTraffic(_path: string, _options: OpenOptions = {}): Promise<Traffic> {
  throw new Error('not built yet');
}
