/** What tunnels and duplicates cost, and what the search for them costs a capture that has none. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { openTraffic } from '../src/capture/open.ts';
import { compile } from '../src/compile/compile.ts';
import { type ReplayResult, replay } from '../src/replay/replay.ts';
import { capture, STANDARD_CAPTURE } from './capture.ts';
import { interleaved, show } from './measure.ts';
import { STANDARD, world } from './world.ts';

const PACKETS = 200_000;
const ROUNDS = 3;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** From the record's start: captured bytes and bytes on the wire. */
const CAPTURED = 8;
const WIRE = 12;
/** Ethernet, IPv4, UDP and VXLAN between two nodes of the world. */
const OUTER = Buffer.from(
  '0200000000010200000000020800' + '450000000001000040110000ac10000aac10000b' + 'c35012b500000000' + '0800000000100000',
  'hex',
);
const IP_LENGTH = 14 + 2;
const UDP_LENGTH = 14 + 20 + 4;

export async function tunnels(): Promise<void> {
  const table = compile(world(STANDARD));
  const bare = capture(STANDARD, { ...STANDARD_CAPTURE, packets: PACKETS });
  const inside = rewritten(bare, 'vxlan', (record) => [wrapped(record)]);
  const both = rewritten(bare, 'both', (record) => [record, wrapped(record)]);
  const run = async (path: string, duplicates: 'leave-out' | 'count'): Promise<ReplayResult['tally']> =>
    (await replay(table, [await openTraffic(path)], { duplicates })).tally;
  const { rows, duplicates } = await run(both, 'leave-out');
  console.log(`each packet beside a tunnel and in it: ${duplicates.packets} of ${rows} packets are duplicates`);
  const candidate = (name: string, path: string, how: 'leave-out' | 'count') => ({
    name,
    run: async () => (await run(path, how)).rows,
  });
  const measured = await interleaved(ROUNDS, [
    candidate('no tunnel, duplicates not looked for', bare, 'count'),
    candidate('no tunnel', bare, 'leave-out'),
    candidate('all in VXLAN, duplicates not looked for', inside, 'count'),
    candidate('all in VXLAN', inside, 'leave-out'),
    candidate('each beside VXLAN and in it, all counted', both, 'count'),
    candidate('each beside VXLAN and in it', both, 'leave-out'),
  ]);
  show(`${PACKETS} packets from disk to tally, connections tracked`, 'packet', measured);
}

/** A capture made of another, record by record; written when it is not there. */
function rewritten(path: string, name: string, each: (record: Uint8Array) => Uint8Array[]): string {
  const target = path.replace(/\.pcap$/, `-${name}.pcap`);
  if (existsSync(target)) return target;
  const content = readFileSync(path);
  const parts: Uint8Array[] = [content.subarray(0, FILE_HEADER)];
  for (let at = FILE_HEADER; at < content.length; ) {
    const end = at + RECORD_HEADER + content.readUInt32LE(at + CAPTURED);
    parts.push(...each(content.subarray(at, end)));
    at = end;
  }
  const header = Buffer.from(parts[0]!);
  header.writeUInt32LE(1 << 16, 16); // the longest record
  parts[0] = header;
  writeFileSync(target, Buffer.concat(parts));
  return target;
}

function wrapped(record: Uint8Array): Buffer {
  const out = Buffer.concat([record.subarray(0, RECORD_HEADER), OUTER, record.subarray(RECORD_HEADER)]);
  const wire = out.readUInt32LE(WIRE);
  out.writeUInt32LE(out.length - RECORD_HEADER, CAPTURED);
  out.writeUInt32LE(wire + OUTER.length, WIRE);
  out.writeUInt16BE(wire + OUTER.length - 14, RECORD_HEADER + IP_LENGTH);
  out.writeUInt16BE(wire + OUTER.length - 34, RECORD_HEADER + UDP_LENGTH);
  return out;
}
