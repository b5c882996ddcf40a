import { LINUX_TIMEOUTS, type Timeouts } from '../../src/replay/timeouts.ts';

/** Sequences without a pause take milliseconds: no connection of theirs is to end by itself. */
export const LONG_TIMEOUTS = Object.fromEntries(
  Object.keys(LINUX_TIMEOUTS).map((name) => [name, 600]),
) as unknown as Timeouts;

/** For those with pauses: as short as whole seconds can be told apart. */
export const SHORT_TIMEOUTS: Timeouts = {
  ...LONG_TIMEOUTS,
  ...{ tcp_timeout_syn_sent: 2, tcp_timeout_syn_recv: 3, tcp_timeout_established: 5, tcp_timeout_fin_wait: 3 },
  ...{ tcp_timeout_close_wait: 2, tcp_timeout_last_ack: 1, tcp_timeout_time_wait: 3, tcp_timeout_close: 1 },
  ...{ tcp_timeout_unacknowledged: 4, udp_timeout: 1, udp_timeout_stream: 3, icmp_timeout: 1, icmpv6_timeout: 2 },
  ...{ gre_timeout: 1, gre_timeout_stream: 3, generic_timeout: 2 },
  ...{ sctp_timeout_closed: 1, sctp_timeout_cookie_wait: 2, sctp_timeout_cookie_echoed: 3 },
  ...{ sctp_timeout_established: 4, sctp_timeout_shutdown_sent: 2, sctp_timeout_shutdown_recd: 3 },
  ...{ sctp_timeout_shutdown_ack_sent: 1, sctp_timeout_heartbeat_sent: 2 },
};
