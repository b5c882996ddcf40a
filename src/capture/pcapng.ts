import { BATCH_ROWS, type PacketBatch } from '../packet/batch.ts';
import type { CaptureInterface } from '../packet/traffic.ts';
import { CaptureError } from '../source/errors.ts';
import { type Format, FULL, MORE, type ReadResult } from './format.ts';
import { takeFrame } from './frame.ts';
import {
  BLOCK_BYTES,
  byteOrder,
  CAPTURED,
  ENHANCED_PACKET,
  FRAME,
  INTERFACE,
  LENGTH,
  MAJOR,
  OBSOLETE_PACKET,
  PACKET_BYTES,
  PACKET_INTERFACE,
  SECTION,
  SECTION_BYTES,
  SIMPLE_BYTES,
  SIMPLE_FRAME,
  SIMPLE_PACKET,
  SIMPLE_WIRE,
  TIME_HIGH,
  TIME_LOW,
  WIRE,
} from './pcapng-blocks.ts';
import { copyPcapng } from './pcapng-copy.ts';
import { type Interface, MIN_INTERFACE_BYTES, readInterface } from './pcapng-interface.ts';
import { writeNoTime, writeTime } from './pcapng-time.ts';
import type { Tally } from './tally.ts';
import type { Window } from './window.ts';

/** No block that this reader needs is larger, however long it says it is. */
const MAX_BLOCK_BYTES = 1 << 26;
/** Interfaces of one section. */
const MAX_INTERFACES = 1 << 20;
/** Of all sections, that are told of. */
const MAX_DESCRIBED = 1 << 16;

const SECTION_MAGIC = [0x0a, 0x0d, 0x0d, 0x0a];

/** pcapng: sections of either byte order, any number of interfaces; blocks that hold no packet are passed over. */
export const pcapng: Format = {
  name: 'pcapng',
  isCapture: true,
  recognise: (head, _seen, ended) => {
    const known = Math.min(head.length, SECTION_MAGIC.length);
    if (!SECTION_MAGIC.slice(0, known).every((byte, i) => byte === head[i])) return 'no';
    return known === SECTION_MAGIC.length ? 'yes' : ended ? 'no' : 'undecided';
  },
  headerBytes: SECTION_BYTES,
  open: (_window, file) => {
    const reader = new PcapngReader(file);
    return {
      read: (window, batch, tally) => reader.read(window, batch, tally),
      interfaces: () => reader.interfaces,
    };
  },
  copier: () => copyPcapng(),
};

class PcapngReader {
  readonly #file: string;
  #littleEndian = true;
  #interfaces: Interface[] = [];
  /** Their names, as `deviceNames` of a batch has them. */
  #names: (string | null)[] = [];
  /** Of all sections. */
  readonly #described: Interface[] = [];
  /** Some interface of the file could be read. */
  #readsSome = false;
  #unreadLink = '';

  constructor(file: string) {
    this.#file = file;
  }

  get interfaces(): CaptureInterface[] {
    return this.#described.map(({ name, linkName, snaplen, resolution, packets }) => ({
      name,
      link: linkName,
      snaplen,
      resolution,
      packets,
    }));
  }

  read(window: Window, batch: PacketBatch, tally: Tally): ReadResult {
    batch.count = 0;
    let result: ReadResult | null = null;
    while (result === null && batch.count < BATCH_ROWS) {
      result = this.#block(window, batch, tally);
    }
    batch.packets.fill(1, 0, batch.count);
    batch.deviceNames = this.#names;
    tally.rows += batch.count;
    if (result === MORE && window.ended && window.at === window.end) return this.#atEnd(window, tally);
    return result ?? FULL;
  }

  /** Takes one block; null when it was taken. */
  #block(window: Window, batch: PacketBatch, tally: Tally): ReadResult | null {
    const { view, at, end } = window;
    const left = end - at;
    if (left < BLOCK_BYTES) {
      if (left === 0 || !window.ended) return MORE;
      return this.#cut(window, `the file ends within a block’s header: ${left} of ${BLOCK_BYTES} bytes`);
    }
    const type = view.getUint32(at, this.#littleEndian);
    if (type === SECTION) {
      // A batch has the devices of one section.
      if (batch.count > 0) return FULL;
      const order = byteOrder(view, at);
      if (order === null) return this.#corrupt(window, 'a section that tells no byte order, expected 1a2b3c4d');
      this.#littleEndian = order;
    }
    const length = view.getUint32(at + LENGTH, this.#littleEndian);
    if (length < BLOCK_BYTES || length % 4 !== 0 || length > MAX_BLOCK_BYTES) {
      const expected = `expected a multiple of 4 from ${BLOCK_BYTES} to ${MAX_BLOCK_BYTES}`;
      return this.#corrupt(window, `a block of ${length} bytes, ${expected}`);
    }
    if (length > left) {
      if (!window.ended) return MORE;
      return this.#cut(window, `the file ends within a block: ${left} of ${length} bytes`);
    }
    const again = view.getUint32(at + length - 4, this.#littleEndian);
    if (again !== length) {
      return this.#corrupt(window, `a block that begins with length ${length} and ends with length ${again}`);
    }
    const fault = this.#take(type, window, batch, tally, at + length - 4);
    if (fault !== null) return fault;
    window.at = at + length;
    return null;
  }

  /** `bodyEnd` is where the closing length begins. */
  #take(type: number, window: Window, batch: PacketBatch, tally: Tally, bodyEnd: number): CaptureError | null {
    switch (type) {
      case SECTION:
        return this.#section(window, bodyEnd);
      case INTERFACE:
        return this.#interface(window, bodyEnd);
      case ENHANCED_PACKET:
      case OBSOLETE_PACKET:
        return this.#packet(type, window, batch, tally, bodyEnd);
      case SIMPLE_PACKET:
        return this.#simplePacket(window, batch, tally, bodyEnd);
      default:
        return null;
    }
  }

  /** A section begins anew: its byte order is set, it has no interfaces yet. */
  #section(window: Window, bodyEnd: number): CaptureError | null {
    const { view, at } = window;
    if (bodyEnd + 4 - at < SECTION_BYTES) return this.#corrupt(window, 'a section header that is too short');
    const major = view.getUint16(at + MAJOR, this.#littleEndian);
    if (major !== 1) {
      const message = `pcapng version ${major} is not read, only 1; \`editcap -F pcapng OLD NEW\` rewrites a file`;
      return new CaptureError('UNSUPPORTED', this.#file, window.offsetOf(at), message);
    }
    this.#interfaces = [];
    this.#names = [];
    return null;
  }

  #interface(window: Window, bodyEnd: number): CaptureError | null {
    const { view, at } = window;
    if (bodyEnd + 4 - at < MIN_INTERFACE_BYTES) return this.#corrupt(window, 'an interface block that is too short');
    const found = readInterface(view, at, bodyEnd, this.#littleEndian, this.#interfaces.length + 1);
    if (found === null) return this.#corrupt(window, 'an option of an interface is longer than its block');
    if (this.#interfaces.length === MAX_INTERFACES) {
      return this.#corrupt(window, `more than ${MAX_INTERFACES} interfaces in one section`);
    }
    this.#interfaces.push(found);
    this.#names.push(found.name);
    if (this.#described.length < MAX_DESCRIBED) this.#described.push(found);
    if (found.link !== null) this.#readsSome = true;
    else this.#unreadLink = found.linkName;
    return null;
  }

  #packet(type: number, window: Window, batch: PacketBatch, tally: Tally, bodyEnd: number): CaptureError | null {
    const { view, at } = window;
    const le = this.#littleEndian;
    if (bodyEnd + 4 - at < PACKET_BYTES) return this.#corrupt(window, 'a packet block that is too short');
    const number =
      type === ENHANCED_PACKET ? view.getUint32(at + PACKET_INTERFACE, le) : view.getUint16(at + PACKET_INTERFACE, le);
    const source = this.#interfaces[number];
    if (source === undefined) return this.#noInterface(window, number);
    const captured = view.getUint32(at + CAPTURED, le);
    if (at + FRAME + captured > bodyEnd) {
      return this.#corrupt(window, `a packet of ${captured} captured bytes, longer than its block`);
    }
    source.packets++;
    if (takeFrame(window, batch, tally, source, at + FRAME, captured, view.getUint32(at + WIRE, le))) {
      const row = batch.count - 1;
      writeTime(batch, row, view.getUint32(at + TIME_HIGH, le), view.getUint32(at + TIME_LOW, le), source);
    }
    return null;
  }

  #simplePacket(window: Window, batch: PacketBatch, tally: Tally, bodyEnd: number): CaptureError | null {
    const { view, at } = window;
    if (bodyEnd + 4 - at < SIMPLE_BYTES) return this.#corrupt(window, 'a packet block that is too short');
    const source = this.#interfaces[0];
    if (source === undefined) return this.#noInterface(window, 0);
    const wire = view.getUint32(at + SIMPLE_WIRE, this.#littleEndian);
    const captured = source.snaplen === 0 ? wire : Math.min(wire, source.snaplen);
    if (at + SIMPLE_FRAME + captured > bodyEnd) {
      return this.#corrupt(window, `a packet of ${captured} captured bytes, longer than its block`);
    }
    source.packets++;
    if (takeFrame(window, batch, tally, source, at + SIMPLE_FRAME, captured, wire)) {
      writeNoTime(batch, batch.count - 1);
    }
    return null;
  }

  /** All is read: a file of which no interface could be read is refused. */
  #atEnd(window: Window, tally: Tally): ReadResult {
    if (this.#readsSome || tally.unreadLink === 0) return MORE;
    const hint = 'capture on an interface that gives Ethernet or IP, e.g. `tcpdump -i eth0` or `-i any`';
    const message = `link type ${this.#unreadLink} is not read; ${hint}`;
    return new CaptureError('UNSUPPORTED', this.#file, window.offsetOf(window.at), message);
  }

  #noInterface(window: Window, number: number): CaptureError {
    const known = `the section has ${this.#interfaces.length}`;
    return this.#corrupt(window, `a packet of interface ${number}, but ${known}`);
  }

  #corrupt(window: Window, message: string): CaptureError {
    return new CaptureError('CORRUPT', this.#file, window.offsetOf(window.at), message);
  }

  #cut(window: Window, message: string): CaptureError {
    return new CaptureError('TRUNCATED', this.#file, window.offsetOf(window.at), message);
  }
}
