import { GRE, ICMP, ICMPV6, SCTP, TCP, UDP, UDPLITE } from '../net/protocol.ts';
import { DENIED_BITS, LONG, PROTOCOL_MASK, STATE_MASK, STATE_SHIFT, VERDICT_MASK } from './entry.ts';
import * as sctp from './sctp-states.ts';
import * as tcp from './tcp-states.ts';

/**
 * How long a connection is remembered after its last packet, in seconds: Linux's defaults (6.x kernels), each under its
 * name behind `net.netfilter.nf_conntrack_`.
 */
export const LINUX_TIMEOUTS = {
  tcp_timeout_syn_sent: 120,
  tcp_timeout_syn_recv: 60,
  tcp_timeout_established: 432_000,
  tcp_timeout_fin_wait: 120,
  tcp_timeout_close_wait: 60,
  tcp_timeout_last_ack: 30,
  tcp_timeout_time_wait: 120,
  tcp_timeout_close: 10,
  /** Linux has no name for it (both sides sent a SYN). */
  tcp_timeout_syn_sent2: 120,
  /** Established by a packet in mid-stream that nobody answered yet. */
  tcp_timeout_unacknowledged: 300,
  udp_timeout: 30,
  udp_timeout_stream: 120,
  icmp_timeout: 30,
  icmpv6_timeout: 30,
  sctp_timeout_closed: 10,
  sctp_timeout_cookie_wait: 3,
  sctp_timeout_cookie_echoed: 3,
  sctp_timeout_established: 210,
  sctp_timeout_shutdown_sent: 3,
  sctp_timeout_shutdown_recd: 3,
  sctp_timeout_shutdown_ack_sent: 3,
  sctp_timeout_heartbeat_sent: 30,
  gre_timeout: 30,
  gre_timeout_stream: 180,
  generic_timeout: 600,
} as const;

export type Timeouts = { readonly [name in keyof typeof LINUX_TIMEOUTS]: number };

const SECONDS = 1000;
/**
 * Likewise of Calico's eBPF: a handshake that is not through, an established connection, one that both sides have
 * ended, one that was reset; it makes no difference whether a connection was answered. Source:
 * felix/bpf/conntrack/timeouts/timeouts.go.
 */
export const BPF_TIMEOUTS: Timeouts = {
  tcp_timeout_syn_sent: 20,
  tcp_timeout_syn_recv: 20,
  tcp_timeout_established: 3600,
  tcp_timeout_fin_wait: 3600,
  tcp_timeout_close_wait: 3600,
  tcp_timeout_last_ack: 30,
  tcp_timeout_time_wait: 30,
  tcp_timeout_close: 40,
  tcp_timeout_syn_sent2: 20,
  tcp_timeout_unacknowledged: 3600,
  udp_timeout: 60,
  udp_timeout_stream: 60,
  icmp_timeout: 5,
  icmpv6_timeout: 5,
  sctp_timeout_closed: 600,
  sctp_timeout_cookie_wait: 600,
  sctp_timeout_cookie_echoed: 600,
  sctp_timeout_established: 600,
  sctp_timeout_shutdown_sent: 600,
  sctp_timeout_shutdown_recd: 600,
  sctp_timeout_shutdown_ack_sent: 600,
  sctp_timeout_heartbeat_sent: 600,
  gre_timeout: 600,
  gre_timeout_stream: 600,
  generic_timeout: 600,
};

/** Ours, in milliseconds: how long the packets that follow a denied opener are told to belong to it. */
const DENIED = 120 * SECONDS;

/** A UDP exchange that is older than this, in milliseconds, has the timeout of a stream. */
export const UDP_STREAM_AGE = 2 * SECONDS;

const STATES = STATE_MASK + 1;

/** Timeouts as a table over what an entry's meta word says. */
export class Lifetimes {
  /** No timeout is longer, in milliseconds. */
  readonly longest: number;
  #tcp: Int32Array;
  #sctp: Int32Array;
  /** By protocol: until it was answered, and from then on. */
  #short = new Int32Array(PROTOCOL_MASK + 1);
  #long = new Int32Array(PROTOCOL_MASK + 1);
  #unanswered: number;

  constructor(t: Timeouts) {
    this.longest = Math.max(...Object.values(t), DENIED / SECONDS) * SECONDS;
    this.#tcp = byState([
      [tcp.TCP_SYN_SENT, t.tcp_timeout_syn_sent],
      [tcp.TCP_SYN_RECV, t.tcp_timeout_syn_recv],
      [tcp.TCP_ESTABLISHED, t.tcp_timeout_established],
      [tcp.TCP_FIN_WAIT, t.tcp_timeout_fin_wait],
      [tcp.TCP_CLOSE_WAIT, t.tcp_timeout_close_wait],
      [tcp.TCP_LAST_ACK, t.tcp_timeout_last_ack],
      [tcp.TCP_TIME_WAIT, t.tcp_timeout_time_wait],
      [tcp.TCP_CLOSE, t.tcp_timeout_close],
      [tcp.TCP_SYN_SENT2, t.tcp_timeout_syn_sent2],
    ]);
    this.#unanswered = Math.min(t.tcp_timeout_unacknowledged, t.tcp_timeout_established) * SECONDS;
    this.#sctp = byState([
      [sctp.SCTP_CLOSED, t.sctp_timeout_closed],
      [sctp.SCTP_COOKIE_WAIT, t.sctp_timeout_cookie_wait],
      [sctp.SCTP_COOKIE_ECHOED, t.sctp_timeout_cookie_echoed],
      [sctp.SCTP_ESTABLISHED, t.sctp_timeout_established],
      [sctp.SCTP_SHUTDOWN_SENT, t.sctp_timeout_shutdown_sent],
      [sctp.SCTP_SHUTDOWN_RECD, t.sctp_timeout_shutdown_recd],
      [sctp.SCTP_SHUTDOWN_ACK_SENT, t.sctp_timeout_shutdown_ack_sent],
      [sctp.SCTP_HEARTBEAT_SENT, t.sctp_timeout_heartbeat_sent],
    ]);
    this.#short.fill(t.generic_timeout * SECONDS);
    this.#long.fill(t.generic_timeout * SECONDS);
    for (const protocol of [UDP, UDPLITE]) this.#set(protocol, t.udp_timeout, t.udp_timeout_stream);
    this.#set(GRE, t.gre_timeout, t.gre_timeout_stream);
    this.#set(ICMP, t.icmp_timeout, t.icmp_timeout);
    this.#set(ICMPV6, t.icmpv6_timeout, t.icmpv6_timeout);
  }

  /** Milliseconds that an entry lives after it was last refreshed, from its meta word. */
  of(meta: number): number {
    if ((meta & VERDICT_MASK) === DENIED_BITS) return DENIED;
    const state = (meta >>> STATE_SHIFT) & STATE_MASK;
    const protocol = meta & PROTOCOL_MASK;
    if (protocol === TCP)
      return state === tcp.TCP_ESTABLISHED && (meta & LONG) === 0 ? this.#unanswered : this.#tcp[state]!;
    if (protocol === SCTP) return this.#sctp[state]!;
    return ((meta & LONG) !== 0 ? this.#long : this.#short)[protocol]!;
  }

  #set(protocol: number, unanswered: number, answered: number): void {
    this.#short[protocol] = unanswered * SECONDS;
    this.#long[protocol] = answered * SECONDS;
  }
}

function byState(seconds: readonly [state: number, seconds: number][]): Int32Array {
  const table = new Int32Array(STATES);
  for (const [state, value] of seconds) table[state] = value * SECONDS;
  return table;
}
