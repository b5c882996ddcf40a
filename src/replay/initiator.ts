import { hasPorts, ICMP, ICMPV6, SCTP, TCP, UDP, UDPLITE } from '../net/protocol.ts';
import { HAS_SCTP_CHUNK, HAS_TCP_FLAGS, type PacketBatch } from '../packet/batch.ts';
import { AddressMap, portTag } from './address-map.ts';
import { ICMP_ANSWER, icmpRole } from './icmp.ts';
import type { Places } from './places.ts';
import { CHUNK_COOKIE_ACK, CHUNK_INIT, CHUNK_INIT_ACK } from './sctp-states.ts';
import { SEGMENT_SYN, SEGMENT_SYNACK, segmentOf } from './tcp-states.ts';

/** The row opens its own connection, by its own word. */
export const OPENS = 0;
/** Adopted: its sender is taken for the initiator. */
export const SENDER = 1;
/** Adopted: its receiver is. */
export const RECEIVER = 2;

/** Ports below are given out to servers (RFC 6335, system ports). */
const SYSTEM_PORTS = 1024;
/** Linux's first ephemeral port (net.ipv4.ip_local_port_range). */
const FIRST_EPHEMERAL = 32_768;
/** Servers that are remembered: 100 KB, which the cache holds. */
const SERVERS = 1 << 12;

/**
 * Who opened the connection of a packet whose tuple is unknown, by the first rule that decides (`--midstream infer`):
 *
 *     0  a SYN, an INIT, a query say so themselves: the sender
 *     1  SYN-ACK, INIT-ACK, COOKIE-ACK, answers to ICMP queries: the receiver
 *     2  a Service port or declared container port at one end only: the other end
 *     3  a port that an earlier connection of the run used as its destination, at one end only: the other end
 *     4  exactly one port below 1024: the other end
 *     5  the sender
 *
 * A UDP packet opens a connection itself, unless rules 2 to 4 take its sender for the server and the receiver's port
 * is ephemeral. Rule 3 remembers in constant memory: of very many servers some are forgotten.
 */
export class Initiator {
  #places: Places;
  #servers = AddressMap.bounded(SERVERS);

  constructor(places: Places) {
    this.#places = places;
  }

  /** OPENS, SENDER or RECEIVER. */
  of(batch: PacketBatch, row: number): number {
    const protocol = batch.protocol[row]!;
    switch (protocol) {
      case TCP:
        return this.#ofTcp(batch, row);
      case SCTP:
        return this.#ofSctp(batch, row);
      case UDP:
      case UDPLITE:
        if (batch.destinationPort[row]! < FIRST_EPHEMERAL) return OPENS;
        return this.#byPorts(batch, row) === RECEIVER ? RECEIVER : OPENS;
      case ICMP:
      case ICMPV6:
        return icmpRole(protocol, batch.icmpType[row]!) === ICMP_ANSWER ? RECEIVER : OPENS;
      default:
        return OPENS;
    }
  }

  /** Remembers the server of a connection whose initiator is certain. `reversed`: the row came from it. */
  remember(batch: PacketBatch, row: number, reversed: boolean): void {
    const protocol = batch.protocol[row]!;
    if (!hasPorts(protocol)) return;
    if (reversed) {
      const tag = portTag(batch.family[row]!, protocol, batch.sourcePort[row]!);
      this.#servers.set(batch.src0[row]!, batch.src1[row]!, batch.src2[row]!, batch.src3[row]!, tag, 0);
    } else {
      const tag = portTag(batch.family[row]!, protocol, batch.destinationPort[row]!);
      this.#servers.set(batch.dst0[row]!, batch.dst1[row]!, batch.dst2[row]!, batch.dst3[row]!, tag, 0);
    }
  }

  /** Did the packet itself, or a declared port, tell who opened? Guesses are not remembered as servers. */
  isCertain(batch: PacketBatch, row: number, initiator: number): boolean {
    if (initiator === OPENS || saysReceiver(batch, row)) return true;
    return this.#places.sourceDeclared(batch, row) !== this.#places.destinationDeclared(batch, row);
  }

  #ofTcp(batch: PacketBatch, row: number): number {
    const known = (batch.flags[row]! & HAS_TCP_FLAGS) !== 0;
    if (known && segmentOf(batch.tcpFlags[row]!) === SEGMENT_SYN) return OPENS;
    return saysReceiver(batch, row) ? RECEIVER : this.#byPorts(batch, row);
  }

  #ofSctp(batch: PacketBatch, row: number): number {
    const known = (batch.flags[row]! & HAS_SCTP_CHUNK) !== 0;
    if (known && batch.sctpChunk[row] === CHUNK_INIT) return OPENS;
    return saysReceiver(batch, row) ? RECEIVER : this.#byPorts(batch, row);
  }

  /** Rules 2 to 5. */
  #byPorts(batch: PacketBatch, row: number): number {
    const from = this.#places.sourceDeclared(batch, row);
    if (from !== this.#places.destinationDeclared(batch, row)) return from ? RECEIVER : SENDER;
    const served = this.#sourceServes(batch, row);
    if (served !== this.#destinationServes(batch, row)) return served ? RECEIVER : SENDER;
    const low = batch.sourcePort[row]! < SYSTEM_PORTS;
    if (low !== batch.destinationPort[row]! < SYSTEM_PORTS) return low ? RECEIVER : SENDER;
    return SENDER;
  }

  #sourceServes(batch: PacketBatch, row: number): boolean {
    const tag = portTag(batch.family[row]!, batch.protocol[row]!, batch.sourcePort[row]!);
    return this.#servers.get(batch.src0[row]!, batch.src1[row]!, batch.src2[row]!, batch.src3[row]!, tag) >= 0;
  }

  #destinationServes(batch: PacketBatch, row: number): boolean {
    const tag = portTag(batch.family[row]!, batch.protocol[row]!, batch.destinationPort[row]!);
    return this.#servers.get(batch.dst0[row]!, batch.dst1[row]!, batch.dst2[row]!, batch.dst3[row]!, tag) >= 0;
  }
}

/** Rule 1. */
function saysReceiver(batch: PacketBatch, row: number): boolean {
  const flags = batch.flags[row]!;
  switch (batch.protocol[row]) {
    case TCP:
      return (flags & HAS_TCP_FLAGS) !== 0 && segmentOf(batch.tcpFlags[row]!) === SEGMENT_SYNACK;
    case SCTP:
      return (
        (flags & HAS_SCTP_CHUNK) !== 0 &&
        (batch.sctpChunk[row] === CHUNK_INIT_ACK || batch.sctpChunk[row] === CHUNK_COOKIE_ACK)
      );
    default:
      return false;
  }
}
