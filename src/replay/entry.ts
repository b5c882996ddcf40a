import { DROPPED } from '../verdict/reasons.ts';

/**
 * A connection: 15 words, and one more for the head of its hash chain: 64 bytes.
 *
 *     word    0      1       2      3       4       5        6        7        8        9..11    12..14
 *          | meta | ports | low 0 | high 0 | seen | egress | ingress | opener | next | low 1-3 | high 1-3 |
 *
 * `low` and `high` are the ends as tuple.ts orders them; of IPv4 the first word alone. `seen` is the time of the last
 * packet that refreshed it, milliseconds modulo 2^32. `egress` and `ingress` are the opener's findings; a negative
 * egress is ~reason of a connection that is undetermined without having been judged. `opener` is the record number of
 * the opener modulo 2^32. `next` is the next entry of the chain, or of the free list, plus 1; 0 ends it.
 */
export const META = 0;
export const PORTS = 1;
export const LOW = 2;
export const HIGH = 3;
export const SEEN = 4;
export const EGRESS = 5;
export const INGRESS = 6;
export const OPENER = 7;
export const NEXT = 8;
export const LOW_TAIL = 9;
export const HIGH_TAIL = 12;
export const ENTRY_WORDS = 15;

/**
 * The meta word.
 *
 *     bit   0-7        8    9-10      11          12        13          14       15
 *        | protocol | v6 | verdict | high opened | replied | midstream | unknown | this file |
 *     bit   16-27                    28     29     30
 *        | state, or when it began | long | used | aged |
 *
 * TCP and SCTP keep their state in bits 16 to 19, and TCP what it saw last in
 * bits 20 to 25. UDP keeps the low 12 bits of the
 * millisecond in which it began: enough to tell whether two seconds have gone, as long as `aged` is noted in time.
 */
export const PROTOCOL_MASK = 0xff;
export const V6 = 1 << 8;
export const VERDICT_SHIFT = 9;
export const VERDICT_MASK = 3 << VERDICT_SHIFT;
export const DENIED_BITS = DROPPED << VERDICT_SHIFT;
/** The initiator is the high end. */
export const HIGH_OPENED = 1 << 11;
/** The other end has answered. */
export const REPLIED = 1 << 12;
/** Adopted: its real opener was not seen. */
export const MIDSTREAM = 1 << 13;
/** One end is an address of a pod range that no pod has. */
export const UNKNOWN_END = 1 << 14;
/** Opened in the file that is being read. */
export const THIS_FILE = 1 << 15;
export const STATE_SHIFT = 16;
export const STATE_MASK = 0xf;
export const SIMULTANEOUS = 1 << 20;
/** TCP: the last segment that it took, or let through, was one of these, or neither; and whose it was. */
export const LAST_SYN = 1 << 21;
export const LAST_RST = 1 << 22;
export const LAST_MASK = LAST_SYN | LAST_RST;
export const LAST_REPLY = 1 << 23;
/** TCP: a FIN was seen while it was open. */
export const CLOSE_BEGAN = 1 << 24;
/** TCP: a SYN was let through while only the last ACK was missing. */
export const CHALLENGED = 1 << 25;
export const BEGAN_MASK = 0xfff;
/** The longer of the protocol's two timeouts holds. */
export const LONG = 1 << 28;
export const USED = 1 << 29;
/** UDP: it is older than two seconds. */
export const AGED = 1 << 30;
/** Beside the ingress finding, in its word. Its opener went to a Service or hostPort. INVARIANT: findings are below. */
export const TRANSLATED = 1 << 28;
/** A node's address may stand for the client's. */
export const HIDDEN = 1 << 29;
/** Another order of policies of equal priority would have decided otherwise. */
export const AMBIGUOUS = 1 << 30;
/** A pod may have reached itself through a Service. */
export const HAIRPIN = 1 << 31;
export const INGRESS_MASK = TRANSLATED - 1;

export const KEY_MASK = PROTOCOL_MASK | V6 | USED;

export const stateOf = (meta: number): number => (meta >>> STATE_SHIFT) & STATE_MASK;
export const withState = (meta: number, state: number): number =>
  (meta & ~(STATE_MASK << STATE_SHIFT)) | (state << STATE_SHIFT);
export const verdictOf = (meta: number): number => (meta & VERDICT_MASK) >>> VERDICT_SHIFT;
