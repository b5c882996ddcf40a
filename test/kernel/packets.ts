import { bytes, fragmentHeader, icmpHeader, ipv4, ipv6, u16, u32, udpHeader } from '../pcap-writer.ts';
import type { Protocol, Sequence, Step } from './sequences.ts';

/** One packet of a sequence, as it goes into the machine. */
export type Frame = { readonly sequence: Sequence; readonly step: number; readonly from: Step; readonly bytes: Buffer };

/** Where the ends are. The left ones are outside of the cluster, one for each sequence; the right ones are pods. */
export const POD = { 4: '10.2.0.1', 6: 'fd02::1' } as const;
export const DENIED_POD = { 4: '10.2.0.66', 6: 'fd02::66' } as const;
export const BACKEND = { 4: '10.2.0.99', 6: 'fd02::99' } as const;
export const SERVICE = { 4: '10.96.0.1', 6: 'fd96::1' } as const;
export const NODE = { 4: '10.2.255.254', 6: 'fd02::fffe' } as const;
export const PORT = 80;
export const BACKEND_PORT = 8080;
export const DENIED_PORT = 666;
const STRANGER = {
  left: { 4: '10.1.255.9', 6: 'fd01::ffff' },
  right: { 4: '10.2.255.9', 6: 'fd02::fffd' },
} as const;
const ROUTER = { 4: '10.2.255.1', 6: 'fd02::ffff' } as const;

const NUMBERS: Readonly<Record<Protocol, number>> = {
  ...{ tcp: 6, udp: 17, udplite: 136, sctp: 132, gre: 47, esp: 50, icmp: 0 },
};
const FLAG_LETTERS = 'FSRPAUEC';
const WINDOW = 0xffff;
const CHUNK_INIT = 1;
const CHUNK_INIT_ACK = 2;
/** Bytes of a fragment but the last: RFC 8200 wants all headers in the first. */
const PIECE = 32;
const FILL = Buffer.alloc(16);

type Ends = { src: string; dst: string; sport: number; dport: number };

/** The left end. `number` tells sequences apart, from 0. */
export const addressOf = ({ family }: Sequence, number: number): string =>
  family === 4 ? `10.1.${number >> 8}.${number & 255}` : `fd01::1:${(number + 1).toString(16)}`;

/** The ends of a packet as the side sees them that sends it. */
function endsOf(s: Sequence, number: number, side: Step['side']): Ends {
  const { family, setting } = s;
  const client = addressOf(s, number);
  const port = 40_000 + (number % 20_000);
  if (side === 'left') {
    const dst = setting === 'dnat' ? SERVICE[family] : setting === 'deny' ? DENIED_POD[family] : POD[family];
    return { src: client, dst, sport: port, dport: setting === 'deny' ? DENIED_PORT : PORT };
  }
  const src = setting === 'dnat' ? BACKEND[family] : setting === 'deny' ? DENIED_POD[family] : POD[family];
  const sport = setting === 'dnat' ? BACKEND_PORT : setting === 'deny' ? DENIED_PORT : PORT;
  return { src, dst: setting === 'snat' ? NODE[family] : client, sport, dport: port };
}

/** Initial sequence numbers and SCTP tags, by side. */
const NUMBER_OF = { left: 0x1000_0000, right: 0x5000_0000 } as const;
const other = (side: Step['side']): Step['side'] => (side === 'left' ? 'right' : 'left');

/** `@-5`: with a sequence number of five less. */
function tcp({ sport, dport }: Ends, side: Step['side'], word: string): Buffer {
  const [letters = '', ahead = '0'] = word.split('@');
  const flags = [...letters].reduce((sum, letter) => sum | (letter === '-' ? 0 : 1 << FLAG_LETTERS.indexOf(letter)), 0);
  const seq = NUMBER_OF[side] + (letters.includes('S') ? 0 : 1) + Number(ahead);
  const ack = letters.includes('A') ? NUMBER_OF[other(side)] + 1 : 0;
  return bytes(u16(sport), u16(dport), u32(seq), u32(ack), Buffer.from([0x50, flags]), u16(WINDOW), u32(0));
}

/** Tag 0 goes with INIT alone (RFC 9260, section 8.5); every other packet carries the tag of who receives it. */
function sctp({ sport, dport }: Ends, side: Step['side'], word: string): Buffer {
  const types = word.split('+').map(Number);
  const tag = types[0] === CHUNK_INIT ? 0 : NUMBER_OF[other(side)];
  const init = bytes(u32(NUMBER_OF[side]), u32(65_536), u16(1), u16(1), u32(1));
  const chunks = types.map((type) => {
    const body = type === CHUNK_INIT || type === CHUNK_INIT_ACK ? init : Buffer.alloc(0);
    return bytes(Buffer.from([type, 0]), u16(4 + body.length), body);
  });
  return bytes(u16(sport), u16(dport), u32(tag), u32(0), ...chunks);
}

const ICMP_WORD = /^(\d+)(?:\/(\d+))?(?:#(\d+))?$/;

function icmp(word: string): Buffer {
  const match = ICMP_WORD.exec(word);
  if (match === null) throw new Error(`ICMP \`${word}\`: expected type/code#identifier`);
  const id = Number(match[3] ?? 7);
  return icmpHeader(Number(match[1]), Number(match[2] ?? 0), bytes(u16(id), u16(1)));
}

function transport(s: Sequence, ends: Ends, side: Step['side'], word: string): Buffer {
  switch (s.protocol) {
    case 'tcp':
      return tcp(ends, side, word);
    case 'sctp':
      return sctp(ends, side, word);
    case 'icmp':
      return icmp(word);
    case 'udp':
      return udpHeader(ends.sport, ends.dport, FILL);
    case 'udplite': {
      // RFC 3828: a checksum is a must; the kernel is told not to compute it.
      const header = udpHeader(ends.sport, ends.dport, FILL);
      header.writeUInt16BE(word === 'unsummed' ? 0 : 0xbeef, 6);
      return header;
    }
    case 'gre':
      return bytes(u16(0), u16(0x0800));
    case 'esp':
      return bytes(u32(1), u32(1));
  }
}

const numberOf = (s: Sequence): number => (s.protocol === 'icmp' ? (s.family === 4 ? 1 : 58) : NUMBERS[s.protocol]);

const datagram = (family: 4 | 6, src: string, dst: string, protocol: number, payload: Buffer): Buffer =>
  family === 4 ? ipv4(src, dst, protocol, payload) : ipv6(src, dst, protocol, payload);

/**
 * What can be wrong with an ICMP error, behind its code: `port`, `addr`, `protocol` of another packet quoted; `cut`
 * within the ports, `header` before them, `empty` before everything; `dst` sent to a stranger; `own` about a packet
 * that the sender sent itself. Right all the same: `router`, sent by one on the way.
 */
const ERROR_WORD = /^!(\d+)(?:\/(\d+))?(?::([a-z]+))?$/;

/** An ICMP error of `side` about the last packet of the other side, or about one that never was. */
function error(s: Sequence, number: number, step: Step, about: Step): Buffer {
  const [, type, code = '0', wrong] = ERROR_WORD.exec(step.word)!;
  const { family } = s;
  const seen = wrong === 'own' ? step.side : other(step.side);
  // Each side quotes what it saw, which is not what the other sent where addresses are translated.
  const own = endsOf(s, number, step.side);
  const quoted = wrong === 'own' ? own : flipped(own);
  const right = transport(s, quoted, seen, about.word);
  const ports: Ends = { ...quoted, sport: quoted.sport + 1 };
  const payload = wrong === 'port' ? transport(s, ports, seen, s.protocol === 'icmp' ? '8#9' : about.word) : right;
  const src = wrong === 'addr' ? STRANGER[other(step.side)][family] : quoted.src;
  const protocol = wrong === 'protocol' ? 103 : numberOf(s);
  const original = datagram(family, src, quoted.dst, protocol, payload);
  const header = family === 4 ? 20 : 40;
  const kept: Record<string, number> = { cut: header + 4, header, empty: 0 };
  const quote = original.subarray(0, kept[wrong ?? ''] ?? header + 8);
  const sender = wrong === 'router' ? ROUTER[family] : own.src;
  const receiver = wrong === 'dst' ? STRANGER[other(step.side)][family] : wrong === 'own' ? own.dst : src;
  const body = icmpHeader(Number(type), Number(code), bytes(u32(0), quote));
  const whole = datagram(family, sender, receiver, family === 4 ? 1 : 58, body);
  // Address translation drops an error whose checksum is wrong.
  whole.writeUInt16BE(icmpChecksum(whole), header + 2);
  return whole;
}

/** Of an ICMP message, or of ICMPv6's with the pseudo-header of RFC 8200, section 8.1; its field is 0. */
function icmpChecksum(packet: Buffer): number {
  if (packet[0]! >> 4 === 4) return onesComplement(packet.subarray(20));
  const message = packet.subarray(40);
  return onesComplement(bytes(packet.subarray(8, 40), u32(message.length), u32(58), message));
}

/** The Internet checksum (RFC 1071). */
export function onesComplement(of: Buffer): number {
  let sum = 0;
  for (let i = 0; i < of.length; i += 2) sum += i + 1 < of.length ? of.readUInt16BE(i) : of[i]! << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

const flipped = ({ src, dst, sport, dport }: Ends): Ends => ({ src: dst, dst: src, sport: dport, dport: sport });

/** One fragment: the last has all that is left. */
function fragment(s: Sequence, ends: Ends, payload: Buffer, number: number, of: number, id: number): Buffer {
  const offset = (number - 1) * PIECE;
  const more = number < of;
  const piece = payload.subarray(offset, more ? offset + PIECE : payload.length);
  if (s.family === 4)
    return ipv4(ends.src, ends.dst, numberOf(s), piece, { id, moreFragments: more, fragmentOffset: offset });
  return ipv6(ends.src, ends.dst, numberOf(s), piece, { extensions: [fragmentHeader(offset, more, id)] });
}

/** The packets of a sequence. */
export function framesOf(s: Sequence, number: number): Frame[] {
  let datagrams = 0;
  return s.steps.map((step, i) => {
    const ends = endsOf(s, number, step.side);
    const fill = step.piece === null ? Buffer.alloc(0) : Buffer.alloc(3 * PIECE);
    if (step.piece !== null && (i === 0 || s.steps[i - 1]!.piece === null || step.piece.number === 1)) datagrams++;
    if (step.word.startsWith('!')) {
      const seen = (side: Step['side']): Step | undefined =>
        s.steps.slice(0, i).findLast((one) => one.side === side && !one.word.startsWith('!'));
      const about = seen(step.word.endsWith(':own') ? step.side : other(step.side)) ?? {
        ...{ ...step, word: DEFAULT_WORD[s.protocol] },
      };
      return { sequence: s, step: i, from: step, bytes: error(s, number, step, about) };
    }
    const payload = bytes(transport(s, ends, step.side, step.word), fill);
    if (s.protocol === 'udp') payload.writeUInt16BE(payload.length + (step.word === 'long' ? 1 : 0), 4);
    const whole =
      step.piece === null
        ? datagram(s.family, ends.src, ends.dst, numberOf(s), payload)
        : fragment(s, ends, payload, step.piece.number, step.piece.of, 1000 + datagrams);
    return { sequence: s, step: i, from: step, bytes: whole };
  });
}

/** What an error quotes that comes before any packet. */
const DEFAULT_WORD: Readonly<Record<Protocol, string>> = {
  ...{ tcp: 'S', udp: '', udplite: '', sctp: '1', icmp: '8', gre: '', esp: '' },
};
