import { BATCH_ROWS, createBatch } from '../packet/batch.ts';
import type { Traffic } from '../packet/traffic.ts';
import { Tunnels } from '../packet/tunnel/registry.ts';
import { CaptureError } from '../source/errors.ts';
import { openFile, streamSource } from './byte-source.ts';
import { unwrap } from './compression/unwrap.ts';
import { awsVpcOf } from './flow-log/aws-vpc.ts';
import type { Format } from './format.ts';
import { readBatches } from './read-batches.ts';
import { formats, MAX_HEAD_BYTES } from './registry.ts';
import { createTally } from './tally.ts';
import { whyUnread } from './unread.ts';
import { Window } from './window.ts';

export type OpenOptions = {
  readonly signal?: AbortSignal;
  /** What the path `-` reads: standard input, unless a test hands something else. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Hands out batches without a row as well: for who wants every byte of the records. */
  readonly whole?: boolean;
  /** The fields of an AWS VPC flow log that has no header (`awsFields`): tried where the content tells no format. */
  readonly awsFields?: readonly string[];
  /** UDP ports at which VXLAN is looked for beside 4789 and 8472. */
  readonly vxlanPorts?: readonly number[];
};

/**
 * Opens a capture or a log; the format is found from the first bytes. Call it with `-` for standard input. The input
 * is open until its batches have been iterated to the end or the iteration is broken off.
 * @throws CaptureError when it cannot be opened, is empty, or nobody reads its format
 */
export async function openTraffic(path: string, options: OpenOptions = {}): Promise<Traffic> {
  const { signal } = options;
  signal?.throwIfAborted();
  const source = path === '-' ? streamSource(options.stdin ?? process.stdin, path) : openFile(path);
  const outer = new Window(source, signal);
  try {
    const { window, compressions } = await unwrap(outer, path, signal);
    const format = await findFormat(window, path, options.awsFields);
    while (window.unread.length < format.headerBytes && !window.ended) await window.more();
    if (window.unread.length < format.headerBytes && window.fault !== null) throw window.fault;
    const header = window.unread.slice(0, format.headerBytes);
    const reader = format.open(window, path);
    const state = { tally: createTally(), fault: null as CaptureError | null };
    const batch = createBatch(BATCH_ROWS, new Tunnels(options.vxlanPorts));
    const batches = readBatches(window, reader, batch, state, signal, options.whole ?? false);
    let taken = false;
    return {
      file: path,
      format: format.name,
      compressions,
      isCapture: format.isCapture,
      header,
      ...(reader.interfaces && { interfaces: reader.interfaces }),
      counts: state.tally,
      get fault() {
        return state.fault;
      },
      batches: () => {
        if (taken) throw new Error('the batches of an input can be pulled once: open it again');
        taken = true;
        return batches;
      },
    };
  } catch (error) {
    outer.close();
    throw error;
  }
}

async function findFormat(window: Window, file: string, fields: readonly string[] | undefined): Promise<Format> {
  const known = fields === undefined ? formats : [...formats, awsVpcOf(fields)];
  let seen = 0;
  for (;;) {
    const head = window.unread.subarray(0, MAX_HEAD_BYTES);
    const isAll = window.ended && head.length === window.unread.length;
    const answers = known.map((format) => format.recognise(head, seen, isAll));
    const found = answers.indexOf('yes');
    if (found >= 0) return known[found]!;
    if (window.ended || head.length === MAX_HEAD_BYTES || !answers.includes('undecided')) break;
    seen = head.length;
    await window.more();
  }
  if (window.fault !== null) throw window.fault;
  if (window.unread.length === 0)
    throw new CaptureError('EMPTY', file, 0, 'is empty, expected a capture or a tuple file');
  const { code, why } = whyUnread(window.unread.subarray(0, MAX_HEAD_BYTES));
  throw new CaptureError(code, file, 0, why);
}
