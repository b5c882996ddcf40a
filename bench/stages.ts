/** Where the time of a packet goes: the stages of `classifyBatch`, each timed a batch at a time, on a whole capture. */
import { openTraffic } from '../src/capture/open.ts';
import type { PacketBatch } from '../src/packet/batch.ts';
import { HAS_PORTS } from '../src/packet/batch.ts';
import type { MatchTable } from '../src/table/match-table.ts';
import { Matcher } from '../src/table/matcher.ts';
import { createVerdicts } from '../src/verdict/batch.ts';
import { digits } from './measure.ts';

const SLICE_ROWS = 256;
const ROUNDS = 5;
const STAGES = ['read and decode', 'classes of both ends', 'L4 class', 'egress cells', 'ingress cells', 'counters'];

export async function showStages(table: MatchTable, path: string): Promise<void> {
  console.log(`\nstages, ns a packet, median of ${ROUNDS}: with a cache of cells that was empty, and one that was not`);
  const warm = new Matcher(table);
  await onePass(table, warm, path);
  const rounds: [number[], number[]][] = [];
  for (let i = 0; i < ROUNDS; i++) {
    rounds.push([await onePass(table, new Matcher(table), path), await onePass(table, warm, path)]);
  }
  const median = (stage: number, which: 0 | 1): string =>
    digits(rounds.map((round) => round[which][stage]!).sort((a, b) => a - b)[ROUNDS >> 1]!);
  STAGES.forEach((name, stage) => {
    console.log(`  ${name.padEnd(24)}${median(stage, 0).padStart(10)}${median(stage, 1).padStart(10)}`);
  });
}

/** Nanoseconds a packet, by stage. */
async function onePass(table: MatchTable, matcher: Matcher, path: string): Promise<number[]> {
  const stages = new Stages(table, matcher);
  const started = performance.now();
  const traffic = await openTraffic(path);
  for await (const batch of traffic.batches()) stages.run(batch);
  const inStages = stages.spent.reduce((sum, one) => sum + one, 0);
  stages.spent[0] = performance.now() - started - inStages;
  return stages.spent.map((milliseconds) => (milliseconds * 1e6) / traffic.counts.rows);
}

class Stages {
  readonly spent = STAGES.map(() => 0);
  readonly #table: MatchTable;
  readonly #matcher: Matcher;
  readonly #source = new Int32Array(SLICE_ROWS);
  readonly #destination = new Int32Array(SLICE_ROWS);
  readonly #l4 = new Int32Array(SLICE_ROWS);
  readonly #out = createVerdicts(4096);
  readonly #counters: Float64Array;

  constructor(table: MatchTable, matcher: Matcher) {
    this.#table = table;
    this.#matcher = matcher;
    const { count, general } = table.decisions;
    this.#counters = new Float64Array((count + table.profiles.count * general) * 2);
  }

  run(batch: PacketBatch): void {
    const { egressProfile, ingressProfile } = this.#table.classes;
    for (let from = 0; from < batch.count; from += SLICE_ROWS) {
      const rows = Math.min(SLICE_ROWS, batch.count - from);
      const times = [performance.now()];
      this.#classes(batch, from, rows);
      times.push(performance.now());
      this.#l4Classes(batch, from, rows);
      times.push(performance.now());
      this.#matcher.findings(egressProfile, this.#source, this.#destination, this.#l4, rows, this.#out.egress, from);
      times.push(performance.now());
      this.#matcher.findings(ingressProfile, this.#destination, this.#source, this.#l4, rows, this.#out.ingress, from);
      times.push(performance.now());
      this.#count(batch, from, rows);
      times.push(performance.now());
      for (let stage = 1; stage < times.length; stage++) this.spent[stage]! += times[stage]! - times[stage - 1]!;
    }
  }

  #classes({ family, src0, src1, src2, src3, dst0, dst1, dst2, dst3 }: PacketBatch, from: number, rows: number): void {
    const matcher = this.#matcher;
    for (let i = 0; i < rows; i++) {
      const r = from + i;
      this.#source[i] =
        family[r] === 6 ? matcher.class6(src0[r]!, src1[r]!, src2[r]!, src3[r]!) : matcher.class4(src0[r]!);
    }
    for (let i = 0; i < rows; i++) {
      const r = from + i;
      this.#destination[i] =
        family[r] === 6 ? matcher.class6(dst0[r]!, dst1[r]!, dst2[r]!, dst3[r]!) : matcher.class4(dst0[r]!);
    }
  }

  #l4Classes({ flags, protocol, sourcePort, destinationPort }: PacketBatch, from: number, rows: number): void {
    const matcher = this.#matcher;
    for (let i = 0; i < rows; i++) {
      const r = from + i;
      const known = (flags[r]! & HAS_PORTS) !== 0;
      this.#l4[i] = known
        ? matcher.l4(protocol[r]!, destinationPort[r]!, sourcePort[r]!)
        : matcher.l4Unknown(protocol[r]!);
    }
  }

  #count({ length }: PacketBatch, from: number, rows: number): void {
    const counters = this.#counters;
    const { egress, ingress } = this.#out;
    for (let row = from; row < from + rows; row++) {
      counters[egress[row]! * 2]! += 1;
      counters[egress[row]! * 2 + 1]! += length[row]!;
      counters[ingress[row]! * 2]! += 1;
      counters[ingress[row]! * 2 + 1]! += length[row]!;
    }
  }
}
