/** A second reader of pcapng, for what was written: slow and obvious, one object a packet, comments and all. */
export type WrittenPacket = {
  readonly interface: number;
  /** Null of a simple packet. */
  readonly units: bigint | null;
  readonly wire: number;
  readonly frame: Buffer;
  readonly comments: readonly string[];
};
export type WrittenInterface = { readonly linkType: number; readonly options: ReadonlyMap<number, Buffer> };
export type Written = {
  /** Types of all blocks, in order. */
  readonly types: readonly number[];
  /** Of all sections, in order. */
  readonly interfaces: readonly WrittenInterface[];
  readonly packets: readonly WrittenPacket[];
};

const SECTION = 0x0a0d0d0a;
const COMMENT = 1;

export function readWritten(bytes: Buffer): Written {
  const types: number[] = [];
  const interfaces: WrittenInterface[] = [];
  const packets: WrittenPacket[] = [];
  let le = true;
  let before = 0;
  for (let at = 0; at < bytes.length; ) {
    if (bytes.readUInt32BE(at) === SECTION) {
      le = bytes.readUInt32LE(at + 8) === 0x1a2b3c4d;
      before = interfaces.length;
    }
    const u32 = (offset: number): number => (le ? bytes.readUInt32LE(at + offset) : bytes.readUInt32BE(at + offset));
    const u16 = (offset: number): number => (le ? bytes.readUInt16LE(at + offset) : bytes.readUInt16BE(at + offset));
    const options = (from: number, to: number): [number, Buffer][] => {
      const found: [number, Buffer][] = [];
      for (let offset = from; offset + 4 <= to && u16(offset) !== 0; offset += 4 + round(u16(offset + 2)))
        found.push([u16(offset), bytes.subarray(at + offset + 4, at + offset + 4 + u16(offset + 2))]);
      return found;
    };
    const type = u32(0);
    const length = u32(4);
    if (u32(length - 4) !== length || length % 4 !== 0) throw new Error(`block at ${at}: its two lengths differ`);
    types.push(type);
    if (type === 1) interfaces.push({ linkType: u16(8), options: new Map(options(16, length - 4)) });
    if (type === 6 || type === 2)
      packets.push({
        interface: before + (type === 6 ? u32(8) : u16(8)),
        units: (BigInt(u32(12)) << 32n) | BigInt(u32(16)),
        wire: u32(24),
        frame: bytes.subarray(at + 28, at + 28 + u32(20)),
        comments: options(28 + round(u32(20)), length - 4)
          .filter(([code]) => code === COMMENT)
          .map(([, value]) => value.toString()),
      });
    if (type === 3)
      packets.push({
        interface: before,
        units: null,
        wire: u32(8),
        frame: bytes.subarray(at + 12, at + length - 4),
        comments: [],
      });
    at += length;
  }
  return { types, interfaces, packets };
}

const round = (bytes: number): number => Math.ceil(bytes / 4) * 4;
