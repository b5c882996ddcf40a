import { BATCH_ROWS, type PacketBatch } from '../packet/batch.ts';
import { type Format, FULL, MORE, type ReadResult } from './format.ts';
import { LINE_TOO_LONG, Lines, NO_LINE, TOO_LONG } from './lines.ts';
import { FlowRecord, writeRecord } from './record.ts';
import { keepSample, type Tally } from './tally.ts';
import { firstObject } from './text-head.ts';
import type { Window } from './window.ts';

/**
 * Reads the line in [from, to) into an emptied record: null, or why it is rejected, or SKIPPED when it is no record
 * at all (a header, a comment, a status line).
 */
export type ReadLine = (bytes: Uint8Array, from: number, to: number, record: FlowRecord) => string | null;
export const SKIPPED = '';

export const MIXED_FAMILIES = 'one address is IPv4 and the other IPv6';

/** A format of one record a line. `start` makes a reader for one file: what its header says is remembered there. */
export function lineFormat(name: string, recognise: Format['recognise'], start: (file: string) => ReadLine): Format {
  return {
    name,
    isCapture: false,
    recognise,
    headerBytes: 0,
    open: (_, file) => {
      const lines = new Lines();
      const record = new FlowRecord();
      const readLine = start(file);
      return { read: (window, batch, tally) => readLines(window, batch, tally, lines, record, readLine) };
    },
  };
}

/** The same for JSON lines: the first that parses tells whether they are of this format. */
export function objectFormat(
  name: string,
  isOurs: (value: { readonly [key: string]: unknown }) => boolean,
  start: (file: string) => ReadLine,
): Format {
  const recognise: Format['recognise'] = (head, seen, ended) => {
    const first = firstObject(head, seen, ended);
    if (first === 'undecided') return 'undecided';
    return first !== 'none' && isOurs(first.value as { readonly [key: string]: unknown }) ? 'yes' : 'no';
  };
  return lineFormat(name, recognise, start);
}

function readLines(
  window: Window,
  batch: PacketBatch,
  tally: Tally,
  lines: Lines,
  record: FlowRecord,
  readLine: ReadLine,
): ReadResult {
  let row = 0;
  while (row < BATCH_ROWS) {
    const found = lines.advance(window);
    if (found === NO_LINE) break;
    if (found !== LINE_TOO_LONG && isBlank(window.buffer, lines.from, lines.to)) continue;
    tally.records++;
    record.clear();
    const why = found === LINE_TOO_LONG ? TOO_LONG : readLine(window.buffer, lines.from, lines.to, record);
    if (why === null) writeRecord(batch, row++, lines.number, record);
    else if (why === SKIPPED) tally.skipped++;
    else {
      tally.rejected++;
      keepSample(tally, lines.number, lines.offset, why);
    }
  }
  batch.count = row;
  tally.rows += row;
  return row === BATCH_ROWS ? FULL : MORE;
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte > 32) return false;
    if (byte !== 32 && (byte < 9 || byte > 13)) return false;
  }
  return true;
}
