import { ICMP, ICMPV6, SCTP, TCP } from '../net/protocol.ts';
import { HAS_SCTP_CHUNK, HAS_TCP_FLAGS, type PacketBatch } from '../packet/batch.ts';
import { ICMP_QUERY, icmpRole } from './icmp.ts';
import { OPENS, SENDER } from './initiator.ts';
import { CHUNK_INIT, nextSctpState, SCTP_INVALID, SCTP_NONE } from './sctp-states.ts';
import { nextTcpState, segmentOf, TCP_INVALID, TCP_NONE, TCP_SYN_SENT } from './tcp-states.ts';

/** Connection tracking calls it INVALID. */
export const REFUSED = 3;
/** The packet was cut before what would tell. */
export const CUT = 4;

/**
 * What Linux makes of a packet whose tuple it does not know: OPENS, SENDER (adopted in mid-stream, in the packet's own
 * direction), REFUSED or CUT. `loose` is net.netfilter.nf_conntrack_tcp_loose.
 */
export function newcomer(batch: PacketBatch, row: number, loose: boolean): number {
  const protocol = batch.protocol[row]!;
  switch (protocol) {
    case TCP: {
      if ((batch.flags[row]! & HAS_TCP_FLAGS) === 0) return CUT;
      const state = nextTcpState(TCP_NONE, segmentOf(batch.tcpFlags[row]!), true);
      if (state === TCP_SYN_SENT) return OPENS;
      return state === TCP_INVALID || !loose ? REFUSED : SENDER;
    }
    case SCTP: {
      if ((batch.flags[row]! & HAS_SCTP_CHUNK) === 0) return CUT;
      const chunk = batch.sctpChunk[row]!;
      if (nextSctpState(SCTP_NONE, chunk, true) === SCTP_INVALID) return REFUSED;
      return chunk === CHUNK_INIT ? OPENS : SENDER;
    }
    case ICMP:
    case ICMPV6:
      return icmpRole(protocol, batch.icmpType[row]!) === ICMP_QUERY ? OPENS : REFUSED;
    default:
      return OPENS;
  }
}
