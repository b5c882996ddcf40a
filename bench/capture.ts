/**
 * Writes a pcap for a world into bench/.work, once for each set of parameters: 2 million packets of conversations of
 * which some thousands are under way at a time, as in a real capture.
 */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../src/compile/compile.ts';
import { classify } from '../src/table/classify.ts';
import { Matcher } from '../src/table/matcher.ts';
import { root } from '../test/paths.ts';
import { type Random, seeded } from '../test/random.ts';
import { type Flow, flowMaker } from './flows.ts';
import { ACK, frameBytes, type Moment, SYN, writeArp, writeFrame } from './frames.ts';
import { type WorldOptions, world } from './world.ts';

export type CaptureOptions = {
  readonly packets: number;
  /** Conversations under way at a time. */
  readonly active: number;
  /** Share of the conversations that the policies let through. */
  readonly forwarded: number;
  readonly seed: number;
};

export const STANDARD_CAPTURE: CaptureOptions = { packets: 2_000_000, active: 32_768, forwarded: 0.55, seed: 7 };

const SNAPLEN = 96;
const BUFFER_BYTES = 4 << 20;
const RECORD_BYTES = 16;
/** On average, packets of a conversation. */
const FLOW_PACKETS = 7;
const REVERSED = 0.45;
const ARP = 0.005;
/** Lengths of payloads, by how often they are met. */
const PAYLOADS = [0, 0, 0, 0, 24, 80, 300, 536, 1400];
const START_SECONDS = 1_785_578_400;

/** The path of the capture; written when it is not there. */
export function capture(options: WorldOptions, wanted: CaptureOptions = STANDARD_CAPTURE): string {
  const folder = join(root, 'bench', '.work');
  mkdirSync(folder, { recursive: true });
  const { packets, active, forwarded, seed } = wanted;
  const name = [
    options.pods,
    options.namespaces,
    options.policies,
    options.seed ?? 1,
    packets,
    active,
    forwarded,
    seed,
  ];
  const path = join(folder, `traffic-${name.join('-')}.pcap`);
  if (!existsSync(path) || statSync(path).size === 0) {
    write(`${path}.part`, options, wanted);
    renameSync(`${path}.part`, path);
  }
  return path;
}

type Running = { readonly flow: Flow; left: number; sent: boolean; answered: boolean };

function write(path: string, options: WorldOptions, wanted: CaptureOptions): void {
  const cluster = world(options);
  const matcher = new Matcher(compile(cluster));
  const random = seeded(wanted.seed);
  const nextFlow = flowMaker(
    cluster,
    random,
    wanted.forwarded,
    (tuple) => classify(matcher, tuple).verdict === 'forwarded',
  );
  const start = (): Running => ({
    flow: nextFlow(),
    left: 1 + random.below(2 * FLOW_PACKETS - 1),
    sent: false,
    answered: false,
  });
  const running = Array.from({ length: wanted.active }, start);
  const out = new Output(path);
  for (let i = 0; i < wanted.packets; i++) {
    if (random.chance(ARP)) {
      out.arp();
      continue;
    }
    const place = random.below(running.length);
    const one = running[place]!;
    out.frame(one.flow, moment(one, i, random));
    if (--one.left === 0) running[place] = start();
  }
  out.close();
}

function moment(one: Running, number: number, random: Random): Moment {
  const reversed = one.sent && random.chance(REVERSED / (1 - 1 / FLOW_PACKETS));
  const opens = !one.sent;
  const answers = reversed && !one.answered;
  one.sent = true;
  if (reversed) one.answered = true;
  return {
    reversed,
    tcpFlags: opens ? SYN : answers ? SYN | ACK : ACK,
    later: one.flow.fragmented && !opens && one.left % 2 === 0,
    id: number & 0xffff,
    payload: opens ? 0 : random.pick(PAYLOADS),
  };
}

/** A pcap file, microseconds, little-endian, Ethernet. */
class Output {
  readonly #fd: number;
  readonly #bytes = Buffer.alloc(BUFFER_BYTES);
  readonly #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
  #at = 24;
  #microseconds = 0;

  constructor(path: string) {
    this.#fd = openSync(path, 'w');
    const header = [0xa1b2_c3d4, 0x0004_0002, 0, 0, SNAPLEN, 1];
    header.forEach((word, i) => {
      this.#view.setUint32(i * 4, word, true);
    });
  }

  frame(flow: Flow, now: Moment): void {
    const wire = frameBytes(flow, now);
    const at = this.#record(Math.min(wire, SNAPLEN), wire);
    writeFrame(this.#view, at, flow, now);
  }

  arp(): void {
    writeArp(this.#view, this.#record(60, 60));
  }

  close(): void {
    writeSync(this.#fd, this.#bytes, 0, this.#at);
    closeSync(this.#fd);
  }

  /** Writes a record's header; returns where its frame begins, with room for all of its headers. */
  #record(captured: number, wire: number): number {
    if (this.#at + RECORD_BYTES + 2 * SNAPLEN > BUFFER_BYTES) {
      writeSync(this.#fd, this.#bytes, 0, this.#at);
      this.#bytes.fill(0);
      this.#at = 0;
    }
    const view = this.#view;
    const at = this.#at;
    this.#microseconds += 5;
    view.setUint32(at, START_SECONDS + Math.floor(this.#microseconds / 1e6), true);
    view.setUint32(at + 4, this.#microseconds % 1e6, true);
    view.setUint32(at + 8, captured, true);
    view.setUint32(at + 12, wire, true);
    this.#at += RECORD_BYTES + captured;
    return at + RECORD_BYTES;
  }
}
