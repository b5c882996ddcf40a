/** pcapng files for tests, block by block. */
import { u16, u32 } from './pcap-writer.ts';

export type Option = readonly [code: number, value: Uint8Array];

export type InterfaceOptions = {
  /** LINKTYPE_ number, EN10MB when left out. */
  readonly linkType?: number;
  readonly snaplen?: number;
  /** if_tsresol: 6 is 10^-6, 0x80 + 10 is 2^-10. */
  readonly resolution?: number;
  /** if_tsoffset in seconds. */
  readonly offset?: bigint;
  /** if_fcslen. */
  readonly checksum?: number;
  readonly options?: readonly Option[];
};
export type PacketOptions = {
  readonly on?: number;
  /** In units of the interface. */
  readonly time?: bigint;
  readonly wireBytes?: number;
  readonly comment?: string;
};

/** Blocks of one byte order. A file is blocks put together; `section` begins it. */
export type PcapngWriter = {
  readonly section: (options?: readonly Option[]) => Buffer;
  readonly interface: (options?: InterfaceOptions) => Buffer;
  /** Enhanced Packet Block. */
  readonly packet: (frame: Uint8Array, options?: PacketOptions) => Buffer;
  /** Simple Packet Block: the frame as it was captured. */
  readonly simple: (frame: Uint8Array, wireBytes?: number) => Buffer;
  /** Packet Block, obsolete. */
  readonly obsolete: (frame: Uint8Array, options?: PacketOptions) => Buffer;
  readonly block: (type: number, body: Uint8Array) => Buffer;
};

export const NAMES = 4;
export const STATISTICS = 5;
export const SECRETS = 10;
export const CUSTOM = 0xbad;
const COMMENT = 1;

export function pcapngWriter(bigEndian = false): PcapngWriter {
  const inOrder = (bytes: Buffer): Buffer => (bigEndian ? bytes : bytes.reverse());
  const word = (value: number): Buffer => inOrder(u32(value));
  const half = (value: number): Buffer => inOrder(u16(value));
  const long = (value: bigint): Buffer => {
    const halves = [word(Number(BigInt.asUintN(32, value >> 32n))), word(Number(BigInt.asUintN(32, value)))];
    return Buffer.concat(bigEndian ? halves : halves.reverse());
  };
  const options = (list: readonly Option[]): Buffer =>
    list.length === 0
      ? Buffer.alloc(0)
      : Buffer.concat([
          ...list.flatMap(([code, value]) => [half(code), half(value.length), padded(value)]),
          half(0),
          half(0),
        ]);
  const block = (type: number, body: Uint8Array): Buffer => {
    const length = word(12 + padded(body).length);
    return Buffer.concat([word(type), length, padded(body), length]);
  };
  const packetBody = (source: Buffer, frame: Uint8Array, o: PacketOptions): Buffer => {
    const time = o.time ?? 0n;
    const times = [word(Number(BigInt.asUintN(32, time >> 32n))), word(Number(BigInt.asUintN(32, time)))];
    const lengths = [word(frame.length), word(o.wireBytes ?? frame.length)];
    const comments: Option[] = o.comment === undefined ? [] : [[COMMENT, Buffer.from(o.comment)]];
    return Buffer.concat([source, ...times, ...lengths, padded(frame), options(comments)]);
  };
  return {
    block,
    section: (list = []) =>
      block(0x0a0d0d0a, Buffer.concat([word(0x1a2b3c4d), half(1), half(0), long(-1n), options(list)])),
    interface: ({ linkType = 1, snaplen = 0, resolution, offset, checksum, options: more = [] } = {}) => {
      const list: Option[] = [...more];
      if (resolution !== undefined) list.push([9, Buffer.from([resolution])]);
      if (checksum !== undefined) list.push([13, Buffer.from([checksum])]);
      if (offset !== undefined) list.push([14, long(offset)]);
      return block(1, Buffer.concat([half(linkType), half(0), word(snaplen), options(list)]));
    },
    packet: (frame, o = {}) => block(6, packetBody(word(o.on ?? 0), frame, o)),
    obsolete: (frame, o = {}) => block(2, packetBody(Buffer.concat([half(o.on ?? 0), half(0xffff)]), frame, o)),
    simple: (frame, wireBytes = frame.length) => block(3, Buffer.concat([word(wireBytes), padded(frame)])),
  };
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
