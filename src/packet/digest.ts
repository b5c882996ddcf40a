import { SCTP, UDP } from '../net/protocol.ts';
import { LATER_FRAGMENT, type PacketBatch } from './batch.ts';
import { IPV4_BYTES } from './ipv4.ts';
import { IPV6_BYTES, isIpv6Extension } from './ipv6.ts';

/** Bytes behind the IP header that are looked at: of TCP all up to the checksum. Behind extension headers more. */
const LOOKED_AT = 16;
const LOOKED_AT_BEHIND_EXTENSIONS = 24;

/**
 * What of a packet is the same wherever it is captured on its way, as 64 bits in two words: of the innermost IP header
 * addresses, protocol, length, identification and fragment, and the first bytes behind it. What routers, bridges and
 * network cards change is left out: hop limit, traffic class, options of IPv4, checksums.
 */
export class Digest {
  a = 0;
  b = 0;
  /** Hop limit or time to live. */
  hops = 0;

  /** False for a row without the bytes of its IP header. */
  read(batch: PacketBatch, row: number): boolean {
    const at = batch.ipAt[row]!;
    const end = batch.endAt[row]!;
    const isVersion4 = batch.family[row] === 4;
    if (at < 0 || at + (isVersion4 ? IPV4_BYTES : IPV6_BYTES) > end) return false;
    const { view } = batch;
    this.a = batch.family[row]!;
    this.b = batch.protocol[row]! | ((batch.flags[row]! & LATER_FRAGMENT) << 8);
    if (isVersion4) this.#ipv4(view, at, end);
    else this.#ipv6(view, at, end);
    return true;
  }

  #ipv4(view: DataView, at: number, end: number): void {
    this.hops = view.getUint8(at + 8);
    const protocol = view.getUint8(at + 9);
    this.#add(view.getInt32(at + 2)); // total length, identification
    this.#add(view.getUint16(at + 6)); // flags, fragment offset
    this.#add(view.getInt32(at + 12));
    this.#add(view.getInt32(at + 16));
    this.#payload(view, at + (view.getUint8(at) & 0x0f) * 4, end, protocol, LOOKED_AT);
  }

  #ipv6(view: DataView, at: number, end: number): void {
    this.hops = view.getUint8(at + 7);
    const next = view.getUint8(at + 6);
    this.#add(view.getUint16(at + 4)); // payload length
    for (let i = 8; i < IPV6_BYTES; i += 4) this.#add(view.getInt32(at + i));
    const looked = isIpv6Extension(next) ? LOOKED_AT_BEHIND_EXTENSIONS : LOOKED_AT;
    this.#payload(view, at + IPV6_BYTES, end, next, looked);
  }

  /** Checksums are filled in by network cards, behind some of the places where a packet is captured. */
  #payload(view: DataView, at: number, end: number, protocol: number, looked: number): void {
    if (at + looked > end) {
      for (let i = at; i < end; i++) this.#add(view.getUint8(i));
      this.#add(end - at);
      return;
    }
    for (let i = 0; i < looked; i += 4) {
      if (protocol === UDP && i === 4) this.#add(view.getUint16(at + i));
      else if (protocol !== SCTP || i !== 8) this.#add(view.getInt32(at + i));
    }
  }

  #add(word: number): void {
    this.a = Math.imul(this.a ^ word, 0x9e3779b1);
    this.a ^= this.a >>> 15;
    this.b = Math.imul(((this.b << 13) | (this.b >>> 19)) ^ word, 0x85ebca6b);
  }
}
