import { STANDARD_TUNNELS, type Tunnels } from './tunnel/registry.ts';

/**
 * A batch of packets: one typed array a field, one row a packet, the common currency between capture and replay.
 * A frame and a flow record both become a row. Batches are reused: whoever wants to keep a row copies it.
 *
 *     row        0       1       2     ...  count-1
 *     n        |  1  |   2   |   3   |
 *     family   |  4  |   4   |   6   |
 *     src0     | ipv4| ipv4  | word 0|          words of an address are network order read as a number,
 *     src1..3  |  0  |   0   | words |          signed 32-bit, most significant first
 *     ...
 */
export type PacketBatch = {
  /** Rows in use, at most BATCH_ROWS. */
  count: number;
  /** Record number in its file, from 1. */
  readonly n: Float64Array;
  /** Seconds since 1970 (unsigned), and nanoseconds within the second. */
  readonly seconds: Uint32Array;
  readonly nanos: Uint32Array;
  /** Digits after the point that the file has: 0 to 9, or NO_TIME. */
  readonly timeDigits: Uint8Array;

  /** 4 or 6. */
  readonly family: Uint8Array;
  readonly src0: Int32Array;
  readonly src1: Int32Array;
  readonly src2: Int32Array;
  readonly src3: Int32Array;
  readonly dst0: Int32Array;
  readonly dst1: Int32Array;
  readonly dst2: Int32Array;
  readonly dst3: Int32Array;
  /** IP protocol of the innermost readable IP layer (after IPv6 extension headers). */
  readonly protocol: Uint8Array;
  /** Ports in host order; 0 unless HAS_PORTS. */
  readonly sourcePort: Uint16Array;
  readonly destinationPort: Uint16Array;
  /** ICMP and ICMPv6; 0 unless HAS_ICMP. */
  readonly icmpType: Uint8Array;
  readonly icmpCode: Uint8Array;
  /** The identifier of an ICMP query (RFC 792, RFC 4443 section 4), 0 when the packet has none or it was cut. */
  readonly icmpId: Uint16Array;
  /** TCP flags, the low byte: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128. Valid iff HAS_TCP_FLAGS. */
  readonly tcpFlags: Uint8Array;
  /** Type of the first SCTP chunk (RFC 9260 section 3.2). Valid iff HAS_SCTP_CHUNK. */
  readonly sctpChunk: Uint8Array;
  /** Bits below. */
  readonly flags: Uint16Array;
  /** IP identification (16 bits) or the identification of an IPv6 fragment header (32 bits); 0 without. */
  readonly fragmentId: Int32Array;
  /** Offset of the fragment in bytes. */
  readonly fragmentOffset: Uint16Array;

  /** Bytes of the packet on the wire, of the link layer where the record has one. */
  readonly length: Uint32Array;
  /** Bytes that were captured. */
  readonly captured: Uint32Array;
  /** How many packets and bytes the row stands for: 1 and `length` for a packet. */
  readonly packets: Float64Array;
  readonly bytes: Float64Array;
  /** What a log says happened: RECORDED_*; and by whom, and of what: RECORDED_BY_* and RECORDED_OF_* bits. */
  readonly recorded: Uint8Array;
  readonly recordedBy: Uint8Array;
  /** Where a log's words for what decided (NFLOG's prefix, a flow's policies) begin in `buffer`, and how many bytes they are; 0 without. */
  readonly prefixAt: Int32Array;
  readonly prefixBytes: Uint16Array;

  /** Where the frame begins in `buffer`; -1 for rows that have no bytes. */
  readonly frameAt: Int32Array;
  /** Where the innermost IP header that was read begins in `buffer`; -1 for rows that have no bytes. */
  readonly ipAt: Int32Array;
  /** Where the IP header that an ICMP error quotes begins in `buffer`; -1 without one. It may be cut. */
  readonly quotedAt: Int32Array;
  /** Where the captured bytes of the innermost IP packet end in `buffer`. */
  readonly endAt: Int32Array;
  /** The device that it was captured on, a number of the file's own; 0 where the file names none. */
  readonly device: Int32Array;
  /** By device, from 1: its name where the file tells it. */
  deviceNames: readonly (string | null)[];
  /** Which way it crossed the device: DIRECTION_*. */
  readonly direction: Uint8Array;

  /** Outermost addresses and ports of a tunnel; valid iff IS_TUNNELLED. Same units as the inner columns. */
  readonly outer: OuterColumns;

  /** The bytes that frameAt and quotedAt point into: valid until the next batch. */
  buffer: Uint8Array;
  view: DataView;
  /** Which bytes of `buffer` were read for this batch: whole records, those that gave no row among them. */
  from: number;
  to: number;
  /** What counts as a tunnel among the frames that are decoded into it. */
  readonly tunnels: Tunnels;
  /** The tuple file's own text of `ts` by row; empty for captures. */
  readonly timeText: (string | null)[];
};

export type OuterColumns = {
  readonly family: Uint8Array;
  readonly src0: Int32Array;
  readonly src1: Int32Array;
  readonly src2: Int32Array;
  readonly src3: Int32Array;
  readonly dst0: Int32Array;
  readonly dst1: Int32Array;
  readonly dst2: Int32Array;
  readonly dst3: Int32Array;
  readonly protocol: Uint8Array;
  readonly sourcePort: Uint16Array;
  readonly destinationPort: Uint16Array;
  readonly flags: Uint16Array;
  readonly fragmentId: Int32Array;
};

export const BATCH_ROWS = 4096;
/** `timeDigits` of a record without a time. */
export const NO_TIME = 255;

/** Both ports were read. */
export const HAS_PORTS = 1 << 0;
/** ICMP type and code were read. */
export const HAS_ICMP = 1 << 1;
export const HAS_TCP_FLAGS = 1 << 2;
export const HAS_SCTP_CHUNK = 1 << 3;
/** A fragment that is not the first: its payload begins in mid-datagram, so it has no ports. */
export const LATER_FRAGMENT = 1 << 4;
/** The first fragment of several. */
export const FIRST_FRAGMENT = 1 << 5;
/** `outer` is filled: the row is what was inside a tunnel. */
export const IS_TUNNELLED = 1 << 6;
/** The frame holds a tunnel's payload that this version does not read: the row shows the outer addresses. */
export const IS_TUNNEL = 1 << 7;
/** A connection's opener by its own word: a row of a tuple file. Judged alone, never INVALID. */
export const IS_TUPLE = 1 << 8;
/** The identifier of an ICMP query was read. */
export const HAS_ICMP_ID = 1 << 9;
/** The payload is encrypted (WireGuard, ESP): the row shows who carries it. */
export const IS_ENCRYPTED = 1 << 10;
/** With IS_TUPLE: the record tells of an answer, whose receiver opened the connection. */
export const IS_ANSWER = 1 << 11;
/** With IS_TUPLE: the record does not tell which end opened the connection. */
export const IS_UNDIRECTED = 1 << 12;

/** With HAS_PORTS: the record does not tell the source port, which stands as 0. */
export const SOURCE_PORT_UNTOLD = 1 << 13;

/** `direction`: the file does not tell; towards the host that captured; away from it. */
export const DIRECTION_UNKNOWN = 0;
export const DIRECTION_IN = 1;
export const DIRECTION_OUT = 2;
/** Beside them: captured on all devices at once, and the file does not tell which (LINUX_SLL). */
export const DEVICE_UNTOLD = 4;
/** It was captured where it left a pod, and its source is no address of that pod: replay says so. */
export const IS_SPOOFED = 1 << 14;

export const RECORDED_NONE = 0;
export const RECORDED_FORWARDED = 1;
export const RECORDED_DROPPED = 2;
/** It was asked, and left the packet to whoever is asked next. */
export const RECORDED_PASSED = 3;

/** The record tells of one end's decision alone; without either bit, of what became of the packet. */
export const RECORDED_OF_EGRESS = 1 << 0;
export const RECORDED_OF_INGRESS = 1 << 1;
/** Something else than a network policy dropped it. */
export const RECORDED_BY_OTHERS = 1 << 2;
/** A cloud's firewall decided, which stands before the cluster. */
export const RECORDED_BY_CLOUD = 1 << 3;
/** A policy would have dropped it, and only reported so. */
export const RECORDED_BY_AUDIT = 1 << 4;
/** The record stands for traffic of which some was left out. */
export const RECORDED_OF_SAMPLE = 1 << 5;
/** The addresses are those of an encrypted tunnel's ends. */
export const RECORDED_OF_ENCRYPTED = 1 << 6;

/** An empty batch with all of its columns. Some 500 KB; made once a source. */
export function createBatch(rows: number = BATCH_ROWS, tunnels: Tunnels = STANDARD_TUNNELS): PacketBatch {
  const words = (): Int32Array => new Int32Array(rows);
  const bytes = (): Uint8Array => new Uint8Array(rows);
  const shorts = (): Uint16Array => new Uint16Array(rows);
  const ends = () => ({
    family: bytes(),
    src0: words(),
    src1: words(),
    src2: words(),
    src3: words(),
    dst0: words(),
    dst1: words(),
    dst2: words(),
    dst3: words(),
    protocol: bytes(),
    sourcePort: shorts(),
    destinationPort: shorts(),
    flags: shorts(),
    fragmentId: words(),
  });
  const buffer = new Uint8Array(0);
  return {
    count: 0,
    n: new Float64Array(rows),
    seconds: new Uint32Array(rows),
    nanos: new Uint32Array(rows),
    timeDigits: bytes(),
    ...ends(),
    icmpType: bytes(),
    icmpCode: bytes(),
    icmpId: shorts(),
    tcpFlags: bytes(),
    sctpChunk: bytes(),
    fragmentOffset: shorts(),
    length: new Uint32Array(rows),
    captured: new Uint32Array(rows),
    packets: new Float64Array(rows),
    bytes: new Float64Array(rows),
    recorded: bytes(),
    recordedBy: bytes(),
    prefixAt: words(),
    prefixBytes: shorts(),
    frameAt: words(),
    ipAt: words(),
    quotedAt: words(),
    endAt: words(),
    device: words(),
    deviceNames: [],
    direction: bytes(),
    outer: ends(),
    buffer,
    view: new DataView(buffer.buffer),
    from: 0,
    to: 0,
    tunnels,
    timeText: [],
  };
}
