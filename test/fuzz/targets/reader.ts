import type { Format, RecordReader } from '../../../src/capture/format.ts';
import { createTally, type Tally } from '../../../src/capture/tally.ts';
import { Window } from '../../../src/capture/window.ts';
import { BATCH_ROWS, createBatch } from '../../../src/packet/batch.ts';
import { clearBatch } from '../../../src/packet/clear.ts';
import { CaptureError } from '../../../src/source/errors.ts';
import { check } from '../target.ts';

const window = new Window({ read: () => 0, close: () => {} });
const batch = createBatch(BATCH_ROWS);

/** What reading an input came to. */
type Reading = { readonly tally: Tally; readonly fault: string | null };

/** Of formats without a header: opening one costs more than reading a line. */
const kept = new Map<Format, RecordReader>();

/**
 * Reads an input with the reader of one format: every record is counted once, and each fault lies within the input.
 * Inputs of some lengths are read in two pieces too, and come to the same. False when the reader refuses it, or it
 * holds no record. `keep`: one reader for all inputs, as if they were lines of one file.
 */
export function readsSoundly(format: Format, input: Uint8Array<ArrayBuffer>, keep = false): boolean {
  // A capture is opened only when its first bytes say so; a text by any reader that a caller takes.
  if (format.isCapture || input.length % 8 === 0)
    if (format.recognise(input, 0, true) !== 'yes' && format.isCapture) return false;
  let reader = kept.get(format);
  if (keep && reader === undefined) {
    reader = format.open(window, 'input');
    kept.set(format, reader);
  }
  if (input.length % 8 !== 1) return (readWith(format, input, input.length, reader)?.tally.rows ?? 0) > 0;
  const whole = readWith(format, input, input.length);
  const cut = (input.length * 7) % (input.length + 1);
  const inPieces = readWith(format, input, Math.max(cut, Math.min(format.headerBytes, input.length)));
  check(JSON.stringify(inPieces) === JSON.stringify(whole), () => `in two pieces, cut at ${cut}, it reads otherwise`);
  return whole !== null && whole.tally.rows > 0;
}

/** Null when the format refuses the header. */
function readWith(
  format: Format,
  input: Uint8Array<ArrayBuffer>,
  first: number,
  reader?: RecordReader,
): Reading | null {
  window.buffer = input;
  window.view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  window.at = 0;
  window.end = first;
  window.ended = first === input.length;
  try {
    const tally = createTally();
    const fault = readToEnd(reader ?? format.open(window, 'input'), input.length, tally);
    checkTally(tally);
    return { tally, fault };
  } catch (error) {
    if (error instanceof CaptureError) return null;
    throw error;
  }
}

function readToEnd(reader: RecordReader, length: number, tally: Tally): string | null {
  let rounds = 0;
  for (;;) {
    // Each round that is not the last reads a batch, or moves on in the input.
    check(++rounds < 10 + length, () => 'the reader does not end');
    clearBatch(batch);
    batch.buffer = window.buffer;
    batch.view = window.view;
    const result = reader.read(window, batch, tally);
    check(window.at <= window.end && window.end <= length, () => `at ${window.at} of ${window.end}`);
    checkRows();
    if (result instanceof CaptureError) {
      check(result.offset >= 0 && result.offset <= length, () => `a fault at ${result.offset} of ${length}`);
      return result.message;
    }
    if (result === 'full') continue;
    if (window.ended) return null;
    window.end = length;
    window.ended = true;
  }
}

function checkRows(): void {
  for (let row = 0; row < batch.count; row++) {
    check(batch.family[row] === 4 || batch.family[row] === 6, () => `family ${batch.family[row]}`);
    check(batch.nanos[row]! < 1e9, () => `${batch.nanos[row]} ns`);
    check(batch.packets[row]! >= 0 && batch.bytes[row]! >= 0, () => `weighs ${batch.packets[row]}`);
  }
}

/** Every record is a row or counted as what it is instead. */
function checkTally({ records, rows, notIp, undecodable, rejected, skipped, unreadLink }: Tally): void {
  const told = rows + notIp + undecodable + rejected + skipped + unreadLink;
  check(records === told, () => `${records} records and ${told} accounted for`);
}
