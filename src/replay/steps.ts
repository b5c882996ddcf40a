import { GRE, SCTP, TCP, UDP, UDPLITE } from '../net/protocol.ts';
import { HAS_SCTP_CHUNK, HAS_TCP_FLAGS, type PacketBatch } from '../packet/batch.ts';
import * as entry from './entry.ts';
import * as sctp from './sctp-states.ts';
import * as tcp from './tcp-states.ts';
import { UDP_STREAM_AGE } from './timeouts.ts';

const { AGED, BEGAN_MASK, DENIED_BITS, LONG, REPLIED, SIMULTANEOUS, STATE_SHIFT, VERDICT_MASK } = entry;
const { CHALLENGED, CLOSE_BEGAN, LAST_MASK, LAST_REPLY, LAST_RST, LAST_SYN } = entry;

/** The packet does not belong to the entry: it opens a connection of its own in the entry's place. */
export const STEP_ANEW = -1;
/** Linux calls the packet INVALID; the entry stays as it is. */
export const STEP_INVALID = -2;

/**
 * How a packet moves the entry that it belongs to. With `infer` no packet of a known tuple is INVALID: what the
 * states do not explain, the capture has missed, and the state is taken from the packet alone.
 */
export class Steps {
  /** Does the packet keep the entry alive? */
  refreshes = true;
  /** Does it end the entry at once? */
  ends = false;
  #infer: boolean;

  constructor(infer: boolean) {
    this.#infer = infer;
  }

  /** The entry's next meta word, or STEP_*. `original`: the packet runs as the opener did. Times in ms modulo 2^32. */
  next(meta: number, batch: PacketBatch, row: number, original: boolean, seen: number, now: number): number {
    this.refreshes = true;
    this.ends = false;
    const after = this.#byProtocol(meta, batch, row, original, seen, now);
    if ((meta & VERDICT_MASK) === DENIED_BITS) this.refreshes = true;
    return after < 0 || original ? after : after | REPLIED;
  }

  /** State bits of an entry that this row opens, or is adopted by. `reversed`: its sender is the one connected to. */
  first(batch: PacketBatch, row: number, reversed: boolean, now: number): number {
    const answered = reversed ? REPLIED : 0;
    switch (batch.protocol[row]) {
      case TCP: {
        const known = (batch.flags[row]! & HAS_TCP_FLAGS) !== 0;
        const state = known ? tcp.assumedTcpState(tcp.segmentOf(batch.tcpFlags[row]!)) : tcp.TCP_ESTABLISHED;
        const last = state === tcp.TCP_SYN_SENT ? LAST_SYN : 0;
        return (state << STATE_SHIFT) | last | answered | (this.#infer ? LONG : 0);
      }
      case SCTP:
        return (this.#firstSctp(batch, row) << STATE_SHIFT) | answered;
      case UDP:
      case UDPLITE:
        return ((now & BEGAN_MASK) << STATE_SHIFT) | answered;
      default:
        return answered;
    }
  }

  #byProtocol(meta: number, batch: PacketBatch, row: number, original: boolean, seen: number, now: number): number {
    switch (batch.protocol[row]) {
      case TCP:
        return this.#tcp(meta, batch, row, original);
      case UDP:
      case UDPLITE:
        return udp(meta, seen, now);
      case SCTP:
        return this.#sctp(meta, batch, row, original);
      case GRE:
        return (meta & REPLIED) !== 0 ? meta | LONG : meta & ~LONG;
      default:
        return meta;
    }
  }

  #tcp(meta: number, batch: PacketBatch, row: number, original: boolean): number {
    if ((batch.flags[row]! & HAS_TCP_FLAGS) === 0) return meta;
    const segment = tcp.segmentOf(batch.tcpFlags[row]!);
    const before = entry.stateOf(meta);
    const after = tcp.nextTcpState(before, segment, original);
    if (segment === tcp.SEGMENT_SYN && this.#isAnew(meta, before, after, original)) return STEP_ANEW;
    const ignored = after === tcp.TCP_IGNORE || (after === tcp.TCP_SYN_SENT && before >= tcp.TCP_TIME_WAIT);
    if (ignored && segment === tcp.SEGMENT_SYNACK && lastWas(meta, LAST_SYN, !original)) {
      // It answers a SYN that was let through: both ends are in sync, and the entry is from now on.
      return this.#tcpMove(meta & ~CLOSE_BEGAN, tcp.TCP_SYN_SENT, tcp.TCP_SYN_RECV, segment, original);
    }
    if (ignored) {
      // Linux waits for what it has not seen; a capture may lack it for good.
      if (this.#infer && segment === tcp.SEGMENT_ACK)
        return this.#tcpMove(meta, before, tcp.TCP_ESTABLISHED, segment, original);
      this.refreshes = false;
      return ignoredSegment(meta, before, segment, original);
    }
    if (after === tcp.TCP_INVALID) {
      if (!this.#infer) return STEP_INVALID;
      return this.#tcpMove(meta, before, tcp.assumedTcpState(segment), segment, original);
    }
    if (after === tcp.TCP_TIME_WAIT && isChallenge(meta, before, segment, original)) {
      this.refreshes = false;
      return meta & ~CHALLENGED;
    }
    return this.#tcpMove(meta, before, after, segment, original);
  }

  /**
   * Does a SYN begin another connection? Linux: after the end of one, if its closing was seen or the same side reset
   * it. `infer`: after any end, and wherever it cannot belong to this one.
   */
  #isAnew(meta: number, before: number, after: number, original: boolean): boolean {
    if (after === tcp.TCP_SYN_SENT && before >= tcp.TCP_TIME_WAIT)
      return this.#infer || (meta & CLOSE_BEGAN) !== 0 || lastWas(meta, LAST_RST, original);
    if (!this.#infer || after === tcp.TCP_SYN_SENT) return false;
    if (after === tcp.TCP_INVALID) return true;
    // The opener of a denied connection was never answered: what came after its SYNs happened without the policy.
    return (meta & VERDICT_MASK) === DENIED_BITS;
  }

  #tcpMove(meta: number, before: number, after: number, segment: number, original: boolean): number {
    const replied = (meta & REPLIED) !== 0;
    let next = meta;
    let state = after;
    if (state === tcp.TCP_SYN_SENT2) next |= SIMULTANEOUS;
    else if (state === tcp.TCP_SYN_RECV && segment === tcp.SEGMENT_ACK && !original && (meta & SIMULTANEOUS) !== 0)
      state = tcp.TCP_ESTABLISHED;
    else if (state === tcp.TCP_FIN_WAIT && before !== tcp.TCP_FIN_WAIT) next |= CLOSE_BEGAN;
    if (!replied && segment === tcp.SEGMENT_RST && !this.#infer) this.ends = true;
    // A retransmitted SYN does not keep an unanswered opener alive.
    if (!replied && segment === tcp.SEGMENT_SYN && before === tcp.TCP_SYN_SENT) this.refreshes = false;
    next = replied || this.#infer ? next | LONG : next & ~LONG;
    return entry.withState(withLast(next, segment, original), state);
  }

  #sctp(meta: number, batch: PacketBatch, row: number, original: boolean): number {
    if ((batch.flags[row]! & HAS_SCTP_CHUNK) === 0) return meta;
    const chunk = batch.sctpChunk[row]!;
    if (chunk === sctp.CHUNK_INIT && !original && (meta & VERDICT_MASK) === DENIED_BITS) return STEP_ANEW;
    const before = entry.stateOf(meta);
    const state = sctp.nextSctpState(before, chunk, original);
    // A retransmitted INIT does not keep an unanswered opener alive.
    if (chunk === sctp.CHUNK_INIT && before === sctp.SCTP_CLOSED && state === before) this.refreshes = false;
    if (state !== sctp.SCTP_INVALID) return entry.withState(meta, state);
    return this.#infer ? meta : STEP_INVALID;
  }

  #firstSctp(batch: PacketBatch, row: number): number {
    if ((batch.flags[row]! & HAS_SCTP_CHUNK) === 0) return sctp.SCTP_ESTABLISHED;
    const chunk = batch.sctpChunk[row]!;
    if (!this.#infer || chunk === sctp.CHUNK_INIT) return sctp.nextSctpState(sctp.SCTP_NONE, chunk, true);
    return ADOPTED_SCTP.get(chunk) ?? sctp.SCTP_ESTABLISHED;
  }
}

/** What an association that is adopted by this chunk has come to. */
const ADOPTED_SCTP: ReadonlyMap<number, number> = new Map([
  [sctp.CHUNK_INIT_ACK, sctp.SCTP_COOKIE_WAIT],
  [sctp.CHUNK_COOKIE_ECHO, sctp.SCTP_COOKIE_ECHOED],
  [sctp.CHUNK_ABORT, sctp.SCTP_CLOSED],
  [sctp.CHUNK_SHUTDOWN_COMPLETE, sctp.SCTP_CLOSED],
]);

/** Was the last segment that the entry took of this kind, and by that side? */
const lastWas = (meta: number, kind: number, original: boolean): boolean =>
  (meta & LAST_MASK) === kind && (meta & LAST_REPLY) === (original ? 0 : LAST_REPLY);

function withLast(meta: number, segment: number, original: boolean): number {
  const kind = segment === tcp.SEGMENT_SYN ? LAST_SYN : segment === tcp.SEGMENT_RST ? LAST_RST : 0;
  return (meta & ~(LAST_MASK | LAST_REPLY)) | kind | (original ? 0 : LAST_REPLY);
}

/** A segment that was let through without a change is remembered: what answers it tells more. */
function ignoredSegment(meta: number, before: number, segment: number, original: boolean): number {
  const next = withLast(meta, segment, original);
  if (segment !== tcp.SEGMENT_SYN || !original) return next;
  const fresh = next & ~(SIMULTANEOUS | CHALLENGED);
  return before === tcp.TCP_LAST_ACK ? fresh | CHALLENGED : fresh;
}

/** An ACK that answers such a SYN (RFC 5961, section 4) is not the last ACK of the connection. */
const isChallenge = (meta: number, before: number, segment: number, original: boolean): boolean =>
  before === tcp.TCP_LAST_ACK &&
  segment === tcp.SEGMENT_ACK &&
  (meta & CHALLENGED) !== 0 &&
  lastWas(meta, LAST_SYN, !original);

/** A stream once it was answered and is older than two seconds (nf_conntrack_proto_udp.c). */
function udp(meta: number, seen: number, now: number): number {
  const began = (meta >>> STATE_SHIFT) & BEGAN_MASK;
  // INVARIANT: an entry without AGED was less than 2 s old when last seen, so 12 bits tell its age if seen since.
  const aged =
    (meta & AGED) !== 0 || (now - seen) >>> 0 > UDP_STREAM_AGE || ((now - began) & BEGAN_MASK) > UDP_STREAM_AGE;
  const next = aged ? meta | AGED : meta;
  return aged && (meta & REPLIED) !== 0 ? next | LONG : next & ~LONG;
}
