/** Follows a replay beside its tally: when each finding was hit, which workloads and ports were seen, at which hours. */
import { formatWords, parseAddress, wordsOf } from '../net/address.ts';
import { HAS_PORTS, NO_TIME, type PacketBatch } from '../packet/batch.ts';
import type { MatchTable } from '../table/match-table.ts';
import type { VerdictBatch } from '../verdict/batch.ts';
import type { Usage } from '../verdict/coverage.ts';
import { flagBit } from '../verdict/reasons.ts';

const DUPLICATE = flagBit('duplicate');
const HOUR = 3600;
const HOURS = 24;
const DAYS = 7;
/** 1970-01-01 was a Thursday; weeks begin on Sunday here. */
const FIRST_WEEKDAY = 4;
const PORTS = 65_536;
const PROTOCOL_PORTS = 256 * PORTS;
const NOBODY = -1;

export class UsageCount implements Usage {
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly endpoints: Uint8Array;
  readonly hours = new Float64Array(HOURS);
  readonly weekdays = new Float64Array(DAYS);
  readonly #endpointAt: Places;
  readonly #serviceAt: Places;
  readonly #nodeAt: Places;
  /** nodePorts by protocol * 65536 + port: the ports of Services that they lead to. */
  readonly #nodePorts = new Map<number, number[]>();
  readonly #ports = new Set<number>();
  readonly #servicePorts = new Set<number>();

  constructor(table: MatchTable) {
    const { count, general } = table.decisions;
    const findings = count + table.profiles.count * general;
    this.first = new Float64Array(findings).fill(Number.NaN);
    this.last = new Float64Array(findings).fill(Number.NaN);
    this.endpoints = new Uint8Array(table.endpoints.list.length);
    this.#endpointAt = new Places(table.endpoints.byAddress);
    this.#serviceAt = new Places(table.services.byAddress);
    this.#nodeAt = new Places(table.nodes.byAddress);
    table.services.list.forEach(({ ports }, service) => {
      for (const { protocol, port, nodePort } of ports) {
        if (nodePort === null) continue;
        const known = this.#nodePorts.get(protocol * PORTS + nodePort) ?? [];
        this.#nodePorts.set(protocol * PORTS + nodePort, [...known, portKey(service, protocol, port)]);
      }
    });
  }

  sawPort(endpoint: number, protocol: number, port: number): boolean {
    return this.#ports.has(portKey(endpoint, protocol, port));
  }

  sawServicePort(service: number, protocol: number, port: number): boolean {
    return this.#servicePorts.has(portKey(service, protocol, port));
  }

  /** Rows once they are judged. Duplicates were seen before. */
  add(batch: PacketBatch, verdicts: VerdictBatch): void {
    for (let row = 0; row < batch.count; row++) {
      if ((verdicts.flags[row]! & DUPLICATE) !== 0) continue;
      if (batch.timeDigits[row] !== NO_TIME) this.#time(batch, verdicts, row);
      this.#ends(batch, verdicts, row);
    }
  }

  #time({ seconds, nanos, packets }: PacketBatch, { egress, ingress }: VerdictBatch, row: number): void {
    const time = seconds[row]! + nanos[row]! / 1e9;
    this.#hit(egress[row]!, time);
    this.#hit(ingress[row]!, time);
    const hour = Math.floor(seconds[row]! / HOUR);
    this.hours[hour % HOURS]! += packets[row]!;
    this.weekdays[(Math.floor(hour / HOURS) + FIRST_WEEKDAY) % DAYS]! += packets[row]!;
  }

  /** Comparisons with NaN are false: the first time counts. */
  #hit(finding: number, time: number): void {
    if (!(this.first[finding]! <= time)) this.first[finding] = time;
    if (!(this.last[finding]! >= time)) this.last[finding] = time;
  }

  #ends(batch: PacketBatch, { reversed }: VerdictBatch, row: number): void {
    const from = this.#endpointAt.source(batch, row);
    const to = this.#endpointAt.destination(batch, row);
    if (from !== NOBODY) this.endpoints[from] = 1;
    if (to !== NOBODY) this.endpoints[to] = 1;
    if ((batch.flags[row]! & HAS_PORTS) === 0) return;
    // Who was connected to, and where: the sender of an answer.
    const isAnswer = reversed[row] === 1;
    const server = isAnswer ? from : to;
    const port = isAnswer ? batch.sourcePort[row]! : batch.destinationPort[row]!;
    if (server !== NOBODY) this.#ports.add(portKey(server, batch.protocol[row]!, port));
    else this.#service(batch, row, isAnswer, port);
  }

  #service(batch: PacketBatch, row: number, isAnswer: boolean, port: number): void {
    const placeIn = (places: Places): number => (isAnswer ? places.source(batch, row) : places.destination(batch, row));
    const protocol = batch.protocol[row]!;
    const service = placeIn(this.#serviceAt);
    if (service !== NOBODY) this.#servicePorts.add(portKey(service, protocol, port));
    const behind = this.#nodePorts.get(protocol * PORTS + port);
    if (behind === undefined || placeIn(this.#nodeAt) === NOBODY) return;
    for (const key of behind) this.#servicePorts.add(key);
  }
}

const portKey = (owner: number, protocol: number, port: number): number =>
  owner * PROTOCOL_PORTS + protocol * PORTS + port;

/** Indexes by address; IPv4, by far the most, without a text. */
class Places {
  readonly #four = new Map<number, number>();
  readonly #six = new Map<string, number>();

  constructor(byAddress: ReadonlyMap<string, number>) {
    for (const [text, place] of byAddress) {
      const address = parseAddress(text)!;
      if (address.family === 4) this.#four.set(wordsOf(address)[0] | 0, place);
      else this.#six.set(text, place);
    }
  }

  source({ family, src0, src1, src2, src3 }: PacketBatch, row: number): number {
    return this.#at(family[row]!, src0[row]!, src1[row]!, src2[row]!, src3[row]!);
  }

  destination({ family, dst0, dst1, dst2, dst3 }: PacketBatch, row: number): number {
    return this.#at(family[row]!, dst0[row]!, dst1[row]!, dst2[row]!, dst3[row]!);
  }

  #at(family: number, w0: number, w1: number, w2: number, w3: number): number {
    if (family === 4) return this.#four.get(w0 | 0) ?? NOBODY;
    return (this.#six.size === 0 ? undefined : this.#six.get(formatWords(6, w0, w1, w2, w3))) ?? NOBODY;
  }
}
