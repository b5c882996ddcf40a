import { SCTP, TCP } from '../net/protocol.ts';
import {
  HAS_ICMP,
  HAS_PORTS,
  HAS_SCTP_CHUNK,
  HAS_TCP_FLAGS,
  IS_ANSWER,
  IS_TUPLE,
  IS_UNDIRECTED,
  NO_TIME,
  type PacketBatch,
  RECORDED_NONE,
  SOURCE_PORT_UNTOLD,
} from '../packet/batch.ts';

/** What opens a connection: TCP's SYN flag, and the type of SCTP's INIT chunk (RFC 9260, section 3.2). */
const SYN = 2;
const INIT = 1;

/** Who opened the connection that a record tells of. */
export const BY_SOURCE = 0;
export const BY_DESTINATION = IS_ANSWER;
export const BY_NOBODY_KNOWS = IS_UNDIRECTED;

/** Not told, or the protocol has none. */
export const UNTOLD = -1;

/** What `prefixBytes` can tell; longer words are left out. */
const MOST_WORDS = 0xffff;

/** One record of a text, as its reader fills it in: one object for a whole file, overwritten with each record. */
export class FlowRecord {
  /** 4 or 6. */
  family = 4;
  /** Four words each; an IPv4 address is the first. */
  readonly src: Int32Array = new Int32Array(4);
  readonly dst: Int32Array = new Int32Array(4);
  protocol = 0;
  /** Host order, or UNTOLD, as ICMP type and code. */
  sourcePort = UNTOLD;
  destinationPort = UNTOLD;
  icmpType = UNTOLD;
  icmpCode = UNTOLD;
  openedBy = BY_SOURCE;
  /** How much the record stands for. */
  packets = 1;
  bytes = 0;
  /** Since 1970; `timeDigits` is NO_TIME without one. */
  seconds = 0;
  nanos = 0;
  timeDigits = NO_TIME;
  /** The record's own words for its time, where they are to be repeated as they are. */
  timeText: string | null = null;
  /** RECORDED_*, and RECORDED_BY_* bits. */
  recorded = RECORDED_NONE;
  recordedBy = 0;
  /** Where the log's words for what decided lie in the bytes of the line, and how many they are. */
  wordsAt = 0;
  wordsBytes = 0;

  clear(): void {
    this.protocol = 0;
    this.sourcePort = UNTOLD;
    this.destinationPort = UNTOLD;
    this.icmpType = UNTOLD;
    this.icmpCode = UNTOLD;
    this.openedBy = BY_SOURCE;
    this.packets = 1;
    this.bytes = 0;
    this.seconds = 0;
    this.nanos = 0;
    this.timeDigits = NO_TIME;
    this.timeText = null;
    this.recorded = RECORDED_NONE;
    this.recordedBy = 0;
    this.wordsBytes = 0;
  }
}

/** Writes a record into a row. A record is judged alone, by what its connection's opener looked like. */
export function writeRecord(batch: PacketBatch, row: number, n: number, record: FlowRecord): void {
  const { src, dst } = record;
  batch.n[row] = n;
  batch.family[row] = record.family;
  batch.src0[row] = src[0]!;
  batch.src1[row] = src[1]!;
  batch.src2[row] = src[2]!;
  batch.src3[row] = src[3]!;
  batch.dst0[row] = dst[0]!;
  batch.dst1[row] = dst[1]!;
  batch.dst2[row] = dst[2]!;
  batch.dst3[row] = dst[3]!;
  batch.protocol[row] = record.protocol;
  batch.flags[row] = IS_TUPLE | record.openedBy | writeTransport(batch, row, record);
  batch.fragmentId[row] = 0;
  batch.length[row] = 0;
  batch.captured[row] = 0;
  batch.packets[row] = record.packets;
  batch.bytes[row] = record.bytes;
  batch.recorded[row] = record.recorded;
  batch.recordedBy[row] = record.recordedBy;
  if (record.wordsBytes > 0 && record.wordsBytes <= MOST_WORDS) {
    batch.prefixAt[row] = record.wordsAt;
    batch.prefixBytes[row] = record.wordsBytes;
  }
  batch.frameAt[row] = -1;
  batch.ipAt[row] = -1;
  batch.quotedAt[row] = -1;
  batch.endAt[row] = -1;
  batch.seconds[row] = record.seconds;
  batch.nanos[row] = record.nanos;
  batch.timeDigits[row] = record.timeDigits;
  batch.timeText[row] = record.timeText;
}

/** Flags of the columns that it fills. */
function writeTransport(batch: PacketBatch, row: number, record: FlowRecord): number {
  let flags = 0;
  if (record.sourcePort >= 0 && record.destinationPort >= 0) {
    batch.sourcePort[row] = record.sourcePort;
    batch.destinationPort[row] = record.destinationPort;
    flags |= HAS_PORTS;
  } else if (record.destinationPort >= 0 && record.openedBy === BY_SOURCE) {
    batch.destinationPort[row] = record.destinationPort;
    flags |= HAS_PORTS | SOURCE_PORT_UNTOLD;
  }
  if (record.icmpType >= 0 && record.icmpCode >= 0) {
    batch.icmpType[row] = record.icmpType;
    batch.icmpCode[row] = record.icmpCode;
    flags |= HAS_ICMP;
  }
  if (record.openedBy !== BY_SOURCE) return flags;
  if (record.protocol === TCP) {
    batch.tcpFlags[row] = SYN;
    flags |= HAS_TCP_FLAGS;
  } else if (record.protocol === SCTP) {
    batch.sctpChunk[row] = INIT;
    flags |= HAS_SCTP_CHUNK;
  }
  return flags;
}
