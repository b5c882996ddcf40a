/** The readers of captures, without what compresses them: their records, blocks and options. */
import { pcap } from '../../../src/capture/pcap.ts';
import { pcapng } from '../../../src/capture/pcapng.ts';
import { hex, pcap as pcapOf } from '../../pcap-writer.ts';
import { CUSTOM, NAMES, pcapngWriter, SECRETS, STATISTICS } from '../../pcapng-writer.ts';
import type { Target } from '../target.ts';
import { ETHERNET_FRAMES } from './frames.ts';
import { readsSoundly } from './reader.ts';

const some = ETHERNET_FRAMES.slice(0, 3);

export const pcapFiles: Target = {
  name: 'pcap',
  about: 'pcap files: header, records, lengths, byte orders',
  full: 2_000_000,
  quick: 6_000,
  seeds: [
    pcapOf(some),
    pcapOf(some, { nano: true, bigEndian: true }),
    pcapOf(some, { kuznetzov: true, snaplen: 40 }),
    pcapOf([{ frame: some[0]!, wireBytes: 1500 }, ...some], { linkType: 1 | 0x2400_0000 }),
    pcapOf([some[0]!.subarray(14)], { linkType: 101 }),
  ],
  words: [hex('d4c3b2a1'), hex('a1b23c4d'), hex('34cdb2a1'), hex('ffff0000'), hex('00000400')],
  run: (input) => readsSoundly(pcap, input),
};

const sections = [false, true].map((bigEndian) => {
  const writer = pcapngWriter(bigEndian);
  return Buffer.concat([
    writer.section([[1, Buffer.from('comment')]]),
    writer.interface({ resolution: 9, offset: 5n, checksum: 4 }),
    writer.interface({ linkType: 101, resolution: 0x8a, snaplen: 40 }),
    writer.packet(some[0]!, { comment: 'x', time: 5n }),
    writer.block(NAMES, hex('00000000')),
    writer.simple(some[1]!),
    writer.obsolete(some[1]!, { on: 1 }),
    writer.block(STATISTICS, hex('00000000 00000000 00000000')),
    writer.block(SECRETS, hex('4b53 4c54 00000004 41424344')),
    writer.block(CUSTOM, Buffer.alloc(8)),
  ]);
});

export const pcapngFiles: Target = {
  name: 'pcapng',
  about: 'pcapng files: sections, interfaces, options, packet blocks',
  full: 250_000,
  quick: 6_000,
  seeds: [...sections, Buffer.concat(sections)],
  words: [hex('0a0d0d0a'), hex('4d3c2b1a'), hex('1a2b3c4d'), hex('06000000'), hex('03000000'), hex('09000100')],
  run: (input) => readsSoundly(pcapng, input),
};
