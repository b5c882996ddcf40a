/**
 * TCP as Linux tracks it (nf_conntrack_proto_tcp.c, 6.x): which state a segment leads to, by the side that sent it.
 * Sequence numbers and windows are not looked at, as with tcp_be_liberal=1.
 *
 *     SYN_SENT   a SYN was seen                     CLOSE_WAIT  the FIN was acknowledged
 *     SYN_RECV   and its SYN-ACK                    LAST_ACK    both sides sent a FIN
 *     ESTABLISHED  and an ACK                       TIME_WAIT   and the last ACK
 *     FIN_WAIT   one side sent a FIN                CLOSE       a RST
 *     SYN_SENT2  both sides sent a SYN
 */
export const TCP_NONE = 0;
export const TCP_SYN_SENT = 1;
export const TCP_SYN_RECV = 2;
export const TCP_ESTABLISHED = 3;
export const TCP_FIN_WAIT = 4;
export const TCP_CLOSE_WAIT = 5;
export const TCP_LAST_ACK = 6;
export const TCP_TIME_WAIT = 7;
export const TCP_CLOSE = 8;
export const TCP_SYN_SENT2 = 9;
/** Let through without a change: the ends may know better than we do. */
export const TCP_IGNORE = 14;
/** No segment of this kind belongs here. */
export const TCP_INVALID = 15;

/** What a segment says, by its flags: RST speaks louder than SYN, SYN than FIN, FIN than ACK. */
export const SEGMENT_SYN = 0;
export const SEGMENT_SYNACK = 1;
export const SEGMENT_FIN = 2;
export const SEGMENT_ACK = 3;
export const SEGMENT_RST = 4;
export const SEGMENT_NONE = 5;

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;
const URG = 32;
/** PSH, ECE and CWR are valid with anything. */
const CHECKED_FLAGS = FIN | SYN | RST | ACK | URG;

/** Flag sets that a TCP may send; Linux calls all others INVALID whatever the state. */
const VALID = new Uint8Array(64);
for (const flags of [SYN, SYN | URG, SYN | ACK, RST, RST | ACK, FIN | ACK, FIN | ACK | URG, ACK, ACK | URG])
  VALID[flags] = 1;

export const hasValidFlags = (tcpFlags: number): boolean => VALID[tcpFlags & CHECKED_FLAGS] === 1;

const SEGMENTS = Uint8Array.from({ length: 256 }, (_, flags) => {
  if ((flags & RST) !== 0) return SEGMENT_RST;
  if ((flags & SYN) !== 0) return (flags & ACK) !== 0 ? SEGMENT_SYNACK : SEGMENT_SYN;
  if ((flags & FIN) !== 0) return SEGMENT_FIN;
  return (flags & ACK) !== 0 ? SEGMENT_ACK : SEGMENT_NONE;
});

export const segmentOf = (tcpFlags: number): number => SEGMENTS[tcpFlags]!;

/**
 * One row a segment, one letter a state, in the order of their numbers: none, syn Sent, syn Recv, Established, Fin
 * wait, close Wait, Last ack, Time wait, Close, syn sent 2. `-` is ignored, `x` invalid.
 */
const LETTERS = '0SREFWLTC2';
const ORIGINAL = [
  'SS-----SS2', // SYN: a retransmission, or a connection opened anew after its end
  'xxRxxxxxxR', // SYN-ACK: only after both sides sent a SYN
  'xxFFLLLTCx', // FIN
  'ExEEWWTTCx', // ACK: from nowhere it adopts a connection in mid-stream
  'xCCCCCCCCC', // RST
  'xxxxxxxxxx', // none of them
];
const REPLY = [
  'x2xxxxxSx2', // SYN: both sides open at once, or the server becomes a client after TIME_WAIT
  'xR-------R', // SYN-ACK
  'xxFFLLLTCx', // FIN
  'x-REWWTTC-', // ACK
  'xCCCCCCCCC', // RST
  'xxxxxxxxxx',
];

const SEGMENT_STRIDE = 16;
const DIRECTION_STRIDE = SEGMENT_STRIDE * 8;

const NEXT = new Uint8Array(2 * DIRECTION_STRIDE).fill(TCP_INVALID);
for (const [direction, rows] of [ORIGINAL, REPLY].entries())
  for (const [segment, row] of rows.entries())
    for (const [state, letter] of [...row].entries())
      NEXT[direction * DIRECTION_STRIDE + segment * SEGMENT_STRIDE + state] =
        letter === '-' ? TCP_IGNORE : letter === 'x' ? TCP_INVALID : LETTERS.indexOf(letter);

/** The state after a segment, or TCP_IGNORE, or TCP_INVALID. `original` when the initiator sent it. */
export const nextTcpState = (state: number, segment: number, original: boolean): number =>
  NEXT[(original ? 0 : DIRECTION_STRIDE) + segment * SEGMENT_STRIDE + state]!;

/**
 * The state of a connection of which this segment alone is known: what `infer` assumes when it adopts one, or when
 * the capture lacks the segments between.
 */
const ASSUMED = Uint8Array.of(TCP_SYN_SENT, TCP_SYN_RECV, TCP_FIN_WAIT, TCP_ESTABLISHED, TCP_CLOSE, TCP_ESTABLISHED);
export const assumedTcpState = (segment: number): number => ASSUMED[segment]!;
