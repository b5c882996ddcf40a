/**
 * SCTP as Linux tracks it (nf_conntrack_proto_sctp.c, 6.x), by the first chunk of a packet (RFC 9260, section 3.2).
 * Verification tags are not looked at, but for what they come to where no state is: Linux compares the first packet's
 * with none and so takes INIT, HEARTBEAT, HEARTBEAT-ACK and SHUTDOWN-ACK alone for a beginning (measured on 6.18); any
 * other chunk would need tag 0, which RFC 9260, section 8.5, leaves to INIT.
 */
export const SCTP_NONE = 0;
export const SCTP_CLOSED = 1;
export const SCTP_COOKIE_WAIT = 2;
export const SCTP_COOKIE_ECHOED = 3;
export const SCTP_ESTABLISHED = 4;
export const SCTP_SHUTDOWN_SENT = 5;
export const SCTP_SHUTDOWN_RECD = 6;
export const SCTP_SHUTDOWN_ACK_SENT = 7;
export const SCTP_HEARTBEAT_SENT = 8;
export const SCTP_INVALID = 15;

export const CHUNK_INIT = 1;
export const CHUNK_INIT_ACK = 2;
export const CHUNK_HEARTBEAT = 4;
export const CHUNK_HEARTBEAT_ACK = 5;
export const CHUNK_ABORT = 6;
export const CHUNK_SHUTDOWN = 7;
export const CHUNK_SHUTDOWN_ACK = 8;
export const CHUNK_ERROR = 9;
export const CHUNK_COOKIE_ECHO = 10;
export const CHUNK_COOKIE_ACK = 11;
export const CHUNK_SHUTDOWN_COMPLETE = 14;

/**
 * One letter a state, in the order of their numbers: none, Closed, cookie Wait, cookie Echoed, established (O),
 * shutdown Sent, shutdown Recd, shutdown Ack sent, Heartbeat sent. `x` is invalid. Chunks that are not listed (DATA,
 * SACK, ...) change nothing, and open nothing.
 */
const LETTERS = '0CWEOSRAH';
const ORIGINAL: readonly [chunk: number, row: string][] = [
  [CHUNK_INIT, 'CCWEOCCAW'],
  [CHUNK_INIT_ACK, 'xCWEOSRAC'],
  [CHUNK_ABORT, 'xCCCCCCCC'],
  [CHUNK_SHUTDOWN, 'xCWESSRAC'],
  [CHUNK_SHUTDOWN_ACK, 'ACWEOAAAA'],
  [CHUNK_ERROR, 'xCWEOSRAC'],
  [CHUNK_COOKIE_ECHO, 'xCEEOSRAC'],
  [CHUNK_COOKIE_ACK, 'xCWOOSRAC'],
  [CHUNK_SHUTDOWN_COMPLETE, 'xCWEOSRCC'],
  [CHUNK_HEARTBEAT, 'HCWEOSRAH'],
  [CHUNK_HEARTBEAT_ACK, 'CCWEOSRAH'],
];
const REPLY: readonly [chunk: number, row: string][] = [
  [CHUNK_INIT, 'xCWEOSRAx'],
  [CHUNK_INIT_ACK, 'xWWEOSRAx'],
  [CHUNK_ABORT, 'xCCCCCCCx'],
  [CHUNK_SHUTDOWN, 'xCWERSRAx'],
  [CHUNK_SHUTDOWN_ACK, 'xCWEOAAAx'],
  [CHUNK_ERROR, 'xCWCOSRAx'],
  [CHUNK_COOKIE_ECHO, 'xCEEOSRAx'],
  [CHUNK_COOKIE_ACK, 'xCWOOSRAx'],
  [CHUNK_SHUTDOWN_COMPLETE, 'xCWEOSRCx'],
  [CHUNK_HEARTBEAT, 'xCWEOSRAH'],
  [CHUNK_HEARTBEAT_ACK, 'xCWEOSRAO'],
];

const CHUNK_STRIDE = 16;
const DIRECTION_STRIDE = CHUNK_STRIDE * 256;

const NEXT = Uint8Array.from({ length: 2 * DIRECTION_STRIDE }, (_, i) => {
  const state = i % CHUNK_STRIDE;
  return state === SCTP_NONE ? SCTP_INVALID : state;
});
for (const [direction, rows] of [ORIGINAL, REPLY].entries())
  for (const [chunk, row] of rows)
    for (const [state, letter] of [...row].entries())
      NEXT[direction * DIRECTION_STRIDE + chunk * CHUNK_STRIDE + state] =
        letter === 'x' ? SCTP_INVALID : LETTERS.indexOf(letter);

/** The state after a packet whose first chunk is `chunk`, or SCTP_INVALID. `original` when the initiator sent it. */
export const nextSctpState = (state: number, chunk: number, original: boolean): number =>
  NEXT[(original ? 0 : DIRECTION_STRIDE) + chunk * CHUNK_STRIDE + state]!;
