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
const PORT_BITS = 2 ** 24;
const NOBODY = -1;

export class UsageCount implements Usage {
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly endpoints: Uint8Array;
  readonly hours = new Float64Array(HOURS);
  readonly weekdays = new Float64Array(DAYS);
  readonly #endpointAt: Places;
  readonly #serviceAt: Places;
  readonly #isNode: Places;
  /** nodePorts by protocol * 65536 + port: the Services. */
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
    this.#isNode = new Places(table.nodes.byAddress);
    table.services.list.forEach(({ ports }, service) => {
      for (const { protocol, nodePort } of ports) {
        if (nodePort === null) continue;
        const key = protocol * 65_536 + nodePort;
        this.#nodePorts.set(key, [...(this.#nodePorts.get(key) ?? []), service]);
      }
    });
    this.#portsOfNodePort = (service, key) =>
      table.services.list[service]!.ports.filter((port) => port.protocol * 65_536 + port.nodePort! === key);
  }

  readonly #portsOfNodePort: (service: number, key: number) => readonly { protocol: number; port: number }[];

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
    for (const finding of [egress[row]!, ingress[row]!]) {
      // Comparisons with NaN are false: the first time counts.
      if (!(this.first[finding]! <= time)) this.first[finding] = time;
      if (!(this.last[finding]! >= time)) this.last[finding] = time;
    }
    const hour = Math.floor(seconds[row]! / HOUR);
    this.hours[hour % HOURS]! += packets[row]!;
    this.weekdays[(Math.floor(hour / HOURS) + FIRST_WEEKDAY) % DAYS]! += packets[row]!;
  }

  #ends(batch: PacketBatch, { reversed }: VerdictBatch, row: number): void {
    const family = batch.family[row]!;
    const source = [batch.src0[row]!, batch.src1[row]!, batch.src2[row]!, batch.src3[row]!] as const;
    const destination = [batch.dst0[row]!, batch.dst1[row]!, batch.dst2[row]!, batch.dst3[row]!] as const;
    const from = this.#endpointAt.of(family, source);
    const to = this.#endpointAt.of(family, destination);
    if (from !== NOBODY) this.endpoints[from] = 1;
    if (to !== NOBODY) this.endpoints[to] = 1;
    if ((batch.flags[row]! & HAS_PORTS) === 0) return;
    // Who was connected to, and where: the sender of an answer.
    const isAnswer = reversed[row] === 1;
    const server = isAnswer ? from : to;
    const port = isAnswer ? batch.sourcePort[row]! : batch.destinationPort[row]!;
    const protocol = batch.protocol[row]!;
    if (server !== NOBODY) this.#ports.add(portKey(server, protocol, port));
    else this.#service(family, isAnswer ? source : destination, protocol, port);
  }

  #service(family: number, words: Words, protocol: number, port: number): void {
    const service = this.#serviceAt.of(family, words);
    if (service !== NOBODY) this.#servicePorts.add(portKey(service, protocol, port));
    const key = protocol * 65_536 + port;
    const behind = this.#nodePorts.get(key);
    if (behind === undefined || this.#isNode.of(family, words) === NOBODY) return;
    for (const one of behind)
      for (const { port: own } of this.#portsOfNodePort(one, key)) this.#servicePorts.add(portKey(one, protocol, own));
  }
}

const portKey = (owner: number, protocol: number, port: number): number => owner * PORT_BITS + protocol * 65_536 + port;

type Words = readonly [number, number, number, number];

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

  of(family: number, words: Words): number {
    if (family === 4) return this.#four.get(words[0] | 0) ?? NOBODY;
    return (this.#six.size === 0 ? undefined : this.#six.get(formatWords(6, ...words))) ?? NOBODY;
  }
}
