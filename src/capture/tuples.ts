import { wordsOf } from '../net/address.ts';
import { SCTP, TCP } from '../net/protocol.ts';
import {
  BATCH_ROWS,
  HAS_ICMP,
  HAS_PORTS,
  HAS_SCTP_CHUNK,
  HAS_TCP_FLAGS,
  IS_TUPLE,
  NO_TIME,
  type PacketBatch,
} from '../packet/batch.ts';
import { type Format, FULL, MORE, type ReadResult } from './format.ts';
import { Lines } from './lines.ts';
import { keepSample, type Tally } from './tally.ts';
import { firstObject } from './text-head.ts';
import { isTupleObject, readTupleLine, type TupleLine } from './tuple-line.ts';
import type { Window } from './window.ts';

/** What opens a connection: TCP's SYN flag, and the type of SCTP's INIT chunk (RFC 9260, section 3.2). */
const SYN = 2;
const INIT = 1;

/** Connections, one JSON object a line: `{"src":"10.0.0.1","dst":"10.0.0.2","proto":"TCP","sport":40000,"dport":80}`. */
export const tuples: Format = {
  name: 'tuples',
  isCapture: false,
  recognise: (head, seen, ended) => {
    const first = firstObject(head, seen, ended);
    if (first === 'undecided' || first === 'none') return first === 'none' ? 'no' : 'undecided';
    return isTupleObject(first.value) ? 'yes' : 'no';
  },
  headerBytes: 0,
  open: () => {
    const lines = new Lines();
    return { read: (window, batch, tally) => readLines(window, batch, tally, lines) };
  },
};

function readLines(window: Window, batch: PacketBatch, tally: Tally, lines: Lines): ReadResult {
  let row = 0;
  while (row < BATCH_ROWS) {
    const found = lines.next(window);
    if (found === null) break;
    if (found.kind === 'blank') continue;
    tally.records++;
    const tuple = found.kind === 'text' ? readTupleLine(found.text) : found.why;
    if (typeof tuple === 'string') {
      tally.rejected++;
      keepSample(tally, lines.number, found.offset, tuple);
    } else writeRow(batch, row++, lines.number, tuple);
  }
  batch.count = row;
  tally.rows += row;
  return row === BATCH_ROWS ? FULL : MORE;
}

function writeRow(batch: PacketBatch, row: number, n: number, tuple: TupleLine): void {
  batch.n[row] = n;
  batch.family[row] = tuple.src.family;
  [batch.src0[row], batch.src1[row], batch.src2[row], batch.src3[row]] = wordsOf(tuple.src);
  [batch.dst0[row], batch.dst1[row], batch.dst2[row], batch.dst3[row]] = wordsOf(tuple.dst);
  batch.protocol[row] = tuple.protocol;
  let flags = IS_TUPLE;
  if (tuple.sourcePort !== null && tuple.destinationPort !== null) {
    batch.sourcePort[row] = tuple.sourcePort;
    batch.destinationPort[row] = tuple.destinationPort;
    flags |= HAS_PORTS;
  }
  if (tuple.icmpType !== null && tuple.icmpCode !== null) {
    batch.icmpType[row] = tuple.icmpType;
    batch.icmpCode[row] = tuple.icmpCode;
    flags |= HAS_ICMP;
  }
  if (tuple.protocol === TCP) {
    batch.tcpFlags[row] = SYN;
    flags |= HAS_TCP_FLAGS;
  } else if (tuple.protocol === SCTP) {
    batch.sctpChunk[row] = INIT;
    flags |= HAS_SCTP_CHUNK;
  }
  batch.flags[row] = flags;
  batch.fragmentId[row] = 0;
  batch.length[row] = 0;
  batch.captured[row] = 0;
  batch.packets[row] = tuple.packets;
  batch.bytes[row] = tuple.bytes;
  batch.recorded[row] = tuple.recorded;
  batch.frameAt[row] = -1;
  batch.ipAt[row] = -1;
  batch.quotedAt[row] = -1;
  batch.endAt[row] = -1;
  writeTime(batch, row, tuple.time);
}

/** A decimal number of seconds is a time; any other text is kept as text alone. */
function writeTime(batch: PacketBatch, row: number, text: string | null): void {
  const parts = text === null ? null : /^(\d{1,10})(?:\.(\d{1,40}))?$/.exec(text);
  const seconds = Number(parts?.[1] ?? 0);
  const fraction = (parts?.[2] ?? '').slice(0, 9);
  const known = parts !== null && seconds <= 0xffff_ffff;
  batch.timeText[row] = text;
  batch.seconds[row] = known ? seconds : 0;
  batch.nanos[row] = known ? Number(fraction.padEnd(9, '0')) : 0;
  batch.timeDigits[row] = known ? fraction.length : NO_TIME;
}
