import { GRE, ICMP, ICMPV6, SCTP, TCP, UDP, UDPLITE } from '../net/protocol.ts';
import { DENIED_BITS, LONG, PROTOCOL_MASK, STATE_MASK, STATE_SHIFT, VERDICT_MASK } from './entry.ts';
import * as sctp from './sctp-states.ts';
import * as tcp from './tcp-states.ts';

/** How long a connection is remembered after its last packet, in milliseconds. Linux's defaults (6.x kernels). */
const SECONDS = 1000;

const TCP_TIMEOUTS = byState([
  [tcp.TCP_SYN_SENT, 120],
  [tcp.TCP_SYN_RECV, 60],
  [tcp.TCP_ESTABLISHED, 432_000],
  [tcp.TCP_FIN_WAIT, 120],
  [tcp.TCP_CLOSE_WAIT, 60],
  [tcp.TCP_LAST_ACK, 30],
  [tcp.TCP_TIME_WAIT, 120],
  [tcp.TCP_CLOSE, 10],
  [tcp.TCP_SYN_SENT2, 120],
]);
/** Established by a packet in mid-stream that nobody answered yet (TCP_CONNTRACK_UNACK). */
const TCP_UNANSWERED = 300 * SECONDS;

const SCTP_TIMEOUTS = byState([
  [sctp.SCTP_CLOSED, 10],
  [sctp.SCTP_COOKIE_WAIT, 3],
  [sctp.SCTP_COOKIE_ECHOED, 3],
  [sctp.SCTP_ESTABLISHED, 210],
  [sctp.SCTP_SHUTDOWN_SENT, 3],
  [sctp.SCTP_SHUTDOWN_RECD, 3],
  [sctp.SCTP_SHUTDOWN_ACK_SENT, 3],
  [sctp.SCTP_HEARTBEAT_SENT, 30],
]);

/**
 * Calico's eBPF: a handshake that is not through, an established connection, one that both sides have ended, one that
 * was reset. Source: felix/bpf/conntrack/timeouts/timeouts.go.
 */
const BPF_TCP_TIMEOUTS = byState([
  [tcp.TCP_SYN_SENT, 20],
  [tcp.TCP_SYN_SENT2, 20],
  [tcp.TCP_SYN_RECV, 20],
  [tcp.TCP_ESTABLISHED, 3600],
  [tcp.TCP_FIN_WAIT, 3600],
  [tcp.TCP_CLOSE_WAIT, 3600],
  [tcp.TCP_LAST_ACK, 30],
  [tcp.TCP_TIME_WAIT, 30],
  [tcp.TCP_CLOSE, 40],
]);
const BPF_UDP = 60 * SECONDS;
const BPF_ICMP = 5 * SECONDS;

const UDP_UNREPLIED = 30 * SECONDS;
const UDP_STREAM = 120 * SECONDS;
const ICMP_TIMEOUT = 30 * SECONDS;
const GRE_UNREPLIED = 30 * SECONDS;
const GRE_STREAM = 180 * SECONDS;
const GENERIC = 600 * SECONDS;
/** Ours: how long the packets that follow a denied opener are told to belong to it. */
const DENIED = 120 * SECONDS;

/** No timeout is longer. */
export const LONGEST_TIMEOUT = 432_000 * SECONDS;

/** A UDP exchange that is older than this has the timeout of a stream. */
export const UDP_STREAM_AGE = 2 * SECONDS;

function byState(seconds: readonly [state: number, seconds: number][]): Int32Array {
  const table = new Int32Array(16);
  for (const [state, value] of seconds) table[state] = value * SECONDS;
  return table;
}

/** Milliseconds that an entry lives after it was last refreshed, from its meta word. `bpf`: as Calico's eBPF has it. */
export function timeoutOf(meta: number, bpf: boolean): number {
  return bpf ? bpfTimeoutOf(meta) : linuxTimeoutOf(meta);
}

function linuxTimeoutOf(meta: number): number {
  if ((meta & VERDICT_MASK) === DENIED_BITS) return DENIED;
  const state = (meta >>> STATE_SHIFT) & STATE_MASK;
  const long = (meta & LONG) !== 0;
  switch (meta & PROTOCOL_MASK) {
    case TCP:
      return state === tcp.TCP_ESTABLISHED && !long ? TCP_UNANSWERED : TCP_TIMEOUTS[state]!;
    case UDP:
    case UDPLITE:
      return long ? UDP_STREAM : UDP_UNREPLIED;
    case ICMP:
    case ICMPV6:
      return ICMP_TIMEOUT;
    case SCTP:
      return SCTP_TIMEOUTS[state]!;
    case GRE:
      return long ? GRE_STREAM : GRE_UNREPLIED;
    default:
      return GENERIC;
  }
}

function bpfTimeoutOf(meta: number): number {
  if ((meta & VERDICT_MASK) === DENIED_BITS) return DENIED;
  switch (meta & PROTOCOL_MASK) {
    case TCP:
      return BPF_TCP_TIMEOUTS[(meta >>> STATE_SHIFT) & STATE_MASK]!;
    case UDP:
    case UDPLITE:
      return BPF_UDP;
    case ICMP:
    case ICMPV6:
      return BPF_ICMP;
    default:
      return GENERIC;
  }
}
