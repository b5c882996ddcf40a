import { parseAddress, wordsOf } from '../src/net/address.ts';
import { hasIcmpType, hasPorts, ICMP, ICMPV6, protocolNumber, SCTP, TCP } from '../src/net/protocol.ts';
import * as packet from '../src/packet/batch.ts';

/**
 * One packet in words, for tests that need no capture.
 *
 *     '10.0.0.1:40000 > 10.0.0.2:80 S'      TCP with flags (letters of FSRPAUEC, or `-` for none)
 *     '10.0.0.1:40000 > 10.0.0.2:53 udp'    UDP; `sctp 1` is SCTP with an INIT chunk; `udplite`, `17`, `gre`, ...
 *     '10.0.0.1 > 10.0.0.2 icmp 8/0 id 7'   ICMP by the family of the addresses
 *     '[fd00::1]:40000 > [fd00::2]:80 S'
 */
export type Row = {
  readonly says: string;
  /** Seconds since 1970, to the microsecond; without: the row has no time. */
  readonly at?: number;
  /** Bits of packet/batch.ts to add and to take away. */
  readonly flags?: number;
  readonly without?: number;
  /** For an ICMP error: the packet that it quotes, as IP bytes (see `quote`). */
  readonly quotes?: string;
  readonly length?: number;
  readonly captured?: number;
  readonly n?: number;
};

const FLAG_LETTERS = 'FSRPAUEC';
const NUMBERS: ReadonlyMap<string, number> = new Map([['gre', 47]]);

const ROW = /^(\S+) > (\S+) (\S+)(?: (\d+)(?:\/(\d+))?)?(?: id (\d+))?$/;

/** A batch of rows, numbered from 1 on. */
export function rowsOf(rows: readonly (Row | string)[], firstN = 1): packet.PacketBatch {
  const batch = packet.createBatch(Math.max(rows.length, 1));
  batch.count = rows.length;
  const quotes = rows.map((row) => (typeof row === 'string' || row.quotes === undefined ? null : quote(row.quotes)));
  const buffer = new Uint8Array(quotes.reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0));
  let end = 0;
  rows.forEach((row, i) => {
    fill(batch, i, typeof row === 'string' ? { says: row } : row, firstN + i);
    const bytes = quotes[i];
    batch.ipAt[i] = -1;
    batch.quotedAt[i] = bytes ? end : -1;
    if (bytes) buffer.set(bytes, end);
    end += bytes?.length ?? 0;
    batch.endAt[i] = end;
  });
  batch.buffer = buffer;
  batch.view = new DataView(buffer.buffer);
  return batch;
}

function fill(batch: packet.PacketBatch, i: number, row: Row, n: number): void {
  const match = ROW.exec(row.says);
  if (match === null) throw new Error(`row \`${row.says}\`: expected \`source > destination protocol\``);
  const [, from, to, kind, first, second, id] = match;
  const source = end(from!);
  const destination = end(to!);
  batch.n[i] = row.n ?? n;
  batch.family[i] = source.family;
  [batch.src0[i], batch.src1[i], batch.src2[i], batch.src3[i]] = source.words;
  [batch.dst0[i], batch.dst1[i], batch.dst2[i], batch.dst3[i]] = destination.words;
  const isIcmp = kind === 'icmp';
  const named = isIcmp ? (source.family === 4 ? ICMP : ICMPV6) : (NUMBERS.get(kind!) ?? protocolNumber(kind!));
  const protocol = named ?? TCP;
  batch.protocol[i] = protocol;
  let flags = 0;
  if (hasPorts(protocol)) {
    flags |= packet.HAS_PORTS;
    batch.sourcePort[i] = source.port;
    batch.destinationPort[i] = destination.port;
  }
  if (named === null) {
    flags |= packet.HAS_TCP_FLAGS;
    batch.tcpFlags[i] = [...kind!].reduce((bits, letter) => bits | flagBit(letter), 0);
  }
  if (protocol === SCTP && first !== undefined) {
    flags |= packet.HAS_SCTP_CHUNK;
    batch.sctpChunk[i] = Number(first);
  }
  if (hasIcmpType(protocol)) {
    flags |= packet.HAS_ICMP;
    batch.icmpType[i] = Number(first ?? 0);
    batch.icmpCode[i] = Number(second ?? 0);
    if (id !== undefined) flags |= packet.HAS_ICMP_ID;
    batch.icmpId[i] = Number(id ?? 0);
  }
  batch.flags[i] = (flags | (row.flags ?? 0)) & ~(row.without ?? 0);
  batch.length[i] = row.length ?? 100;
  batch.captured[i] = row.captured ?? batch.length[i]!;
  batch.packets[i] = 1;
  batch.bytes[i] = batch.length[i]!;
  batch.timeDigits[i] = row.at === undefined ? packet.NO_TIME : 9;
  if (row.at === undefined) return;
  batch.seconds[i] = Math.floor(row.at);
  batch.nanos[i] = Math.round((row.at - Math.floor(row.at)) * 1e6) * 1000;
}

function flagBit(letter: string): number {
  if (letter === '-') return 0;
  const at = FLAG_LETTERS.indexOf(letter);
  if (at < 0) throw new Error(`TCP flag \`${letter}\`: expected one of ${FLAG_LETTERS}`);
  return 1 << at;
}

function end(text: string): { family: 4 | 6; words: [number, number, number, number]; port: number } {
  const match = /^\[(.+)\]:(\d+)$/.exec(text) ?? /^([\d.]+):(\d+)$/.exec(text);
  const address = parseAddress(match?.[1] ?? text);
  if (address === null) throw new Error(`end \`${text}\`: expected an address`);
  return { family: address.family, words: wordsOf(address), port: Number(match?.[2] ?? 0) };
}

/** The first bytes of a packet, as an ICMP error quotes them: IP header and 8 bytes. */
export function quote(says: string): Uint8Array {
  const batch = rowsOf([says]);
  const v6 = batch.family[0] === 6;
  const header = v6 ? 40 : 20;
  const bytes = new Uint8Array(header + 8);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, v6 ? 0x60 : 0x45);
  view.setUint16(v6 ? 4 : 2, v6 ? 8 : 28);
  view.setUint8(v6 ? 6 : 9, batch.protocol[0]!);
  const sources = [batch.src0, batch.src1, batch.src2, batch.src3].slice(0, v6 ? 4 : 1);
  const destinations = [batch.dst0, batch.dst1, batch.dst2, batch.dst3].slice(0, v6 ? 4 : 1);
  for (const [i, column] of [...sources, ...destinations].entries()) view.setInt32((v6 ? 8 : 12) + 4 * i, column[0]!);
  if ((batch.flags[0]! & packet.HAS_ICMP) !== 0) {
    view.setUint8(header, batch.icmpType[0]!);
    view.setUint8(header + 1, batch.icmpCode[0]!);
    view.setUint16(header + 4, batch.icmpId[0]!);
  } else {
    view.setUint16(header, batch.sourcePort[0]!);
    view.setUint16(header + 2, batch.destinationPort[0]!);
  }
  return bytes;
}
