import { formatWords } from '../net/address.ts';
import { protocolName } from '../net/protocol.ts';
import { HAS_PORTS, IS_TUNNEL, IS_TUNNELLED, LATER_FRAGMENT, NO_TIME, type PacketBatch } from '../packet/batch.ts';
import type { CaptureInterface, Traffic, TrafficCounts } from '../packet/traffic.ts';
import { type Cell, columns } from './columns.ts';
import { plain } from './escape.ts';
import { count, counted, percent, utc } from './numbers.ts';
import type { Palette } from './palette.ts';
import { byPackets } from './summary.ts';

/** How many addresses are kept apart; packets of others are counted together. */
const MAX_ENDS = 65_536;

export type Share = { readonly name: string; packets: number; bytes: number };

/** What an input of traffic is and holds, before any policy is asked. `info -o json` prints it as it is. */
export type CaptureInfo = {
  readonly file: string;
  readonly format: string;
  readonly compressions: readonly string[];
  readonly interfaces: readonly CaptureInterface[];
  readonly counts: TrafficCounts;
  readonly bytes: number;
  readonly captured: number;
  /** Packets of which not all was captured; later fragments. */
  readonly cut: number;
  readonly fragments: number;
  readonly time: { readonly first: number | null; readonly last: number | null };
  /** Most packets first, as all lists. */
  readonly protocols: readonly Share[];
  readonly tunnels: readonly Share[];
  readonly ends: readonly Share[];
  /** Packets of addresses that found no place in `ends`. */
  readonly otherEnds: number;
  readonly fault: { readonly code: string; readonly offset: number; readonly message: string } | null;
};

/** UDP ports of tunnels that are read: RFC 7348, Linux's old VXLAN port, RFC 8926. */
const TUNNEL_PORTS: ReadonlyMap<number, string> = new Map([
  [4789, 'VXLAN'],
  [8472, 'VXLAN'],
  [6081, 'Geneve'],
]);
const UDP = 17;

/** Reads an input to its end. */
export async function informationOf(input: Traffic): Promise<CaptureInfo> {
  const seen = new Seen();
  for await (const batch of input.batches()) seen.add(batch);
  const { file, format, compressions = [], interfaces, counts, fault } = input;
  return {
    file,
    format,
    compressions,
    interfaces: interfaces?.() ?? [],
    counts,
    ...seen.found(),
    fault: fault && { code: fault.code, offset: fault.offset, message: fault.message },
  };
}

type Found = Omit<CaptureInfo, 'file' | 'format' | 'compressions' | 'interfaces' | 'counts' | 'fault'>;

class Seen {
  #bytes = 0;
  #captured = 0;
  #cut = 0;
  #fragments = 0;
  #first: number | null = null;
  #last: number | null = null;
  #otherEnds = 0;
  readonly #protocols = new Map<number, Share>();
  readonly #tunnels = new Map<string, Share>();
  readonly #ends = new Map<string, Share>();

  add(batch: PacketBatch): void {
    for (let row = 0; row < batch.count; row++) {
      const packets = batch.packets[row]!;
      const bytes = batch.bytes[row]!;
      const flags = batch.flags[row]!;
      this.#bytes += bytes;
      this.#captured += batch.captured[row]!;
      if (batch.captured[row]! < batch.length[row]!) this.#cut++;
      if ((flags & LATER_FRAGMENT) !== 0) this.#fragments++;
      const protocol = batch.protocol[row]!;
      share(this.#protocols, protocol, () => String(protocolName(protocol)), packets, bytes);
      if ((flags & (IS_TUNNELLED | IS_TUNNEL)) !== 0) {
        const name = tunnelName(batch, row);
        share(this.#tunnels, name, () => name, packets, bytes);
      }
      this.#addEnds(batch, row, packets, bytes);
      this.#addTime(batch, row);
    }
  }

  found(): Found {
    const sorted = (shares: ReadonlyMap<unknown, Share>): Share[] => [...shares.values()].sort(byPackets);
    return {
      bytes: this.#bytes,
      captured: this.#captured,
      cut: this.#cut,
      fragments: this.#fragments,
      time: { first: this.#first, last: this.#last },
      protocols: sorted(this.#protocols),
      tunnels: sorted(this.#tunnels),
      ends: sorted(this.#ends),
      otherEnds: this.#otherEnds,
    };
  }

  #addEnds(b: PacketBatch, row: number, packets: number, bytes: number): void {
    const family = b.family[row]!;
    const src = formatWords(family, b.src0[row]!, b.src1[row]!, b.src2[row]!, b.src3[row]!);
    const dst = formatWords(family, b.dst0[row]!, b.dst1[row]!, b.dst2[row]!, b.dst3[row]!);
    for (const name of new Set([src, dst]))
      if (this.#ends.size < MAX_ENDS || this.#ends.has(name)) share(this.#ends, name, () => name, packets, bytes);
      else this.#otherEnds += packets;
  }

  #addTime(batch: PacketBatch, row: number): void {
    if (batch.timeDigits[row] === NO_TIME) return;
    const time = batch.seconds[row]! + batch.nanos[row]! / 1e9;
    this.#first = Math.min(this.#first ?? time, time);
    this.#last = Math.max(this.#last ?? time, time);
  }
}

function share<K>(shares: Map<K, Share>, key: K, name: () => string, packets: number, bytes: number): void {
  let known = shares.get(key);
  if (known === undefined) {
    known = { name: name(), packets: 0, bytes: 0 };
    shares.set(key, known);
  }
  known.packets += packets;
  known.bytes += bytes;
}

/** The outermost: `VXLAN (UDP 4789)`, `protocol 4`. */
function tunnelName(batch: PacketBatch, row: number): string {
  const at = (batch.flags[row]! & IS_TUNNELLED) !== 0 ? batch.outer : batch;
  const protocol = at.protocol[row]!;
  const port = at.destinationPort[row]!;
  if (protocol !== UDP || (at.flags[row]! & HAS_PORTS) === 0) return `protocol ${protocolName(protocol)}`;
  return `${TUNNEL_PORTS.get(port) ?? 'tunnel'} (UDP ${port})`;
}

/** The same for people. */
export function infoText(info: CaptureInfo, palette: Palette, top: number): string {
  const { counts, time, fault } = info;
  const seconds = time.first === null || time.last === null ? null : time.last - time.first;
  const other = [
    [counts.notIp, 'not IP'],
    [counts.undecodable, 'undecodable'],
    [counts.rejected, 'rejected'],
    [counts.skipped, 'skipped'],
    [counts.unreadLink, 'of links that are not read'],
  ] as const;
  const lines: [string, string][] = [
    ['File', info.file],
    ['Format', [info.format, ...info.compressions].join(', ')],
    [
      'Records',
      [count(counts.records), ...other.flatMap(([n, what]) => (n > 0 ? `${count(n)} ${what}` : []))].join(', '),
    ],
    [
      'Packets',
      `${count(counts.rows)} of IP${info.cut > 0 ? `, ${count(info.cut)} cut` : ''}${info.fragments > 0 ? `, ${counted(info.fragments, 'later fragment')}` : ''}`,
    ],
    ['Bytes', `${count(info.bytes)} on the wire, ${count(info.captured)} captured`],
    ['Time', seconds === null ? 'none' : `${utc(time.first!)} to ${utc(time.last!)}, ${seconds.toFixed(3)} s`],
    ['Read to', fault === null ? 'its end' : `byte ${fault.offset}: ${fault.message}`],
  ];
  const keys = lines.map(([key, value]) => `${`${key}:`.padEnd(10)}${plain(value)}\n`).join('');
  return [keys, interfaces(info, palette, top), ...shares(info, palette, top)].filter((part) => part !== '').join('\n');
}

function interfaces({ interfaces }: CaptureInfo, palette: Palette, top: number): string {
  if (interfaces.length === 0) return '';
  const heads = ['INTERFACE', 'LINK TYPE', 'SNAPLEN', 'RESOLUTION', 'PACKETS'];
  const rows = interfaces
    .slice(0, top)
    .map(({ name, link, snaplen, resolution, packets }, i): Cell[] => [
      name ?? String(i),
      link,
      snaplen === 0 ? 'none' : count(snaplen),
      resolution,
      count(packets),
    ]);
  const table = columns(
    heads.map((title) => ({ title, right: title === 'PACKETS' || title === 'SNAPLEN' })),
    rows,
    palette.heading,
  );
  return table + leftOut(interfaces.length, top, palette);
}

function shares({ protocols, tunnels, ends, counts, otherEnds }: CaptureInfo, palette: Palette, top: number): string[] {
  const list = (title: string, all: readonly Share[], rest = ''): string => {
    if (all.length === 0) return '';
    const rows = all
      .slice(0, top)
      .map(({ name, packets, bytes }) => [name, count(packets), percent(packets, counts.rows), count(bytes)]);
    const heads = [{ title }, ...['PACKETS', '%', 'BYTES'].map((one) => ({ title: one, right: true }))];
    return columns(heads, rows, palette.heading) + leftOut(all.length, top, palette) + rest;
  };
  const rest = otherEnds > 0 ? palette.faint(`${counted(otherEnds, 'packet')} of other addresses\n`) : '';
  return [list('PROTOCOL', protocols), list('TUNNEL', tunnels), list('END', ends, rest)];
}

const leftOut = (all: number, top: number, palette: Palette): string =>
  all <= top ? '' : palette.faint(`and ${count(all - top)} more (--top ${all} shows all)\n`);
