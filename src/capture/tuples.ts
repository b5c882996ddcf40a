import { wordsOf } from '../net/address.ts';
import { NO_TIME } from '../packet/batch.ts';
import { type FlowRecord, UNTOLD } from './record.ts';
import { objectFormat } from './text-records.ts';
import { isTupleObject, readTupleLine, type TupleLine } from './tuple-line.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Connections, one JSON object a line: `{"src":"10.0.0.1","dst":"10.0.0.2","proto":"TCP","sport":40000,"dport":80}`. */
export const tuples = objectFormat('tuples', isTupleObject, () => (bytes, from, to, record) => {
  let text: string;
  try {
    text = UTF8.decode(bytes.subarray(from, to));
  } catch {
    return 'not UTF-8';
  }
  const tuple = readTupleLine(text);
  if (typeof tuple === 'string') return tuple;
  fill(record, tuple);
  return null;
});

function fill(record: FlowRecord, tuple: TupleLine): void {
  record.family = tuple.src.family;
  record.src.set(wordsOf(tuple.src));
  record.dst.set(wordsOf(tuple.dst));
  record.protocol = tuple.protocol;
  record.sourcePort = tuple.sourcePort ?? UNTOLD;
  // A tuple tells both ports or none.
  record.destinationPort = tuple.sourcePort === null ? UNTOLD : (tuple.destinationPort ?? UNTOLD);
  record.icmpType = tuple.icmpType ?? UNTOLD;
  record.icmpCode = tuple.icmpCode ?? UNTOLD;
  record.packets = tuple.packets;
  record.bytes = tuple.bytes;
  record.recorded = tuple.recorded;
  fillTime(record, tuple.time);
}

/** A decimal number of seconds is a time; any other text is kept as text alone. */
function fillTime(record: FlowRecord, text: string | null): void {
  const parts = text === null ? null : /^(\d{1,10})(?:\.(\d{1,40}))?$/.exec(text);
  const seconds = Number(parts?.[1] ?? 0);
  const fraction = (parts?.[2] ?? '').slice(0, 9);
  const known = parts !== null && seconds <= 0xffff_ffff;
  record.timeText = text;
  record.seconds = known ? seconds : 0;
  record.nanos = known ? Number(fraction.padEnd(9, '0')) : 0;
  record.timeDigits = known ? fraction.length : NO_TIME;
}
